#include "cli/study_tables.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace spotvane::cli {

namespace {

/// What became of the jobs of one policy at one change-over and deadline.
struct Spread {
  std::vector<double> costs;
  std::int64_t late = 0;

  double mean() const {
    double sum = 0;
    for (const auto cost : costs) {
      sum += cost;
    }
    return sum / static_cast<double>(costs.size());
  }
  /// Of sorted costs: the least that `share` of them do not exceed.
  double quantile(double share) const {
    const auto rank = std::ceil(share * static_cast<double>(costs.size())) - 1;
    return costs[static_cast<std::size_t>(std::max(rank, 0.0))];
  }
};

using Cell = std::tuple<std::size_t, std::size_t, std::size_t>;  // change-over, deadline, contender

std::map<Cell, Spread> spreads(std::span<const replay::Run> runs) {
  std::map<Cell, Spread> cells;
  for (const auto& run : runs) {
    auto& cell = cells[{run.changeover, run.deadline, run.contender}];
    cell.costs.push_back(run.outcome.cost_usd);
    cell.late += run.outcome.is_late ? 1 : 0;
  }
  for (auto& [key, cell] : cells) {
    std::sort(cell.costs.begin(), cell.costs.end());
  }
  return cells;
}

/// Which contender is so named; past the last where none is.
std::size_t place_of(const replay::Study& study, std::string_view name) {
  const auto found = std::find_if(study.contenders.begin(), study.contenders.end(),
                                  [&](const replay::Contender& one) { return one.name == name; });
  return static_cast<std::size_t>(found - study.contenders.begin());
}

}  // namespace

Table run_table(const replay::Study& study, std::span<const replay::Run> runs) {
  Table table{.name = "runs",
              .columns = {{"zone"},
                          {"i"},
                          {"policy"},
                          {"overhead_h", 3},
                          {"deadline_h", 2},
                          {"cost_usd", 4},
                          {"on_demand_h", 2},
                          {"spot_h", 2},
                          {"changeovers"},
                          {"late"}}};
  table.next = [&study, runs, next = std::size_t{0}](std::vector<Value>& row) mutable {
    if (next == runs.size()) {
      return false;
    }
    const auto& run = runs[next++];
    const auto& window = study.windows[run.window];
    row = {window.zone,
           window.i,
           study.contenders[run.contender].name,
           in_hours(study.changeovers[run.changeover]),
           in_hours(study.deadlines[run.deadline]),
           Money::from_dollars(run.outcome.cost_usd),
           in_hours(run.outcome.on_demand),
           in_hours(run.outcome.spot),
           run.outcome.changeovers,
           run.outcome.is_late};
    return true;
  };
  return table;
}

Table study_table(const replay::Study& study, std::span<const replay::Run> runs) {
  Table table{.name = "policies",
              .columns = {{"policy"},
                          {"overhead_h", 3},
                          {"deadline_h", 2},
                          {"runs"},
                          {"mean_usd", 2},
                          {"p50_usd", 2},
                          {"p90_usd", 2},
                          {"p99_usd", 2},
                          {"saved_percent", 1},
                          {"above_oracle_percent", 1},
                          {"late"}}};
  const auto cells = spreads(runs);
  for (const auto& [key, cell] : cells) {
    const auto [changeover, deadline, contender] = key;
    const auto mean_of = [&](std::string_view name) {
      const auto found = cells.find({changeover, deadline, place_of(study, name)});
      return found != cells.end() ? found->second.mean() : std::nan("");
    };
    // Not a number where the other did not run.
    const auto percent = [](double share) {
      return std::isnan(share) ? Value{} : Value{100 * share};
    };
    table.rows.push_back({study.contenders[contender].name, in_hours(study.changeovers[changeover]),
                          in_hours(study.deadlines[deadline]),
                          static_cast<std::int64_t>(cell.costs.size()), cell.mean(),
                          cell.quantile(0.5), cell.quantile(0.9), cell.quantile(0.99),
                          percent(1 - cell.mean() / mean_of("on-demand")),
                          percent(cell.mean() / mean_of("oracle") - 1), cell.late});
  }
  return table;
}

}  // namespace spotvane::cli
