#include "cli/commands/simulate.hpp"

#include "cli/fleet_tables.hpp"
#include "cli/launch_times.hpp"
#include "replay/availability_trace.hpp"

#include <algorithm>
#include <map>

namespace spotvane::cli {

namespace {

Duration mean_of(const std::vector<Duration>& times) {
  Duration sum{0};
  for (const auto time : times) {
    sum += time;
  }
  return times.empty() ? sum : sum / static_cast<std::int64_t>(times.size());
}

Result<std::optional<Money>> parse_budget(const std::string& text) {
  const auto budget = Money::parse(text);
  if (!budget || *budget <= Money{}) {
    return fail(ErrorKind::InvalidInput, "a budget must be dollars above zero, got '{}'", text);
  }
  return std::optional{*budget};
}

Result<void> require(bool is_given, std::string_view what, std::string_view hint) {
  if (is_given) {
    return {};
  }
  return tl::unexpected(
      Error{ErrorKind::InvalidInput, fmt::format("{} is missing", what), std::string{hint}});
}

}  // namespace

void Simulate::declare(Flags& flags, Settings& /*settings*/) {
  flags.positional("JOB",
                   "a job's file; options go before what it says. (`spotvane simulate trace` "
                   "is for one instance and a trace of availability)",
                   job_);
  flags.texts("policy", "NAME",
              fmt::format("what to run by: {}; may be repeated (default: all that the job suits)",
                          fmt::join(policy::fleet_policy_names(), ", ")),
              policies_);
  flags.seed("seed", "what chance plays: the same seed, the same bytes (default: 0)", seed_);
  flags.number("runs", "N", "how often to run the job, each time from another moment", runs_, 1,
               1'000'000);
  flags.time("start", "begin every run then, UTC", start_);
  flags.number("threads", "N", "runs at the same time; 0: as many as there are cores", threads_, 0,
               64);
  flags.text("svg", "FILE", "draw how the costs are spread into this file as well", svg_);
  flags.group("The job");
  flags.real("tasks", "N", "how many tasks it has", tasks_, 1e-9, 1e12);
  flags.number("nodes", "N", "the most workers at the same time", nodes_, 1, 100'000);
  flags.texts("budget", "USD", "what it may cost; several: 5,10,20", budgets_);
  flags.duration("deadline", "when it must be done, since its start", deadline_);
  flags.duration("interval", "from look to look (default: 5m)", interval_);
  flags.text("performance", "FILE",
             "CSV of throughputs: instance_type and --rate-column, and deviation if there is one; "
             "several rows of a type are samples",
             performance_);
  flags.text("rate-column", "NAME", "which column has the tasks a second", rate_column_);
  work_.declare(flags);
  declare_market(flags);
  declare_cloud(flags);
}

void Simulate::declare_market(Flags& flags) {
  flags.group("The market: one of the first three, or several");
  flags.texts("prices", "FILE",
              "a log of spot prices: what `aws ec2 describe-spot-price-history` prints (JSON or "
              "text), or timestamp, region, az, instance_type, os, price with tabs between",
              sources_.price_logs);
  flags.texts("archive", "TYPE@PLACE", "the prices of these pools in our own archive",
              sources_.archive);
  flags.texts("lab", "TYPE@REGION", "the prices and capacity of the lab's market from 2026-08-01",
              sources_.lab);
  flags.seed("lab-seed", "which of the lab's markets (default: 1)", lab_seed_);
  flags.number("lab-days", "N", "how long to look at the lab's market", sources_.lab_days, 1, 366);
  flags.text("on-demand-prices", "FILE",
             "CSV: instance_type, price and region (default: the catalog this program carries)",
             on_demand_);
  flags.text("availability", "PATH",
             "a trace of availability for all pools, or a folder of them named <zone>.json; its "
             "first tick is the first moment of the prices",
             availability_);
  flags.choice("ones", {"available", "preempted"}, "what 1 in such a trace means", ones_);
}

void Simulate::declare_cloud(Flags& flags) {
  flags.group("The cloud");
  flags.text("launch-time", "HOW",
             "from a request to a running worker: fitted (to 802 recorded launches), probes (what "
             "this home's probes saw), FILE:COLUMN (seconds, a CSV), or a time",
             launch_time_);
  flags.real("failed-launches", "SHARE", "of launches that fail", failed_launches_, 0, 1);
  flags.real("losses-per-hour", "N", "how often an hour a spot worker is taken away, besides",
             losses_per_hour_, 0, 1000);
  flags.real("noise", "SHARE", "by how much throughput is off, at most, each way", noise_, 0, 1);
  flags.real("bid", "TIMES", "bid so many times the price at the launch (default: no bid)", bid_, 1,
             1000);
  flags.texts("defect", "NAME",
              fmt::format("let the founding program's defect show: {}, all",
                          fmt::join(policy::founding_defect_names(), ", ")),
              defects_);
}

Result<policy::FoundingDefects> Simulate::defects() const {
  policy::FoundingDefects all;
  for (const auto& name : defects_) {
    const auto one = policy::founding_defects(name);
    if (!one) {
      return tl::unexpected(Error{one.error()}.during("option '--defect'"));
    }
    all |= *one;
  }
  return all;
}

Result<JobFile> Simulate::job_file(Environment& environment) const {
  JobFile job;
  if (job_) {
    auto good =
        read_whole(environment.world.text_files(), *job_).and_then([&](const std::string& text) {
          return apply_job_file(text, job);
        });
    if (!good) {
      return tl::unexpected(Error{good.error()}.during(fmt::format("read job '{}'", *job_)));
    }
  }
  job.tasks = tasks_ ? tasks_ : job.tasks;
  job.nodes = nodes_.value_or(job.nodes);
  job.budgets = budgets_.empty() ? job.budgets : budgets_;
  job.deadline = deadline_ ? deadline_ : job.deadline;
  job.interval = interval_ ? interval_ : job.interval;
  job.policies = policies_.empty() ? job.policies : policies_;
  job.bid = bid_ ? bid_ : job.bid;
  if (performance_) {
    auto rates = read_performance(environment.world.text_files(), *performance_, rate_column_);
    if (!rates) {
      return tl::unexpected(rates.error());
    }
    // What the job's own file says of a type is nearer to it.
    job.performance.merge(*rates);
  }
  if (auto known = add_known_work(environment, work_, job_, job); !known) {
    return tl::unexpected(std::move(known.error()));
  }
  const auto good =
      require(job.tasks.has_value(), "the number of tasks",
              "give '--tasks', or 'tasks' in the job's file")
          .and_then([&] {
            return require(!job.performance.empty(), "what types do of the tasks", kWaysToKnow);
          })
          .and_then([&] {
            return require(
                !sources_.price_logs.empty() || !sources_.archive.empty() || !sources_.lab.empty(),
                "the market",
                "give '--prices FILE', '--archive TYPE@PLACE' or '--lab "
                "TYPE@REGION'");
          });
  return good ? Result<JobFile>{std::move(job)} : tl::unexpected(good.error());
}

Result<void> Simulate::add_policies(const JobFile& job, replay::FleetStudy& study) const {
  const policy::FleetPolicyOptions options{
      .caution = job.caution,
      .patience = job.patience,
      .volume = Money::from_dollars(job.worker_volume),
      .on_shortfall = {.act = job.on_infeasible == "raise" ? policy::OnShortfall::Act::Raise
                                                           : policy::OnShortfall::Act::Say,
                       .raise_by = job.raise_by,
                       .most = job.raise_to ? std::optional{Money::from_dollars(*job.raise_to)}
                                            : std::nullopt},
      .defects = study.world.defects};
  const auto names = job.policies.empty() ? policy::fleet_policy_names() : job.policies;
  for (const auto& name : names) {
    auto made = policy::fleet_policy_named(name, options);
    if (!made) {
      return tl::unexpected(Error{made.error()}.during("option '--policy'"));
    }
    const auto suits = (made->needs != policy::FleetNeed::Budget || !job.budgets.empty()) &&
                       (made->needs != policy::FleetNeed::Deadline || job.deadline);
    if (suits || !job.policies.empty()) {
      study.policies.push_back(std::move(*made));
    }
  }
  return {};
}

Result<void> Simulate::add_market(Environment& environment, const JobFile& job,
                                  replay::FleetStudy& study) const {
  auto sources = sources_;
  sources.lab_seed = lab_seed_.value_or(1);
  auto prices = read_market(environment, sources, job.performance);
  if (!prices) {
    return tl::unexpected(prices.error());
  }
  const auto on_demand = on_demand_prices(environment, job, on_demand_, prices->region);
  if (!on_demand) {
    return tl::unexpected(on_demand.error());
  }
  study.market = {.pools = std::move(prices->pools), .begin = prices->begin, .end = prices->end};
  std::map<std::string, policy::Throughput> types;
  for (const auto& pool : study.market.pools) {
    types[pool.type] = *pool.measured;
  }
  const auto zones = study.market.pools.size();
  for (const auto& [type, rate] : types) {
    if (const auto price = on_demand->find(type); price != on_demand->end()) {
      study.market.pools.push_back({.type = type,
                                    .zone = prices->region,
                                    .is_on_demand = true,
                                    .price = replay::PriceCourse{price->second},
                                    .measured = rate});
    }
  }
  environment.console.say(
      fmt::format("note: {} pools of {} types, of which {} have an on-demand price, from {} to {}",
                  zones, types.size(), study.market.pools.size() - zones,
                  to_iso8601(study.market.begin), to_iso8601(study.market.end)));
  return availability_ ? add_availability(environment, study) : Result<void>{};
}

Result<void> Simulate::add_availability(Environment& environment, replay::FleetStudy& study) const {
  using Ones = replay::TraceConvention::Ones;
  const auto traces = replay::read_traces(
      environment.world.text_files(), *availability_,
      {.ones = ones_ == "available" ? Ones::Available : Ones::Preempted, .nodes = 1});
  if (!traces) {
    return tl::unexpected(traces.error());
  }
  auto& market = study.market;
  std::size_t found = 0;
  for (auto& pool : market.pools) {
    const auto trace = std::find_if(traces->begin(), traces->end(), [&](const auto& one) {
      return traces->size() == 1 || one.zone == pool.zone ||
             one.zone == fmt::format("{}_{}", pool.zone, pool.type);
    });
    if (pool.is_on_demand || trace == traces->end()) {
      continue;
    }
    ++found;
    pool.room.clear();
    auto at = market.begin;
    for (const auto available : trace->available) {
      const auto room = available != 0 ? std::numeric_limits<int>::max() : 0;
      if (pool.room.empty() || pool.room.back().room != room) {
        pool.room.push_back({at, room});
      }
      at += trace->gap;
    }
    market.end = std::min(market.end, at);
  }
  if (found == 0) {
    return tl::unexpected(Error{
        ErrorKind::NotFound,
        fmt::format("none of the {} traces in '{}' is of a pool that has a price", traces->size(),
                    *availability_),
        "a trace is named after its pools' zone, or zone and type: us-east-1a_c5.large.json"});
  }
  environment.console.say(fmt::format("note: reading 1 as '{}' in {} trace(s): {} pools follow one",
                                      ones_, traces->size(), found));
  return {};
}

Result<replay::FleetStudy> Simulate::study(Environment& environment) const {
  const auto job = job_file(environment);
  if (!job) {
    return tl::unexpected(job.error());
  }
  const auto defects = this->defects();
  auto times =
      defects ? launch_times_of(environment, launch_time_) : tl::unexpected(defects.error());
  if (!times) {
    return tl::unexpected(times.error());
  }
  replay::FleetStudy study{
      .job = {.tasks = *job->tasks,
              .nodes = job->nodes,
              .deadline = job->deadline,
              .changeover = mean_of(*times) + job->startup.value_or(Duration{}),
              .scaling_penalty = job->scaling_penalty},
      .budgets = {},
      .policies = {},
      .market = {.pools = {}, .begin = {}, .end = {}},
      .world = {.interval = job->interval.value_or(std::chrono::minutes{5}),
                .failed_launches = failed_launches_,
                .losses_per_hour = losses_per_hour_,
                .noise = noise_,
                .bid = job->bid,
                .launch_times = std::move(*times),
                .startup = job->startup.value_or(Duration{}),
                .volume = Money::from_dollars(job->worker_volume),
                .manager_price = Money::from_dollars(job->manager_price + job->manager_volume),
                .manager_rate = job->manager_rate,
                .defects = *defects},
      .start = start_,
      .seed = seed_.value_or(0),
      .runs = runs_};
  if (study.world.interval < std::chrono::seconds{1}) {
    return fail(ErrorKind::InvalidInput, "an interval must be a second at least, got '{}'",
                to_text(study.world.interval));
  }
  for (const auto& text : job->budgets) {
    const auto budget = parse_budget(text);
    if (!budget) {
      return tl::unexpected(budget.error());
    }
    study.budgets.push_back(*budget);
  }
  if (study.budgets.empty()) {
    study.budgets.emplace_back();
  }
  const auto good = add_policies(*job, study)
                        .and_then([&] { return add_market(environment, *job, study); })
                        .and_then([&] { return replay::check(study); });
  return good ? Result<replay::FleetStudy>{std::move(study)} : tl::unexpected(good.error());
}

Result<ExitCode> Simulate::run(Environment& environment) {
  auto& console = environment.console;
  auto& world = environment.world;
  const auto study = this->study(environment);
  if (!study) {
    return tl::unexpected(study.error());
  }
  const auto runs = replay::run_fleet_study(
      *study, threads_ > 0 ? threads_ : world.cores(), [&](double share_done) {
        console.progress(fmt::format("{:.0f} % of the runs done", 100 * share_done));
        world.poll();
        return world.interrupts() == 0;
      });
  console.clear_progress();
  if (!runs) {
    return tl::unexpected(Error{runs.error()}.during("simulate"));
  }
  Document document;
  if (environment.output != OutputFormat::Table) {
    document.tables.push_back(fleet_run_table(*study, *runs));
  }
  if (environment.output != OutputFormat::Csv) {
    document.tables.push_back(fleet_study_table(*study, *runs));
    document.tables.push_back(fleet_pairs_table(*study, *runs));
  }
  environment.show(document);
  if (svg_) {
    if (auto drawn = world.text_file_writer().write(*svg_, fleet_costs_svg(*study, *runs));
        !drawn) {
      return tl::unexpected(drawn.error());
    }
    console.say(fmt::format("costs drawn into '{}'", *svg_));
  }
  return ExitCode::Done;
}

}  // namespace spotvane::cli
