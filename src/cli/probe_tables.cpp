#include "cli/probe_tables.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace spotvane::cli {

namespace {

using namespace std::chrono_literals;

std::int64_t unix_seconds(TimePoint at) {
  return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}

Value quantile(const std::vector<probe::SurvivalStep>& steps, double share) {
  const auto reached = probe::time_to_reach(steps, share);
  return reached ? Value{*reached} : Value{std::string{"not reached"}};
}

int most_ready(const probe::ProbeHistory& probe) {
  int most = 0;
  for (const auto& one : probe.ready) {
    most = std::max(most, one.ready);
  }
  return most;
}

}  // namespace

std::string pool_text(const model::Pool& pool) {
  return pool.zone.empty() ? fmt::format("{}@{}", pool.type, pool.region)
                           : fmt::format("{}@{}", pool.type, pool.zone);
}

Table probe_table(const std::vector<probe::ProbeHistory>& probes) {
  Table table{.name = "probes",
              .columns = {{"probe"},
                          {"pool"},
                          {"via"},
                          {"instances"},
                          {"fulfilled"},
                          {"ready"},
                          {"outcome"},
                          {"requested"},
                          {"spent_at_most"},
                          {"left_in_aws"},
                          {"note"}}};
  for (const auto& probe : probes) {
    const auto& record = probe.record;
    const auto fulfilled =
        std::count_if(probe.events.begin(), probe.events.end(),
                      [](const auto& event) { return event.what == "fulfilled"; });
    table.rows.push_back(
        {record.plan.id.text(), pool_text(record.plan.pool),
         std::string{model::to_text(record.plan.via)}, std::int64_t{record.plan.count},
         std::int64_t{fulfilled}, std::int64_t{most_ready(probe)},
         record.end ? Value{std::string{model::to_text(record.end->outcome)}} : Value{},
         record.requested ? Value{*record.requested} : Value{},
         record.cleared ? record.cleared->spent : record.plan.cost_most,
         std::string{record.cleared ? "nothing" : "unknown"},
         record.end && !record.end->note.empty() ? Value{record.end->note} : Value{}});
  }
  return table;
}

Table ready_table(const std::vector<probe::ProbeHistory>& probes) {
  Table table{.name = "ready_counts",
              .columns = {{"region"},
                          {"instance"},
                          {"instance_count"},
                          {"request_time"},
                          {"current_time"},
                          {"ready_instances"},
                          {"hours"},
                          {"minutes"}}};
  for (const auto& probe : probes) {
    const auto requested = probe.record.requested.value_or(probe.record.plan.intended);
    const auto of_day = requested - TimePoint{day_of(requested)};
    for (const auto& one : probe.ready) {
      table.rows.push_back(
          {probe.record.plan.pool.region.text(), probe.record.plan.pool.type.text(),
           std::int64_t{probe.record.plan.count}, unix_seconds(requested), unix_seconds(one.at),
           std::int64_t{one.ready}, std::int64_t{of_day / 1h}, std::int64_t{of_day % 1h / 1min}});
    }
  }
  return table;
}

Table timeline_table(const std::vector<probe::ProbeHistory>& probes) {
  Table table{
      .name = "timeline",
      .columns = {{"probe"}, {"pool"}, {"at"}, {"seconds", 1}, {"subject"}, {"what"}, {"detail"}}};
  const auto text = [](const std::string& word) { return word.empty() ? Value{} : Value{word}; };
  for (const auto& probe : probes) {
    const auto requested = probe.record.requested.value_or(probe.record.plan.intended);
    for (const auto& event : probe.events) {
      table.rows.push_back({probe.record.plan.id.text(), pool_text(probe.record.plan.pool),
                            event.at, std::chrono::duration<double>(event.at - requested).count(),
                            text(event.subject), event.what, text(event.detail)});
    }
  }
  return table;
}

Table statistics_table(const std::vector<probe::PoolStatistics>& pools) {
  Table table{.name = "pools",
              .columns = {{"pool"},
                          {"probes"},
                          {"instances"},
                          {"fulfilled"},
                          {"fulfilled_share", 3},
                          {"ready"},
                          {"interrupted"}}};
  constexpr std::array<std::pair<const char*, double>, 3> kQuantiles{
      {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}}};
  for (const auto* what : {"fulfilled", "running", "ready"}) {
    for (const auto& [name, share] : kQuantiles) {
      table.columns.push_back({fmt::format("{}_{}_s", what, name), 1});
    }
  }
  for (const auto& pool : pools) {
    std::vector<Value> row{
        pool_text(pool.pool),
        std::int64_t{pool.probes},
        std::int64_t{pool.requested},
        std::int64_t{pool.fulfilled},
        pool.requested > 0 ? static_cast<double>(pool.fulfilled) / pool.requested : 0.0,
        std::int64_t{pool.ready},
        std::int64_t{pool.interrupted}};
    for (const auto* waits : {&pool.to_fulfilled, &pool.to_running, &pool.to_ready}) {
      const auto steps = probe::kaplan_meier(*waits);
      for (const auto& [name, share] : kQuantiles) {
        row.push_back(quantile(steps, share));
      }
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace spotvane::cli
