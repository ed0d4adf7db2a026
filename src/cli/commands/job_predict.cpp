#include "cli/commands/job_predict.hpp"

#include "cli/await_answer.hpp"
#include "cli/cloud_session.hpp"
#include "cli/known_work.hpp"
#include "cli/launch_times.hpp"

#include <algorithm>

namespace spotvane::cli {

namespace {

double average_of(const std::vector<double>& numbers) {
  double sum = 0;
  for (const auto number : numbers) {
    sum += number;
  }
  return sum / static_cast<double>(numbers.size());
}

double ninth_tenth(std::vector<double> numbers) {
  std::sort(numbers.begin(), numbers.end());
  return numbers[(numbers.size() * 9 - 1) / 10];
}

Document prediction_of(const job::JobSpec& spec, const std::vector<JobPrediction>& runs) {
  std::vector<double> usd;
  std::vector<double> hours;
  std::vector<double> on_demand;
  for (const auto& one : runs) {
    usd.push_back(one.bill.total());
    on_demand.push_back(one.bill.on_demand);
    hours.push_back(in_hours(one.time));
  }
  const auto& first = runs.front();
  return {.facts = {{"job", spec.head.name},
                    {"state", std::string{to_text(first.course.state)}},
                    {"note", first.course.note},
                    {"tasks_done", std::min(first.course.tasks_done, spec.head.tasks)},
                    {"tasks_total", spec.head.tasks},
                    {"cost_usd", average_of(usd)},
                    {"cost_usd_p90", ninth_tenth(usd)},
                    {"hours", average_of(hours)},
                    {"hours_p90", ninth_tenth(hours)},
                    {"on_demand_usd", average_of(on_demand)},
                    {"workers", whole(first.workers)},
                    {"runs", whole(runs.size())}},
          .tables = {}};
}

}  // namespace

void JobPredict::declare(Flags& flags, Settings& /*settings*/) {
  flags.positional("JOB", "the job's file (docs/fleet.md)", path_);
  flags.text("launch-time", "HOW",
             "from a request to a running worker: fitted (to 802 recorded launches), probes (what "
             "this home's probes saw), FILE:COLUMN (seconds, a CSV), or a time",
             launch_time_);
  flags.number("runs", "N", "how often to run it, each time with other launch times", runs_, 1,
               10'000);
  flags.seed("seed", "what chance plays: the same seed, the same bytes (default: 0)", seed_);
}

Result<job::JobSpec> JobPredict::settle(Environment& environment, Cloud& cloud, StateStore& state,
                                        const JobFile& file, const std::string& text) const {
  const model::JobHead head{.id = model::JobId{file.name + "-predicted"},
                            .name = file.name,
                            .file = text,
                            .tasks = *file.tasks,
                            .begun = cloud.clock().now()};
  auto spec = settle_job(environment, cloud, state, file, head);
  const auto is_measured = [](const job::WorkerType& type) { return type.measured.has_value(); };
  if (spec && std::none_of(spec->types.begin(), spec->types.end(), is_measured)) {
    return tl::unexpected(Error{ErrorKind::InvalidInput,
                                "of no type is it known how fast it does these tasks",
                                "give '[performance]', or run the job once: it measures"});
  }
  if (spec) {
    spec->calibrate.reset();
    std::erase_if(spec->types, [&](const auto& type) { return !is_measured(type); });
  }
  return spec;
}

/// As AWS tells it now.
Result<sim::SteadyMarket> JobPredict::market(Environment& environment, Cloud& cloud,
                                             const job::JobSpec& spec) const {
  auto times = launch_times_of(environment, launch_time_);
  if (!times) {
    return tl::unexpected(times.error());
  }
  sim::SteadyMarket market{.scaling_penalty = spec.work.scaling_penalty,
                           .tasks = spec.head.tasks,
                           .manager_rate = spec.manager_rate,
                           .launch_times = std::move(*times),
                           .startup = spec.startup};
  SpotPriceQuery query{.region = spec.region,
                       .from = spec.head.begun,
                       .to = spec.head.begun,
                       .products = {"Linux/UNIX"}};
  for (const auto& type : spec.types) {
    market.rates[type.type] = type.measured->mean;
    query.types.push_back(type.type);
  }
  using Prices = std::vector<model::SpotPrice>;
  auto prices = await_answer<Prices>(environment.world, [&](On<Prices> on) {
    cloud.ec2().describe_spot_price_history(std::move(query), std::move(on));
  });
  if (!prices) {
    return tl::unexpected(std::move(prices.error()).during("read the prices"));
  }
  market.prices = std::move(*prices);
  return market;
}

Result<ExitCode> JobPredict::run(Environment& environment) {
  auto job = read_runnable_job(environment.world, path_);
  if (!job) {
    return tl::unexpected(job.error());
  }
  const auto opened = open_with_identity(environment, HomeUse::Shared);
  if (!opened) {
    return tl::unexpected(opened.error());
  }
  auto& cloud = *opened->cloud;
  auto& state = opened->home->state();
  const auto notes = settle_work(state.performance(), job->file);
  if (!notes) {
    return tl::unexpected(notes.error());
  }
  std::for_each(notes->begin(), notes->end(),
                [&](const auto& note) { environment.console.say(note); });
  const auto spec = settle(environment, cloud, state, job->file, job->text);
  if (!spec) {
    return tl::unexpected(spec.error());
  }
  const auto market = this->market(environment, cloud, *spec);
  if (!market) {
    return tl::unexpected(market.error());
  }
  std::vector<JobPrediction> runs;
  for (int i = 0; i < runs_; ++i) {
    auto run = predict_job(*spec, *market, seed_.value_or(0) + static_cast<std::uint64_t>(i));
    if (!run) {
      return tl::unexpected(std::move(run.error()));
    }
    runs.push_back(std::move(*run));
  }
  environment.show(prediction_of(*spec, runs));
  return ExitCode::Done;
}

}  // namespace spotvane::cli
