#include "cli/commands/collect.hpp"

#include "cli/cloud_session.hpp"
#include "cli/collecting_turn.hpp"
#include "cli/market_session.hpp"
#include "cli/market_tables.hpp"

namespace spotvane::cli {

namespace {

std::string progress_line(TimePoint cycle, const market::CycleProgress& progress) {
  return fmt::format("cycle {}: {} of {} requests", to_iso8601(cycle), progress.done,
                     progress.total);
}

Document describe(const market::CycleSummary& summary) {
  const auto& record = summary.record;
  Document document{
      .facts = {{"cycle", record.cycle},
                {"finished", summary.finished},
                {"pools", static_cast<std::int64_t>(record.pools)},
                {"changes", static_cast<std::int64_t>(record.changes)},
                {"file", record.file ? Value{record.file->path} : Value{}},
                {"queries_planned", static_cast<std::int64_t>(summary.queries_planned)},
                {"capacity", summary.capacity ? Value{std::int64_t{*summary.capacity}} : Value{}},
                {"queries_due", static_cast<std::int64_t>(summary.queries_due)},
                {"queries_held_back", static_cast<std::int64_t>(summary.queries_held_back)}},
      .tables = {outcome_table(count_outcomes(record.outcomes))}};
  if (auto failures = failure_table(record.outcomes); !failures.rows.empty()) {
    document.tables.push_back(std::move(failures));
  }
  return document;
}

std::string line_of(const market::CycleSummary& summary) {
  std::string line = fmt::format("{}  {} pools, {} changes", to_iso8601(summary.record.cycle),
                                 summary.record.pools, summary.record.changes);
  for (const auto& count : count_outcomes(summary.record.outcomes)) {
    if (count.outcome != model::Outcome::Ok) {
      line += fmt::format(", {} {} {}", count.count, count.source, to_text(count.outcome));
    }
  }
  if (summary.capacity) {
    line += fmt::format(", scores for capacity {}", *summary.capacity);
  }
  if (summary.queries_held_back > 0) {
    line += fmt::format(", {} sps held back", summary.queries_held_back);
  }
  return line;
}

bool went_well(const market::CycleSummary& summary) {
  return failure_table(summary.record.outcomes).rows.empty() && summary.queries_held_back == 0;
}

void say_what_was_held_back(Console& console, const market::CycleSummary& summary) {
  if (summary.queries_held_back > 0) {
    console.say(
        fmt::format("note: {} of {} planned queries were not asked: the quota of placement score "
                    "configurations has no room for them until others are 24 h old",
                    summary.queries_held_back, summary.queries_due));
  }
}

Result<ExitCode> collect_once(Environment& environment, MarketSession& session) {
  const auto started = session.cloud().clock().now();
  const auto summary = session.run_cycle(
      [&](const market::CycleProgress& progress) { return progress_line(started, progress); });
  if (!summary) {
    return tl::unexpected(summary.error());
  }
  environment.show(describe(*summary));
  say_what_was_held_back(environment.console, *summary);
  say_what_is_not_swept(environment, summary->capacity || summary->queries_planned == 0);
  return went_well(*summary) ? ExitCode::Done : ExitCode::Partly;
}

/// A cycle that fails is said and the next one tried: only the user ends the loop, or another
/// process that collects in our place.
Result<ExitCode> collect_for_ever(Environment& environment, MarketSession& session,
                                  Duration every) {
  const auto& clock = session.cloud().clock();
  for (;;) {
    const auto started = clock.now();
    const auto summary = session.run_cycle(
        [&](const market::CycleProgress& progress) { return progress_line(started, progress); });
    if (summary) {
      environment.console.print(line_of(*summary) + "\n");
    } else if (summary.error().kind == ErrorKind::Cancelled) {
      environment.console.say("stopped: nothing of the unfinished cycle was stored");
      return ExitCode::Done;
    } else if (summary.error().kind == ErrorKind::Busy) {
      return tl::unexpected(summary.error());
    } else {
      environment.console.error(summary.error());
    }
    if (!session.wait(market::next_slot(clock.now(), every) - clock.now())) {
      environment.console.say("stopped between two cycles");
      return ExitCode::Done;
    }
  }
}

/// Of those who share a database and collect for ever, one does and the others wait.
Result<ExitCode> collect_in_turn(Environment& environment, const MarketSession::Options& options,
                                 Duration every) {
  for (auto begins = TurnBegins::AtStart;; begins = TurnBegins::Underway) {
    const auto session = environment.settings.state_url ? open_in_turn(environment, options, begins)
                                                        : MarketSession::open(environment, options);
    if (!session) {
      return tl::unexpected(session.error());
    }
    if (const auto known = (*session)->check_regions(options.collector.regions); !known) {
      return tl::unexpected(known.error());
    }
    auto ended = collect_for_ever(environment, **session, every);
    if (ended || ended.error().kind != ErrorKind::Busy) {
      return ended;
    }
    environment.console.error(ended.error());
  }
}

}  // namespace

void Collect::declare(Flags& flags, Settings& settings) {
  flags.duration("every", "go on, a cycle at each multiple of this time", every_);
  flags.texts("regions", "REGION", "collect these regions only (default: all enabled)", regions_);
  flags.seed("seed", "of the draws of a plan made today", seed_);
  flags.number("at-once", "N", "requests under way at the same time", settings.requests_at_once, 1,
               500);
  flags.number("per-second", "N", "requests of a kind to a region in a second; 0: no limit",
               settings.requests_per_second, 0, 1000);
}

Result<ExitCode> Collect::run(Environment& environment) {
  if (every_ && *every_ < std::chrono::minutes{1}) {
    return fail(ErrorKind::InvalidInput, "option '--every' must be at least 1m, got {}",
                to_text(*every_));
  }
  auto regions = environment.settings.regions;
  if (!regions_.empty()) {
    regions.clear();
    for (const auto& region : regions_) {
      regions.emplace_back(region);
    }
  }
  const auto plan = plan_options(environment.settings);
  if (!plan) {
    return tl::unexpected(plan.error());
  }
  const MarketSession::Options options{
      .collector = {.regions = regions,
                    .plan = *plan,
                    .seed = seed_ ? *seed_ : environment.world.entropy(),
                    .concurrency = static_cast<std::size_t>(environment.settings.requests_at_once)},
      .cloud = cloud_options(environment.settings),
      .profiles = chosen_profiles(environment)};
  if (every_) {
    return collect_in_turn(environment, options, *every_);
  }
  const auto session = MarketSession::open(environment, options);
  if (!session) {
    return tl::unexpected(session.error());
  }
  if (const auto known = (*session)->check_regions(regions); !known) {
    return tl::unexpected(known.error());
  }
  return collect_once(environment, **session);
}

}  // namespace spotvane::cli
