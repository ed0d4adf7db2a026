#include "cli/commands/probe_run.hpp"

#include "cli/catalog_session.hpp"
#include "cli/probe_plans.hpp"
#include "cli/probe_pools.hpp"
#include "cli/probe_tables.hpp"
#include "market/zone_names.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace spotvane::cli {

namespace {

void say_cost(Console& console, const std::vector<model::ProbePlan>& plans) {
  Money most;
  for (const auto& plan : plans) {
    most = most + plan.cost_most;
    console.say(fmt::format("{}: {} instances by {}, at most ${} an hour each, ${} in all",
                            pool_text(plan.pool), plan.count, model::to_text(plan.via),
                            to_text(plan.price), to_text(plan.cost_most)));
  }
  console.say(fmt::format("greatest cost: ${}", to_text(most)));
}

/// Fails on the first region in which instances could not be watched, or not be ended.
Result<void> check_regions(ProbeSession& session, const probe::RecoverySummary& recovered,
                           const std::vector<model::ProbePlan>& plans) {
  std::set<model::Region> regions;
  for (const auto& plan : plans) {
    regions.insert(plan.pool.region);
  }
  for (const auto& region : regions) {
    if (const auto unseen = recovered.unseen.find(region); unseen != recovered.unseen.end()) {
      auto error = unseen->second;
      return tl::unexpected(
          std::move(error).during(fmt::format("nothing could be watched in '{}'", region)));
    }
    if (auto may_end = session.check_may_probe(region); !may_end) {
      return may_end;
    }
  }
  return {};
}

}  // namespace

