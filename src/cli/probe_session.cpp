#include "cli/probe_session.hpp"

#include "cli/await_answer.hpp"
#include "cli/cloud_session.hpp"
#include "cli/probe_tables.hpp"
#include "probe/probe_archiving.hpp"

#include <optional>
#include <utility>

namespace spotvane::cli {

namespace {

constexpr std::size_t kTroublesSaid = 20;

constexpr int kIdentityTries = 60;
constexpr Duration kIdentityPause = std::chrono::seconds{5};

Result<CallerIdentity> insist_on_identity(Environment& environment, Cloud& cloud, int tries) {
  auto& world = environment.world;
  for (;; --tries) {
    auto identity = ask_identity(world, cloud);
    if (identity || !probe::may_pass(identity.error()) || tries <= 1) {
      return identity;
    }
    environment.console.warn(
        fmt::format("warning: {}; asking again", std::move(identity.error()).message));
    const auto is_over = std::make_shared<bool>(false);
    world.wall_timers().after(kIdentityPause, [is_over] { *is_over = true; });
    world.run_until([&] { return *is_over || world.interrupts() > 0; });
  }
}

}  // namespace

probe::Limits probe_limits(const Settings& settings) {
  return {.instances = settings.probe_instances,
          .vcpus = settings.probe_vcpus,
          .dollars_a_day = Money::from_dollars(settings.probe_dollars)};
}

ProbeSession::ProbeSession(Environment& environment, std::unique_ptr<Home> home,
                           std::unique_ptr<Cloud> cloud, Duration interval)
    : environment_{environment}, home_{std::move(home)}, cloud_{std::move(cloud)} {
  probe::ProbeRun::Options options{.limits = probe_limits(environment.settings)};
  options.watch.interval = interval;
  options.watch.on_change = [this] { show_progress(); };
  options.watch.on_trouble = [this](const Error& error) {
    if (said_.size() < kTroublesSaid && said_.insert(error.message).second) {
      environment_.console.warn(fmt::format("warning: {}{}{}", error.message,
                                            error.hint.empty() ? "" : "\n  ", error.hint));
    }
  };
  run_ = std::make_unique<probe::ProbeRun>(std::move(options), ports());
}

probe::ProbePorts ProbeSession::ports() {
  return {cloud_->clock(), cloud_->timers(), cloud_->instances(), home_->state().probes()};
}

Result<std::unique_ptr<ProbeSession>> ProbeSession::open(Environment& environment,
                                                         const ProbeSessionOptions& options) {
  auto opened = open_home_and_cloud(environment, HomeUse::Probing);
  if (!opened) {
    return tl::unexpected(std::move(opened.error()));
  }
  auto identity =
      insist_on_identity(environment, *opened->cloud, options.insists ? kIdentityTries : 1);
  if (!identity) {
    return tl::unexpected(std::move(identity.error()).during("ask AWS who we are"));
  }
  return std::unique_ptr<ProbeSession>{new ProbeSession{
      environment, std::move(opened->home), std::move(opened->cloud), options.interval}};
}

void ProbeSession::show_progress() {
  std::string line;
  for (const auto* one : run_->probes()) {
    if (one->is_measuring()) {
      line += fmt::format("  {} {}/{} ready ({} fulfilled)", pool_text(one->plan().pool),
                          one->ready(), one->plan().count, one->fulfilled());
    } else if (one->phase() == probe::ProbeMachine::Phase::Cleaning) {
      line += fmt::format("  {} ending, {} left", pool_text(one->plan().pool), one->alive());
    }
  }
  if (!line.empty()) {
    const auto now = TimePoint{std::chrono::floor<std::chrono::seconds>(cloud_->clock().now())};
    environment_.console.progress(to_iso8601(now) + line);
  }
}

Result<probe::RecoverySummary> ProbeSession::recover(const probe::RecoveryOptions& options) {
  const auto recovery = std::make_shared<probe::Recovery>(options, ports(), cloud_->ec2(), *run_);
  if (auto taken = recovery->take_from_ledger(); !taken) {
    return tl::unexpected(std::move(taken.error()).during("read what earlier probes left"));
  }
  const auto looked = std::make_shared<std::optional<Result<void>>>();
  recovery->look_through([looked](Result<void> done) { *looked = std::move(done); });
  environment_.world.run_until([&] {
    return (looked->has_value() && (!**looked || run_->is_done())) ||
           environment_.world.interrupts() > 0;
  });
  environment_.console.clear_progress();
  if (!looked->has_value() || (**looked && !run_->is_done())) {
    return tl::unexpected(Error{ErrorKind::Cancelled,
                                "stopped before AWS had ended what earlier probes left",
                                "`spotvane probe recover` goes on with it"});
  }
  if (!**looked) {
    return tl::unexpected(with_hint(std::move((**looked).error())).during("look for leftovers"));
  }
  return recovery->summary();
}

Result<void> ProbeSession::check_may_probe(const model::Region& region) {
  // AWS looks at permissions before it looks for what is named; nothing bears these names.
  const std::vector<model::InstanceId> instance{model::InstanceId{"i-00000000000000000"}};
  const std::vector<model::SpotRequestId> request{model::SpotRequestId{"sir-00000000"}};
  const auto ended = await_answer<void>(environment_.world, [&](On<void> on) {
    cloud_->instances().terminate_instances(region, instance, std::move(on));
  });
  const auto cancelled = await_answer<void>(environment_.world, [&](On<void> on) {
    cloud_->instances().cancel_spot_requests(region, request, std::move(on));
  });
  const auto checked =
      await_answer<std::vector<model::InstanceChecks>>(
          environment_.world,
          [&](On<std::vector<model::InstanceChecks>> on) {
            cloud_->instances().describe_instance_status(region, instance, std::move(on));
          })
          .map([](const auto& /*checks*/) {});
  for (const auto* one : {&ended, &cancelled, &checked}) {
    if (!*one &&
        (one->error().kind == ErrorKind::Denied || one->error().kind == ErrorKind::Cancelled)) {
      auto error = one->error();
      return tl::unexpected(std::move(error).during(
          fmt::format("nothing could be {} in '{}'", one == &checked ? "timed" : "ended", region)));
    }
  }
  return {};
}

bool ProbeSession::finish() {
  auto& world = environment_.world;
  int heard = world.interrupts();
  bool was_told = false;
  while (!run_->is_done()) {
    world.run_until([&] { return run_->is_done() || world.interrupts() > heard; });
    environment_.console.clear_progress();
    if (run_->is_done()) {
      break;
    }
    heard = world.interrupts();
    if (std::exchange(was_told, true)) {
      return false;
    }
    environment_.console.warn(
        "stopping: cancelling the requests and terminating the instances; once more leaves that "
        "to `spotvane probe recover`");
    run_->stop(model::ProbeOutcome::Stopped, "stopped by the user");
  }
  return true;
}

void ProbeSession::archive() {
  const auto archived = probe::archive_probes(state().probes(), home_->probe_archive());
  if (!archived) {
    environment_.console.warn(fmt::format(
        "warning: what probes saw is in the database, but not all of it in the archive: "
        "{}{}{}",
        archived.error().message, archived.error().hint.empty() ? "" : "\n  ",
        archived.error().hint));
  }
}

Result<std::vector<probe::ProbeHistory>> ProbeSession::histories(
    const std::set<model::ProbeId>& probes) {
  auto& ledger = state().probes();
  auto records = ledger.probes(TimePoint{}, TimePoint::max());
  if (!records) {
    return tl::unexpected(std::move(records.error()));
  }
  std::erase_if(*records, [&](const auto& one) { return !probes.contains(one.plan.id); });
  return probe::read_histories(ledger, *records);
}

ExitCode say_recovered(Console& console, const probe::RecoverySummary& summary) {
  std::map<std::string, std::vector<model::Region>> by_hint;  // the same is wrong with many, mostly
  for (const auto& [region, error] : summary.unseen) {
    by_hint[error.hint].push_back(region);
  }
  for (const auto& [hint, regions] : by_hint) {
    const auto& error = summary.unseen.at(regions.front());
    console.warn(fmt::format("warning: {} could not be looked through: {}{}{}",
                             fmt::join(regions, ", "), error.message, hint.empty() ? "" : "\n  ",
                             hint));
  }
  if (!summary.probes.empty()) {
    console.say(fmt::format("ended what {} earlier probe(s) may have left: {}",
                            summary.probes.size(), fmt::join(summary.probes, ", ")));
  }
  for (const auto& spared : summary.spared) {
    console.warn(
        fmt::format("warning: probe '{}' is not of this home, and may be under way: it was left "
                    "alone; `spotvane probe recover` ends it",
                    spared));
  }
  return summary.unseen.empty() ? ExitCode::Done : ExitCode::Partly;
}

}  // namespace spotvane::cli
