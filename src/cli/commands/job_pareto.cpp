#include "cli/commands/job_pareto.hpp"

#include "base/number.hpp"
#include "plot/chart.hpp"
#include "ports/text_files.hpp"

#include <algorithm>
#include <map>

namespace spotvane::cli {

namespace {

using policy::FleetEstimate;

Table estimate_table(const std::vector<policy::FleetChoice>& choices,
                     const std::vector<FleetEstimate>& all) {
  Table table{.name = "fleets",
              .columns = {{"type"},
                          {"zone"},
                          {"nodes"},
                          {"time_h", 3},
                          {"cost_usd", 3},
                          {"worker_usd_per_hour"},
                          {"tasks_per_second", 3},
                          {"dominated"}}};
  for (const auto& one : all) {
    const auto& choice = choices[one.choice];
    table.rows.push_back({choice.type, choice.zone, whole(one.nodes), one.hours, one.usd,
                          choice.worker_price, choice.rate.mean, one.is_dominated});
  }
  return table;
}

}  // namespace

void JobPareto::declare(Flags& flags, Settings& /*settings*/) {
  flags.positional("JOB", "a job's file; options go before what it says", job_);
  flags.real("tasks", "N", "how many tasks the job has", tasks_, 1e-9, 1e12);
  flags.texts("nodes", "N", "fleet sizes, such as 1,5,20 (default: the job's)", nodes_);
  flags.text("performance", "FILE",
             "CSV of throughputs: instance_type and --rate-column, and deviation if there is one; "
             "several rows of a type are samples",
             performance_);
  flags.text("rate-column", "NAME", "which column has the tasks a second", rate_column_);
  work_.declare(flags);
  flags.texts("prices", "FILE", "a log of spot prices, as `spotvane simulate` reads it",
              sources_.price_logs);
  flags.texts("archive", "TYPE@PLACE", "the prices of these pools in our own archive",
              sources_.archive);
  flags.time("at", "take the prices of then, UTC (default: the latest)", at_);
  flags.toggle("best", "leave out what is dominated", only_best_);
  flags.text("svg", "FILE", "draw time and cost into this file as well", svg_);
}

Result<JobFile> JobPareto::job_file(Environment& environment) const {
  auto& files = environment.world.text_files();
  JobFile job;
  if (job_) {
    auto good = read_whole(files, *job_).and_then([&](const std::string& text) {
      return apply_job_file(text, job);
    });
    if (!good) {
      return tl::unexpected(Error{good.error()}.during(fmt::format("read job '{}'", *job_)));
    }
  }
  job.tasks = tasks_ ? tasks_ : job.tasks;
  if (performance_) {
    auto rates = read_performance(files, *performance_, rate_column_);
    if (!rates) {
      return tl::unexpected(rates.error());
    }
    job.performance.merge(*rates);
  }
  if (auto known = add_known_work(environment, work_, job_, job); !known) {
    return tl::unexpected(std::move(known.error()));
  }
  if (!job.tasks || job.performance.empty()) {
    return tl::unexpected(Error{
        ErrorKind::InvalidInput,
        job.tasks ? "what types do of the tasks is missing" : "the number of tasks is missing",
        job.tasks ? kWaysToKnow : "give '--tasks', or 'tasks' in the job's file"});
  }
  return job;
}

/// Each type where it is cheapest.
Result<std::vector<policy::FleetChoice>> JobPareto::choices(Environment& environment,
                                                            const JobFile& job) const {
  if (sources_.price_logs.empty() && sources_.archive.empty()) {
    return tl::unexpected(Error{ErrorKind::InvalidInput, "the prices are missing",
                                "give '--prices FILE' or '--archive TYPE@PLACE'"});
  }
  const auto prices = read_market(environment, sources_, job.performance);
  if (!prices) {
    return tl::unexpected(prices.error());
  }
  const auto moment = at_.value_or(prices->end);
  const auto volume = Money::from_dollars(job.worker_volume);
  std::map<std::string, policy::FleetChoice> cheapest;
  for (const auto& pool : prices->pools) {
    const auto price = pool.price.at(moment);
    const auto found = cheapest.find(pool.type);
    if (price && replay::room_at(pool, moment) > 0 &&
        (found == cheapest.end() || *price + volume < found->second.worker_price)) {
      cheapest.insert_or_assign(
          pool.type, policy::FleetChoice{pool.type, pool.zone, *pool.measured, *price + volume});
    }
  }
  if (cheapest.empty()) {
    return fail(ErrorKind::NotFound, "no type whose throughput is known had a price at '{}'",
                to_iso8601(moment));
  }
  std::vector<policy::FleetChoice> choices;
  for (auto& [type, choice] : cheapest) {
    choices.push_back(std::move(choice));
  }
  environment.console.say(
      fmt::format("note: {} types, at the prices of {}", choices.size(), to_iso8601(moment)));
  return choices;
}

Result<std::vector<int>> JobPareto::fleet_sizes(const JobFile& job) const {
  constexpr std::int64_t kMostNodes = 100'000;
  if (nodes_.empty()) {
    return std::vector{job.nodes};
  }
  std::vector<int> sizes;
  for (const auto& text : nodes_) {
    const auto size = parse_integer(text);
    if (!size || *size < 1 || *size > kMostNodes) {
      return fail(ErrorKind::InvalidInput,
                  "option '--nodes' takes whole numbers from 1 to {}, got '{}'", kMostNodes, text);
    }
    sizes.push_back(static_cast<int>(*size));
  }
  return sizes;
}

std::string JobPareto::svg(const std::vector<policy::FleetChoice>& choices,
                           const std::vector<FleetEstimate>& all) const {
  plot::Chart chart{.title = "Time and cost by type and fleet size",
                    .x_label = "hours",
                    .y_label = "$",
                    .lines = {{.label = "dominated", .is_joined = false, .is_faint = true},
                              {.label = "best of their time"}}};
  for (const auto& one : all) {
    chart.lines[one.is_dominated ? 0 : 1].points.emplace_back(one.hours, one.usd);
    if (!one.is_dominated) {
      chart.lines.push_back({.label = fmt::format("{} x {}: {:.2f} h, {:.2f} $", one.nodes,
                                                  choices[one.choice].type, one.hours, one.usd),
                             .points = {{one.hours, one.usd}},
                             .is_joined = false});
    }
  }
  std::sort(chart.lines[1].points.begin(), chart.lines[1].points.end());
  return plot::chart_svg(chart);
}

Result<ExitCode> JobPareto::run(Environment& environment) {
  const auto job = job_file(environment);
  const auto choices = job ? this->choices(environment, *job) : tl::unexpected(job.error());
  if (!choices) {
    return tl::unexpected(choices.error());
  }
  const auto sizes = fleet_sizes(*job);
  if (!sizes) {
    return tl::unexpected(sizes.error());
  }
  auto all = policy::estimates(*choices, *sizes, *job->tasks, job->scaling_penalty,
                               Money::from_dollars(job->manager_price + job->manager_volume),
                               job->manager_rate);
  std::sort(all.begin(), all.end(), [](const FleetEstimate& a, const FleetEstimate& b) {
    return a.hours != b.hours ? a.hours < b.hours : a.usd < b.usd;
  });
  if (svg_) {
    if (auto drawn = environment.world.text_file_writer().write(*svg_, svg(*choices, all));
        !drawn) {
      return tl::unexpected(drawn.error());
    }
    environment.console.say(fmt::format("time and cost drawn into '{}'", *svg_));
  }
  if (only_best_) {
    std::erase_if(all, [](const FleetEstimate& one) { return one.is_dominated; });
  }
  environment.show({.facts = {}, .tables = {estimate_table(*choices, all)}});
  return ExitCode::Done;
}

}  // namespace spotvane::cli
