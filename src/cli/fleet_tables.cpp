#include "cli/fleet_tables.hpp"

#include "plot/chart.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace spotvane::cli {

namespace {

using replay::FleetStudy;
using replay::FleetStudyRun;
using Runs = std::span<const FleetStudyRun>;

/// Numbers in order.
struct Sample {
  std::vector<double> values = {};

  Value mean() const {
    double sum = 0;
    for (const auto value : values) {
      sum += value;
    }
    return values.empty() ? Value{} : Value{sum / static_cast<double>(values.size())};
  }
  /// The least that `share` of them do not exceed.
  Value quantile(double share) const {
    if (values.empty()) {
      return {};
    }
    const auto rank = std::ceil(share * static_cast<double>(values.size())) - 1;
    return values[static_cast<std::size_t>(std::max(rank, 0.0))];
  }
};

Sample sample_of(Runs runs, std::size_t budget, std::size_t policy,
                 double (*value)(const FleetStudyRun&)) {
  Sample sample;
  for (const auto& run : runs) {
    if (run.budget == budget && run.policy == policy && run.outcome.is_done) {
      sample.values.push_back(value(run));
    }
  }
  std::sort(sample.values.begin(), sample.values.end());
  return sample;
}

double cost_of(const FleetStudyRun& run) {
  return run.outcome.cost_usd;
}

std::size_t each_run(const FleetStudy& study) {
  return study.budgets.size() * study.policies.size();
}

/// What one policy's jobs cost beside another's of the same run, or beside the oracle's.
struct Beside {
  int both = 0;
  int cheaper = 0;
  double own = 0;
  double other = 0;

  void add(double own_usd, double other_usd) {
    ++both;
    cheaper += own_usd < other_usd ? 1 : 0;
    own += own_usd;
    other += other_usd;
  }
  Value percent() const { return both > 0 && other > 0 ? Value{100 * (own / other - 1)} : Value{}; }
};

/// `other` past the last policy: the oracle.
Beside beside(const FleetStudy& study, Runs runs, std::size_t budget, std::size_t policy,
              std::size_t other) {
  Beside sums;
  for (std::size_t first = 0; first < runs.size(); first += each_run(study)) {
    const auto& own = runs[first + budget * study.policies.size() + policy];
    const auto is_oracle = other == study.policies.size();
    const auto& theirs =
        runs[first + budget * study.policies.size() + (is_oracle ? policy : other)];
    if (own.outcome.is_done && theirs.outcome.is_done) {
      sums.add(own.outcome.cost_usd, is_oracle ? own.oracle_usd : theirs.outcome.cost_usd);
    }
  }
  return sums;
}

Value budget_of(const FleetStudy& study, std::size_t budget) {
  return price(study.budgets[budget]);
}

/// How a job ended that was not done.
std::string_view end_of(const FleetStudy& study, const FleetStudyRun& run) {
  const auto& outcome = run.outcome;
  if (outcome.shortfall && outcome.launches == 0) {
    return "infeasible";
  }
  if (run.start + outcome.time >= study.market.end) {
    return "out of prices";
  }
  return study.budgets[run.budget] ? "out of budget" : "given up";
}

/// "40 infeasible, 3 out of budget"; absent where all were done.
Value not_done(const FleetStudy& study, Runs runs, std::size_t budget, std::size_t policy) {
  std::map<std::string_view, int> ends;
  for (const auto& run : runs) {
    if (run.budget == budget && run.policy == policy && !run.outcome.is_done) {
      ++ends[end_of(study, run)];
    }
  }
  std::string words;
  for (const auto& [end, count] : ends) {
    words += fmt::format("{}{} {}", words.empty() ? "" : ", ", count, end);
  }
  return words.empty() ? Value{} : Value{std::move(words)};
}

std::string name_of(const FleetStudy& study, std::size_t policy) {
  return policy < study.policies.size() ? study.policies[policy].name : "oracle";
}

}  // namespace

Table fleet_run_table(const FleetStudy& study, Runs runs) {
  Table table{.name = "runs",
              .columns = {{"run"},
                          {"start"},
                          {"policy"},
                          {"budget_usd"},
                          {"cost_usd"},
                          {"workers_usd"},
                          {"time_h"},
                          {"tasks"},
                          {"done"},
                          {"late"},
                          {"launches"},
                          {"failed_launches"},
                          {"interruptions"},
                          {"raised_to_usd"},
                          {"least_budget_usd"},
                          {"oracle_usd"}}};
  table.next = [&study, runs, next = std::size_t{0}](std::vector<Value>& row) mutable {
    if (next == runs.size()) {
      return false;
    }
    const auto& run = runs[next++];
    const auto& outcome = run.outcome;
    row = {whole(run.run),
           run.start,
           name_of(study, run.policy),
           budget_of(study, run.budget),
           Money::from_dollars(outcome.cost_usd),
           Money::from_dollars(outcome.workers_usd),
           in_hours(outcome.time),
           outcome.tasks,
           outcome.is_done,
           outcome.is_late,
           outcome.launches,
           outcome.failed_launches,
           outcome.interruptions,
           price(outcome.raised_to),
           price(outcome.shortfall ? outcome.shortfall->least_budget : std::nullopt),
           Money::from_dollars(run.oracle_usd)};
    return true;
  };
  return table;
}

