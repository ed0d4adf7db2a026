#include "cli/commands/demo.hpp"

#include "cli/demo_folder.hpp"
#include "cli/demo_job.hpp"
#include "cli/demo_probes.hpp"
#include "cli/market_session.hpp"
#include "cli/market_tables.hpp"
#include "cli/probe_tables.hpp"
#include "cli/ready_curves.hpp"
#include "lab/lab.hpp"
#include "market/daily_score.hpp"
#include "market/day_planning.hpp"
#include "market/known_facts.hpp"

#include <algorithm>
#include <array>

namespace spotvane::cli {

namespace {

using namespace std::chrono_literals;

constexpr auto kPeriod = 10min;
constexpr std::uint64_t kSeed = 1;
constexpr std::size_t kRowsShown = 10;
constexpr Day kDay = std::chrono::sys_days{std::chrono::year{2026} / 8 / 1};

/// What a day of cycles came to.
struct DayTotals {
  std::uint64_t pools = 0;
  std::uint64_t changes = 0;
  std::uint64_t requests = 0;
};

Result<DayTotals> collect_day(MarketSession& session, lab::Lab& lab, int cycles) {
  DayTotals totals;
  for (int cycle = 1; cycle <= cycles; ++cycle) {
    const auto at = to_iso8601(lab.clock().now());
    const auto summary = session.run_cycle([&](const market::CycleProgress& progress) {
      return fmt::format("{}  cycle {} of {}  {} of {} requests  {} changes so far", at, cycle,
                         cycles, progress.done, progress.total, totals.changes);
    });
    if (!summary) {
      return tl::unexpected(summary.error());
    }
    totals.pools = summary->record.pools;
    totals.changes += summary->record.changes;
    totals.requests += summary->record.outcomes.size();
    // The day ends with its last cycle: the plan is made at midnight.
    if (auto moved = lab.advance(kPeriod); !moved) {
      return tl::unexpected(moved.error());
    }
    if (const auto heard = session.ask_identity(); !heard) {
      return tl::unexpected(heard.error());
    }
  }
  return totals;
}

Result<model::DayPlan> plan_tomorrow(const market::PlanOptions& options, MarketSession& session,
                                     std::uint64_t seed) {
  const auto now = session.cloud().clock().now();
  auto facts = market::known_facts(session.state());
  if (!facts) {
    return tl::unexpected(facts.error());
  }
  return market::offered_pools(session.state(), session.lake(), now)
      .and_then([&](std::vector<market::OfferedPool> offered) {
        return market::make_day_plan(session.state(), session.lake(),
                                     {.day = kDay + std::chrono::days{1},
                                      .now = now,
                                      .seed = seed,
                                      .options = options,
                                      .credentials = {model::CredentialName{"default"}},
                                      .offered = std::move(offered),
                                      .facts = std::move(*facts)});
      })
      .and_then([&](model::DayPlan plan) {
        return session.state().save_plan(plan).map([&] { return std::move(plan); });
      });
}

/// What the day's archive says of its pools.
Result<std::vector<model::DailyScore>> score_pools(MarketSession& session) {
  return market::score_day(session.state(), session.lake(), kDay).and_then([&](auto scores) {
    return session.state().save_daily_scores(kDay, scores).map([&] { return std::move(scores); });
  });
}

/// And of tomorrow, and of how the requests ended.
Result<Document> plan_and_count(const market::PlanOptions& options, MarketSession& session,
                                const std::vector<model::DailyScore>& scores, std::uint64_t seed) {
  auto& state = session.state();
  const auto plan = plan_tomorrow(options, session, seed);
  if (!plan) {
    return tl::unexpected(plan.error());
  }
  const auto outcomes =
      state.outcome_counts(TimePoint{kDay}, TimePoint{kDay + std::chrono::days{1}});
  if (!outcomes) {
    return tl::unexpected(outcomes.error());
  }
  Document report{
      .tables = {daily_score_table(scores), plan_table(*plan), outcome_table(*outcomes)}};
  for (auto& [name, value] : plan_facts(*plan)) {
    report.facts.emplace_back("plan_" + name, std::move(value));
  }
  return report;
}

/// What fits on a line of what `probe show` tells; "pools" are the market's here.
Table ready_times(const std::vector<probe::ProbeHistory>& probes) {
  constexpr std::array<std::string_view, 6> kShown{"pool",  "instances",   "fulfilled",
                                                   "ready", "ready_p50_s", "ready_p90_s"};
  const auto whole = statistics_table(probe::pool_statistics(probes));
  Table shown{.name = "ready_times", .columns = {}};
  shown.rows.resize(whole.rows.size());
  for (std::size_t column = 0; column < whole.columns.size(); ++column) {
    const auto& name = whole.columns[column].name;
    if (std::find(kShown.begin(), kShown.end(), name) != kShown.end()) {
      shown.columns.push_back(whole.columns[column]);
      for (std::size_t row = 0; row < whole.rows.size(); ++row) {
        shown.rows[row].push_back(whole.rows[row][column]);
      }
    }
  }
  return shown;
}

void say_what_next(Console& console, const std::filesystem::path& folder) {
  console.say(fmt::format(
      "\nEverything lies in '{0}': state.db (SQLite), archive/ and probes/ (Parquet), and "
      "ready.svg, the curves drawn.\nNext:\n"
      "  spotvane query --home {0} \"select * from market limit 5\"\n"
      "  spotvane score daily --home {0}\n"
      "  spotvane probe show --home {0}\n"
      "  spotvane job status pi --home {0}\n"
      "  spotvane plan --home {0} --date {1}\n"
      "  spotvane lab --speed 600     # the same market, for your own client",
      folder.string(), to_iso8601(kDay + std::chrono::days{1})));
}

}  // namespace

void Demo::declare(Flags& flags, Settings& /*settings*/) {
  flags.seed("seed", "of the market and of all draws; the same seed prints the same (default 1)",
             seed_);
  flags.number("cycles", "N", "ten-minute cycles to collect; 144 are a day", cycles_, 1, 144);
}

Result<ExitCode> Demo::run(Environment& environment) {
  const auto folder = environment.settings.home / "demo";
  const auto seed = seed_.value_or(kSeed);
  auto& console = environment.console;
  const auto options = plan_options(environment.settings);
  if (!options) {
    return tl::unexpected(options.error());
  }
  if (auto made = make_demo_folder(folder); !made) {
    return tl::unexpected(made.error());
  }
  auto catalog = lab::load_catalog_data();
  if (!catalog) {
    return tl::unexpected(catalog.error());
  }
  lab::Lab lab{{.world = {.seed = seed}, .speed = 0.0, .start = TimePoint{kDay}},
               std::move(*catalog),
               environment.world.wall_clock()};
  auto listening = environment.world.listen(0, lab);
  if (!listening) {
    return tl::unexpected(listening.error());
  }
  const auto endpoint = fmt::format("http://127.0.0.1:{}", (*listening)->port());
  console.say(
      fmt::format("A lab of EC2's spot market is up at {} (seed {}); collecting {} from it.",
                  endpoint, seed, to_iso8601(kDay)));

  auto settings = environment.settings;
  settings.home = folder;
  settings.state_url.reset();
  const CloudOptions access{
      .region = "us-east-1", .endpoint_url = endpoint, .keys = CloudOptions::Keys{"test", "test"}};
  Environment inside{environment.world, console, settings, environment.loaded, environment.output};
  auto session = MarketSession::open(
      inside, {.collector = {.plan = *options, .seed = seed, .concurrency = 16}, .cloud = access});
  if (!session) {
    return tl::unexpected(std::move(session.error()));
  }
  const auto totals = collect_day(**session, lab, cycles_);
  if (!totals) {
    return tl::unexpected(totals.error());
  }
  const auto scores = score_pools(**session);
  const auto report = scores.and_then([&](const std::vector<model::DailyScore>& all) {
    return plan_and_count(*options, **session, all, seed);
  });
  if (!report) {
    return tl::unexpected(report.error());
  }
  const DemoPlace place{inside, **session, lab, access, seed};
  const auto probes = probe_best(place, *scores);
  if (!probes) {
    return tl::unexpected(probes.error());
  }
  auto job = run_example_job(place);
  if (!job) {
    return tl::unexpected(std::move(job.error()));
  }
  const auto drawing = folder / "ready.svg";
  if (auto drawn =
          environment.world.text_file_writer().write(drawing.string(), curves_svg(*probes));
      !drawn) {
    return tl::unexpected(std::move(drawn.error()));
  }
  Document document{.facts = {{"collected", to_iso8601(kDay)},
                              {"cycles", static_cast<std::int64_t>(cycles_)},
                              {"pools", static_cast<std::int64_t>(totals->pools)},
                              {"changes", static_cast<std::int64_t>(totals->changes)},
                              {"requests", static_cast<std::int64_t>(totals->requests)}},
                    .tables = report->tables};
  document.tables.push_back(curve_table(*probes));
  document.tables.push_back(ready_times(*probes));
  for (auto& table : job->report.tables) {
    document.tables.push_back(std::move(table));
  }
  document.facts.insert(document.facts.end(), report->facts.begin(), report->facts.end());
  environment.show(document, kRowsShown);
  if (job->wrong) {
    return tl::unexpected(std::move(*job->wrong));
  }
  say_what_next(console, folder);
  return ExitCode::Done;
}

}  // namespace spotvane::cli
