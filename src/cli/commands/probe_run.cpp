#include "cli/commands/probe_run.hpp"

#include "cli/catalog_session.hpp"
#include "cli/probe_pools.hpp"
#include "cli/probe_tables.hpp"
#include "market/zone_names.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace spotvane::cli {

namespace {

/// A name for the probe that no other has: the moment, and a number drawn for the run.
model::ProbeId probe_id(TimePoint now, std::uint64_t drawn, std::size_t number) {
  auto moment = to_iso8601(TimePoint{std::chrono::floor<std::chrono::seconds>(now)});
  std::erase_if(moment, [](char letter) { return letter == '-' || letter == ':'; });
  return model::ProbeId{fmt::format("spotvane-{}-{:08x}-{}", moment, drawn & 0xFFFFFFFFU, number)};
}

Result<model::ZoneName> name_in(const market::RegionCatalog& catalog, const model::ZoneId& zone) {
  const auto found = std::find_if(catalog.zones.begin(), catalog.zones.end(),
                                  [&](const model::Zone& one) { return one.id == zone; });
  if (found != catalog.zones.end()) {
    return found->name;
  }
  Words ids;
  for (const auto& one : catalog.zones) {
    ids.push_back(one.id.text());
  }
  return tl::unexpected(Error{ErrorKind::InvalidInput,
                              fmt::format("there is no zone '{}' in '{}'", zone, catalog.region),
                              fmt::format("it has {}", fmt::join(ids, ", "))});
}

/// What AWS will take and what it will cost at most, by the catalog.
Result<void> fill_in(model::ProbePlan& plan, const market::RegionCatalog& catalog) {
  const auto entry = catalog.entry(plan.pool.type);
  if (!entry) {
    return tl::unexpected(entry.error());
  }
  const auto& zones = (*entry)->zones;
  if (!plan.pool.zone.empty()) {
    auto name = name_in(catalog, plan.pool.zone);
    if (!name) {
      return tl::unexpected(std::move(name.error()));
    }
    plan.zone_name = std::move(*name);
    if (std::find(zones.begin(), zones.end(), plan.pool.zone) == zones.end()) {
      return tl::unexpected(
          Error{ErrorKind::NotFound,
                fmt::format("zone '{}' does not offer '{}'", plan.pool.zone, plan.pool.type),
                fmt::format("these do: {}", fmt::join(zones, ", "))});
    }
  }
  if (!(*entry)->facts.offered_as_spot) {
    return fail(ErrorKind::NotFound, "type '{}' is not offered as spot", plan.pool.type);
  }
  auto image = catalog.image(plan.pool.type);
  if (!image) {
    return tl::unexpected(std::move(image.error()));
  }
  plan.image = std::move(*image);
  plan.vcpus = (*entry)->facts.vcpus;
  if (!plan.max_price && !(*entry)->on_demand) {
    return tl::unexpected(
        Error{ErrorKind::NotFound,
              fmt::format("no on-demand price of '{}' in '{}' is known, so nothing bounds its cost",
                          plan.pool.type, catalog.region),
              "fetch it by `spotvane catalog sync`, or give the most you will pay: --max-price"});
  }
  plan.price = plan.max_price ? *plan.max_price : *(*entry)->on_demand;
  plan.cost_most = probe::greatest_cost(plan);
  return {};
}

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
    if (auto may_end = session.check_may_end(region); !may_end) {
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
  auto enabled = enabled_regions(environment.world, session.cloud());
  if (!enabled) {
    return tl::unexpected(std::move(enabled.error()).during("find the regions"));
  }
  const auto pools =
      chosen_pools(session, environment.settings).and_then([&](std::vector<model::PoolChoice> all) {
        return locate(std::move(all), *enabled);
      });
  if (!pools) {
    return tl::unexpected(pools.error());
  }
  std::set<model::Region> regions;
  for (const auto& pool : *pools) {
    regions.insert(pool.region);
  }
  const auto catalogs = fresh_catalogs(environment, session, {regions.begin(), regions.end()});
  if (!catalogs) {
    return tl::unexpected(catalogs.error());
  }
  const auto now = session.cloud().clock().now();
  const auto drawn = environment.world.entropy();
  std::vector<model::ProbePlan> plans;
  for (const auto& pool : *pools) {
    model::ProbePlan plan{
        .id = probe_id(now, drawn, plans.size() + 1),
        .pool = {pool.type, pool.region, pool.zone},
        .via = model::parse_launch_method(via_).value_or(model::LaunchMethod::SpotRequest),
        .count = count_,
        .timeout = timeout_.value_or(std::chrono::minutes{10}),
        .interval = interval_.value_or(std::chrono::seconds{3}),
        .intended = now};
    if (max_price_) {
      plan.max_price = Money::from_dollars(*max_price_);
    }
    const auto catalog = std::find_if(catalogs->begin(), catalogs->end(),
                                      [&](const auto& one) { return one.region == pool.region; });
    if (auto filled = fill_in(plan, *catalog); !filled) {
      return tl::unexpected(std::move(filled.error()));
    }
    plans.push_back(std::move(plan));
  }
  return plans;
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
  auto session = ProbeSession::open(environment, interval_.value_or(3s));
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
  return report(environment, **session, *begun, is_finished).map([&](ExitCode code) {
    return begun->size() < chosen->size() ? ExitCode::Partly : code;
  });
}

}  // namespace spotvane::cli