Table fleet_study_table(const FleetStudy& study, Runs runs) {
  Table table{.name = "policies",
              .columns = {{"policy"},
                          {"budget_usd"},
                          {"runs"},
                          {"done"},
                          {"not_done"},
                          {"late"},
                          {"mean_usd", 2},
                          {"p50_usd", 2},
                          {"p90_usd", 2},
                          {"p99_usd", 2},
                          {"p50_h", 2},
                          {"p90_h", 2},
                          {"p99_h", 2},
                          {"interruptions", 1},
                          {"than_on_demand_percent", 1},
                          {"above_oracle_percent", 1}}};
  std::size_t on_demand = 0;
  while (on_demand < study.policies.size() && study.policies[on_demand].name != "on-demand") {
    ++on_demand;
  }
  for (std::size_t budget = 0; budget < study.budgets.size(); ++budget) {
    for (std::size_t policy = 0; policy < study.policies.size(); ++policy) {
      const auto costs = sample_of(runs, budget, policy, cost_of);
      const auto times = sample_of(runs, budget, policy, [](const FleetStudyRun& run) {
        return in_hours(run.outcome.time);
      });
      const auto losses = sample_of(runs, budget, policy, [](const FleetStudyRun& run) {
        return static_cast<double>(run.outcome.interruptions);
      });
      const auto late = std::count_if(runs.begin(), runs.end(), [&](const FleetStudyRun& run) {
        return run.budget == budget && run.policy == policy && run.outcome.is_late;
      });
      table.rows.push_back({name_of(study, policy), budget_of(study, budget), whole(study.runs),
                            whole(costs.values.size()), not_done(study, runs, budget, policy),
                            study.job.deadline ? whole(late) : Value{}, costs.mean(),
                            costs.quantile(0.5), costs.quantile(0.9), costs.quantile(0.99),
                            times.quantile(0.5), times.quantile(0.9), times.quantile(0.99),
                            losses.mean(),
                            on_demand < study.policies.size()
                                ? beside(study, runs, budget, policy, on_demand).percent()
                                : Value{},
                            beside(study, runs, budget, policy, study.policies.size()).percent()});
    }
  }
  return table;
}

Table fleet_pairs_table(const FleetStudy& study, Runs runs) {
  Table table{.name = "pairs",
              .columns = {{"policy"},
                          {"budget_usd"},
                          {"beside"},
                          {"runs"},
                          {"difference_percent", 1},
                          {"cheaper"}}};
  for (std::size_t budget = 0; budget < study.budgets.size(); ++budget) {
    for (std::size_t policy = 0; policy < study.policies.size(); ++policy) {
      for (std::size_t other = 0; other <= study.policies.size(); ++other) {
        if (other == policy) {
          continue;
        }
        const auto sums = beside(study, runs, budget, policy, other);
        table.rows.push_back({name_of(study, policy), budget_of(study, budget),
                              name_of(study, other), whole(sums.both), sums.percent(),
                              whole(sums.cheaper)});
      }
    }
  }
  return table;
}

std::string fleet_costs_svg(const FleetStudy& study, Runs runs) {
  plot::Chart chart{.title = fmt::format("What {} simulated jobs cost", study.runs),
                    .x_label = "$ a job",
                    .y_label = "% of the jobs were done for at most so much"};
  for (std::size_t budget = 0; budget < study.budgets.size(); ++budget) {
    for (std::size_t policy = 0; policy < study.policies.size(); ++policy) {
      const auto costs = sample_of(runs, budget, policy, cost_of).values;
      plot::ChartLine line{.label = study.budgets[budget]
                                        ? fmt::format("{}, budget {} $", name_of(study, policy),
                                                      to_text(*study.budgets[budget]))
                                        : name_of(study, policy)};
      double share = 0;
      for (const auto cost : costs) {
        line.points.emplace_back(cost, share);
        share += 100.0 / study.runs;
        line.points.emplace_back(cost, share);
      }
      chart.lines.push_back(std::move(line));
    }
  }
  return plot::chart_svg(chart);
}

}  // namespace spotvane::cli
