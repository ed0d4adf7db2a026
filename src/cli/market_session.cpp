#include "cli/market_session.hpp"

#include "base/spelling.hpp"
#include "cli/await_answer.hpp"
#include "cli/cloud_session.hpp"

#include <algorithm>

namespace spotvane::cli {

Result<market::PlanOptions> plan_options(const Settings& settings) {
  if (const auto mistakes = check_together(settings); !mistakes.empty()) {
    return fail(ErrorKind::InvalidInput, "{}", mistakes.front().message);
  }
  return market::PlanOptions{.top_k = settings.top_k,
                             .sample_count = settings.sample_count,
                             .explore_sizes = settings.explore_sizes,
                             .target_capacity = settings.target_capacity,
                             .capacities = settings.capacities,
                             .single_zone = settings.single_zone,
                             .types = settings.sps_types == "pool" ? market::TypeGrouping::Pool
                                                                   : market::TypeGrouping::Single};
}

void say_what_is_not_swept(Environment& environment, bool is_swept) {
  const auto& capacities = environment.settings.capacities;
  if (capacities.size() > 1 && !is_swept) {
    environment.console.say(fmt::format(
        "note: the plan asks for one capacity alone, and T2 and T3 stay unknown: it was made "
        "without a sweep, or the quota does not hold two sweeps of {} configurations",
        capacities.size()));
  }
}

MarketSession::MarketSession(Environment& environment, std::unique_ptr<Home> home,
                             Connections connections)
    : environment_{environment}, home_{std::move(home)}, connections_{std::move(connections)} {}

Result<std::unique_ptr<MarketSession>> MarketSession::open(Environment& environment,
                                                           Options options) {
  auto home = environment.open_home(HomeUse::Exclusive);
  if (!home) {
    return tl::unexpected(std::move(home.error()));
  }
  options.cloud.on_bad_rows = [&console = environment.console](std::string_view action,
                                                               std::size_t rows) {
    console.warn(fmt::format("warning: {}: {} rows made no sense and were left out", action, rows));
  };
  auto connections =
      Connections::open(environment, (*home)->state(), options.cloud, options.profiles);
  if (!connections) {
    return tl::unexpected(std::move(connections.error()));
  }
  std::unique_ptr<MarketSession> session{
      new MarketSession{environment, std::move(*home), std::move(*connections)}};
  session->collector_ = std::make_unique<market::Collector>(
      std::move(options.collector),
      market::CollectorPorts{.clock = session->cloud().clock(),
                             .timers = session->cloud().timers(),
                             .accounts = session->connections_.accounts(),
                             .advisor = session->cloud().advisor(),
                             .state = session->state(),
                             .lake = session->lake()});
  const auto recovered = session->collector_->recover();
  if (!recovered) {
    auto error = recovered.error();
    return tl::unexpected(std::move(error).during("put the archive in order"));
  }
  if (recovered->swept > 0) {
    environment.console.say(fmt::format(
        "note: removed {} file(s) that an earlier run had left unfinished", recovered->swept));
  }
  return session;
}

Result<CallerIdentity> MarketSession::ask_identity() {
  return cli::ask_identity(environment_.world, cloud());
}

Result<void> MarketSession::check_regions(const std::vector<model::Region>& regions) {
  if (regions.empty()) {
    return {};
  }
  using Regions = std::vector<model::RegionStatus>;
  const auto all = await_answer<Regions>(environment_.world, [&](On<Regions> on_regions) {
    cloud().ec2().describe_regions(std::move(on_regions));
  });
  if (!all) {
    auto error = all.error();
    return tl::unexpected(std::move(error).during("check the regions' names"));
  }
  std::vector<std::string> known;
  for (const auto& status : *all) {
    known.push_back(status.region.text());
  }
  for (const auto& region : regions) {
    if (std::find(known.begin(), known.end(), region.text()) == known.end()) {
      const auto meant = nearest(region.text(), known);
      return tl::unexpected(Error{ErrorKind::InvalidInput,
                                  fmt::format("there is no region '{}'", region),
                                  meant ? fmt::format("did you mean '{}'?", *meant)
                                        : fmt::format("AWS has {}", fmt::join(known, ", "))});
    }
  }
  return {};
}

Result<market::CycleSummary> MarketSession::run_cycle(
    const std::function<std::string(const market::CycleProgress&)>& describe) {
  std::optional<Result<market::CycleSummary>> result;
  collector_->run_cycle(
      [&](const market::CycleProgress& progress) {
        environment_.console.progress(describe(progress));
      },
      [&](Result<market::CycleSummary> summary) { result = std::move(summary); });
  environment_.world.run_until([&] {
    if (!result && environment_.world.interrupts() > 0) {
      collector_->cancel();
    }
    return result.has_value();
  });
  environment_.console.clear_progress();
  if (!result) {
    return fail(ErrorKind::Cancelled, "the cycle was given up");
  }
  return std::move(*result);
}

bool MarketSession::wait(Duration delay) {
  bool is_over = false;
  auto over = std::make_shared<std::function<void()>>([&is_over] { is_over = true; });
  // The timer may outlive this call where the user stops first.
  cloud().timers().after(delay, [weak = std::weak_ptr{over}] {
    if (const auto callback = weak.lock()) {
      (*callback)();
    }
  });
  environment_.world.run_until([&] { return is_over || environment_.world.interrupts() > 0; });
  return is_over;
}

}  // namespace spotvane::cli