void ProbeRunCommand::declare(Flags& flags, Settings& settings) {
  flags.positionals("POOL",
                    "type@region or type@zone-id (m5.large@use1-az4); where none is named, "
                    "yesterday's best daily scores",
                    pools_);
  flags.number("count", "N", "instances of each pool", count_, 1, 1'000);
  flags.duration("timeout", "how long they may take to be ready", timeout_);
  flags.duration("interval", "between two looks at them", interval_);
  flags.choice("via", {"spot-request", "run-instances", "create-fleet"},
               "the call that asks for them: RequestSpotInstances, RunInstances or an instant "
               "CreateFleet",
               via_);
  flags.real("max-price", "USD", "the most to pay an hour and instance (default: on-demand)",
             max_price_, 0.0001, 1e6);
  flags.text("csv", "FILE", "write each change of the ready counts into this file", csv_);
  flags.toggle("dry-run", "show what it would cost at most, and launch nothing", only_shows_cost_);
  flags.number("max-instances", "N", "instances of all probes that may exist at once",
               settings.probe_instances, 0, 99'999);
  flags.number("max-vcpus", "N", "vCPUs of them", settings.probe_vcpus, 0, 999'999);
  flags.real("dollars-a-day", "USD", "what the probes of a day may cost at most",
             settings.probe_dollars, 0, 1e6);
}

Result<std::vector<model::PoolChoice>> ProbeRunCommand::chosen_pools(
    ProbeSession& session, const Settings& settings) const {
  if (pools_.empty()) {
    return best_of_yesterday(session.state(), session.lake(), session.cloud().clock().now(),
                             static_cast<std::size_t>(settings.probe_pools));
  }
  std::vector<model::PoolChoice> pools;
  for (const auto& text : pools_) {
    auto pool = market::find_pools(session.state(), text);
    if (!pool) {
      return tl::unexpected(std::move(pool.error()));
    }
    pools.push_back(std::move(*pool));
  }
  return pools;
}

Result<std::vector<model::ProbePlan>> ProbeRunCommand::plans(Environment& environment,
                                                             ProbeSession& session) {
  auto all = all_regions(environment.world, session.cloud());
  if (!all) {
    return tl::unexpected(std::move(all.error()).during("find the regions"));
  }
  const auto pools = chosen_pools(session, environment.settings)
                         .and_then([&](std::vector<model::PoolChoice> chosen) {
                           return locate(std::move(chosen), *all);
                         });
  if (!pools) {
    return tl::unexpected(pools.error());
  }
  std::set<model::Region> regions;
  for (const auto& pool : *pools) {
    regions.insert(pool.region);
  }
  const auto catalogs = fresh_catalogs(environment, session.cloud(), session.state(),
                                       {regions.begin(), regions.end()});
  if (!catalogs) {
    return tl::unexpected(catalogs.error());
  }
  model::ProbePlan wanted{
      .id = {},
      .pool = {},
      .via = model::parse_launch_method(via_).value_or(model::LaunchMethod::SpotRequest),
      .count = count_,
      .timeout = timeout_.value_or(std::chrono::minutes{10}),
      .interval = interval_.value_or(std::chrono::seconds{3}),
      .intended = session.cloud().clock().now()};
  if (max_price_) {
    wanted.max_price = Money::from_dollars(*max_price_);
  }
  return plan_probes(wanted, *pools, *catalogs, environment.world.entropy());
}

Result<ExitCode> ProbeRunCommand::report(Environment& environment, ProbeSession& session,
                                         const std::vector<model::ProbePlan>& plans,
                                         bool is_finished) const {
  std::set<model::ProbeId> ids;
  for (const auto& plan : plans) {
    ids.insert(plan.id);
  }
  const auto probes = session.histories(ids);
  if (!probes) {
    return tl::unexpected(probes.error());
  }
  if (csv_) {
    const auto text = render({.facts = {}, .tables = {ready_table(*probes)}}, OutputFormat::Csv);
    if (auto written = environment.world.text_file_writer().write(*csv_, text); !written) {
      return tl::unexpected(std::move(written.error()));
    }
  }
  Document document{.tables = {probe_table(*probes),
                               statistics_table(probe::pool_statistics(*probes)),
                               ready_table(*probes)}};
  if (environment.output == OutputFormat::Csv) {
    document.tables = {ready_table(*probes)};
  }
  environment.show(document);
  const bool is_refused = std::any_of(probes->begin(), probes->end(), [](const auto& one) {
    return one.record.end && one.record.end->outcome == model::ProbeOutcome::Refused;
  });
  if (!is_finished) {
    environment.console.warn(
        "left: AWS may still run some of these instances; `spotvane probe recover` ends them");
  } else {
    environment.console.say(
        fmt::format("ended: every request cancelled and every instance terminated, of {} probe(s)",
                    probes->size()));
  }
  return is_finished && !is_refused ? ExitCode::Done : ExitCode::Partly;
}

Result<std::vector<model::ProbePlan>> ProbeRunCommand::begin(
    Environment& environment, ProbeSession& session, const std::vector<model::ProbePlan>& plans) {
  std::vector<model::ProbePlan> begun;
  for (const auto& plan : plans) {
    auto done = session.run().begin(plan);
    if (done) {
      begun.push_back(plan);
    } else if (begun.empty()) {
      return tl::unexpected(std::move(done.error()).during(pool_text(plan.pool)));
    } else {
      environment.console.error(std::move(done.error()).during(pool_text(plan.pool)));
    }
  }
  return begun;
}

Result<ExitCode> ProbeRunCommand::run(Environment& environment) {
  using namespace std::chrono_literals;
  if (interval_.value_or(3s) < 1s || timeout_.value_or(10min) < 10s ||
      timeout_.value_or(10min) > 24h) {
    return fail(ErrorKind::InvalidInput,
                "option '--interval' must be at least 1s and '--timeout' from 10s to 24h");
  }
  auto session = ProbeSession::open(environment, {.interval = interval_.value_or(3s)});
  if (!session) {
    return tl::unexpected(std::move(session.error()));
  }
  const auto recovered = (*session)->recover({.spares_living = true, .looks = 1});
  if (!recovered) {
    return tl::unexpected(recovered.error());
  }
  say_recovered(environment.console, *recovered);
  const auto chosen = plans(environment, **session);
  if (!chosen) {
    return tl::unexpected(chosen.error());
  }
  say_cost(environment.console, *chosen);
  if (only_shows_cost_) {
    return ExitCode::Done;
  }
  if (auto safe = check_regions(**session, *recovered, *chosen); !safe) {
    return tl::unexpected(std::move(safe.error()));
  }
  const auto begun = begin(environment, **session, *chosen);
  if (!begun) {
    return tl::unexpected(begun.error());
  }
  const bool is_finished = (*session)->finish();
  (*session)->archive();
  return report(environment, **session, *begun, is_finished).map([&](ExitCode code) {
    return begun->size() < chosen->size() ? ExitCode::Partly : code;
  });
}

}  // namespace spotvane::cli
