#include "cli/commands/simulate_trace.hpp"

#include "cli/study_tables.hpp"

namespace spotvane::cli {

namespace {

constexpr double kHighestPrice = 1e6;

Result<std::vector<Duration>> durations(std::string_view option,
                                        const std::vector<std::string>& texts) {
  std::vector<Duration> parsed;
  for (const auto& text : texts) {
    const auto one = parse_duration(text);
    if (!one) {
      return tl::unexpected(Error{one.error()}.during(fmt::format("option '{}'", option)));
    }
    parsed.push_back(*one);
  }
  return parsed;
}

/// What a run cannot do without, by the option that gives it.
Result<void> check_given(std::initializer_list<std::pair<std::string_view, bool>> options) {
  for (const auto& [option, is_given] : options) {
    if (!is_given) {
      return tl::unexpected(Error{ErrorKind::InvalidInput,
                                  fmt::format("option '{}' is required", option),
                                  "see `spotvane simulate trace --help` for an example"});
    }
  }
  return {};
}

}  // namespace

void SimulateTrace::declare(Flags& flags, Settings& /*settings*/) {
  flags.positional("PATH", "a trace, or a folder of them named <zone>.json", path_);
  flags.texts("policy", "NAME",
              fmt::format("what to run by: {}, oracle; may be repeated",
                          fmt::join(policy::policy_names(), ", ")),
              policies_);
  flags.number("threads", "N", "windows to run at the same time; 0: as many as there are cores",
               threads_, 0, 64);
  flags.group("The job");
  flags.duration("work", "computing time the job needs, such as 48h", work_);
  flags.texts("deadline", "TIME", "when it must be done, since its start; several: 56h,64h",
              deadlines_);
  flags.texts("overhead", "TIME", "what each launch costs before work goes on (default: 0s)",
              overheads_);
  flags.real("spot-price", "USD", "of an hour, in every zone", spot_price_, 0, kHighestPrice);
  flags.real("on-demand-price", "USD", "of an hour", on_demand_price_, 0, kHighestPrice);
  flags.group("The market");
  flags.choice("ones", {"available", "preempted"},
               "what 1 in a trace means: that spot was available, as in skypilot-org/spot-traces, "
               "or that it was preempted, as in the input of the Can't Be Late simulator",
               ones_);
  flags.number("nodes", "N", "in traces of counts: spot is there where so many nodes ran", nodes_,
               1, 1'000'000);
  flags.text("windows", "FILE",
             "CSV with the columns zone,i,start,end: one job in each, ticks start to end (default: "
             "one from each trace's first tick on)",
             windows_);
  flags.toggle("multi-zone", "let the job move among all the folder's zones", is_multi_zone_);
  flags.toggle("leave-zone-out",
               "count what 'best' takes for granted of spot in the folder's other zones, for each "
               "window's zone anew",
               leaves_zone_out_);
}

replay::TraceConvention SimulateTrace::convention() const {
  using Ones = replay::TraceConvention::Ones;
  return {.ones = ones_ == "available" ? Ones::Available : Ones::Preempted, .nodes = nodes_};
}

Result<replay::Study> SimulateTrace::study(Environment& environment) const {
  auto& files = environment.world.text_files();
  if (auto good = check_given({{"--policy", !policies_.empty()},
                               {"--work", work_.has_value()},
                               {"--deadline", !deadlines_.empty()},
                               {"--spot-price", spot_price_.has_value()},
                               {"--on-demand-price", on_demand_price_.has_value()}});
      !good) {
    return tl::unexpected(good.error());
  }
  replay::Study study{.traces = {},
                      .windows = {},
                      .is_multi_zone = is_multi_zone_,
                      .work = *work_,
                      .deadlines = {},
                      .changeovers = {},
                      .spot_price = Money::from_dollars(*spot_price_),
                      .on_demand_price = Money::from_dollars(*on_demand_price_),
                      .contenders = {}};
  for (const auto& name : policies_) {
    auto contender = replay::contender_named(name);
    if (!contender) {
      return tl::unexpected(Error{contender.error()}.during("option '--policy'"));
    }
    study.contenders.push_back(std::move(*contender));
  }
  auto deadlines = durations("--deadline", deadlines_);
  auto changeovers = deadlines ? durations("--overhead", overheads_) : deadlines;
  if (!changeovers) {
    return tl::unexpected(changeovers.error());
  }
  study.deadlines = std::move(*deadlines);
  study.changeovers = std::move(*changeovers);
  auto traces = replay::read_traces(files, path_, convention());
  if (!traces) {
    return tl::unexpected(traces.error());
  }
  study.traces = std::move(*traces);
  for (auto& contender : study.contenders) {
    for (const auto& trace : study.traces) {
      if (leaves_zone_out_ && contender.name == "best") {
        contender.by_zone.emplace(
            trace.zone, policy::best_by(replay::counted_hazards(study.traces, trace.zone)));
      }
    }
  }
  if (windows_) {
    auto windows = read_whole(files, *windows_).and_then(replay::parse_windows);
    if (!windows) {
      return tl::unexpected(
          Error{windows.error()}.during(fmt::format("read windows '{}'", *windows_)));
    }
    study.windows = std::move(*windows);
  }
  return replay::checked(std::move(study));
}

Result<ExitCode> SimulateTrace::run(Environment& environment) {
  auto& console = environment.console;
  auto& world = environment.world;
  const auto study = this->study(environment);
  if (!study) {
    return tl::unexpected(study.error());
  }
  double availability = 0;
  for (const auto& trace : study->traces) {
    availability += 100 * trace.availability() / static_cast<double>(study->traces.size());
  }
  console.say(fmt::format(
      "note: reading 1 as '{}' in {} {}: spot was there {:.1f} % of the time (if that is the wrong "
      "way round: '--ones {}')",
      ones_, study->traces.size(), study->traces.size() == 1 ? "trace" : "traces", availability,
      ones_ == "available" ? "preempted" : "available"));
  const auto runs =
      replay::run_study(*study, threads_ > 0 ? threads_ : world.cores(), [&](double share_done) {
        console.progress(fmt::format("{:.0f} % of the windows done", 100 * share_done));
        world.poll();
        return world.interrupts() == 0;
      });
  console.clear_progress();
  if (!runs) {
    return tl::unexpected(Error{runs.error()}.during("simulate"));
  }
  Document document;
  if (environment.output != OutputFormat::Table) {
    document.tables.push_back(run_table(*study, *runs));
  }
  if (environment.output != OutputFormat::Csv) {
    document.tables.push_back(study_table(*study, *runs));
  }
  environment.show(document);
  return ExitCode::Done;
}

}  // namespace spotvane::cli
