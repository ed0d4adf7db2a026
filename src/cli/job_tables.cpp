#include "cli/job_tables.hpp"

#include <algorithm>
#include <map>

namespace spotvane::cli {

namespace {

double rounded(double dollars) {
  return Money::from_dollars(dollars).dollars();
}

Value time_or_none(const std::optional<TimePoint>& time) {
  return time ? Value{*time} : Value{};
}

/// Launches as they were asked for and what came of them, by pool.
Table pools_table(const std::map<std::int64_t, model::JobLaunch>& launches,
                  const std::map<std::int64_t, model::JobWorker>& workers) {
  struct Sums {
    int requested = 0;
    int realised = 0;
    int interrupted = 0;
    double hours = 0;
    double usd = 0;
  };
  std::map<model::WorkerPool, Sums> pools;
  for (const auto& [number, launch] : launches) {
    auto& sums = pools[launch.pool];
    sums.requested += launch.count;
    sums.realised += launch.realised;
  }
  for (const auto& [number, worker] : workers) {
    const auto launch = launches.find(worker.launch);
    auto& sums = pools[launch != launches.end() ? launch->second.pool : worker.pool];
    sums.interrupted += worker.is_interrupted ? 1 : 0;
    if (worker.running && worker.ended) {
      sums.hours += in_hours(*worker.ended - *worker.running);
    }
    sums.usd += worker.cost.value_or(Money{}).dollars();
  }
  Table table{.name = "pools",
              .columns = {{"type"},
                          {"zone"},
                          {"market"},
                          {"requested"},
                          {"realised"},
                          {"interrupted"},
                          {"hours", 3},
                          {"cost_usd", 4}}};
  for (const auto& [pool, sums] : pools) {
    table.rows.push_back({pool.type.text(), pool.zone.text(),
                          std::string{pool.is_on_demand ? "on-demand" : "spot"},
                          whole(sums.requested), whole(sums.realised), whole(sums.interrupted),
                          sums.hours, rounded(sums.usd)});
  }
  return table;
}

/// Oldest first.
Table decisions_table(const std::vector<model::JobDecision>& decisions) {
  Table table{.name = "decisions", .columns = {{"at"}, {"what"}, {"subject"}, {"detail"}}};
  for (auto one = decisions.rbegin(); one != decisions.rend(); ++one) {
    table.rows.push_back({one->at, one->what, one->subject, one->detail});
  }
  return table;
}

std::int64_t count_interrupted(const std::map<std::int64_t, model::JobWorker>& workers) {
  return std::count_if(workers.begin(), workers.end(),
                       [](const auto& one) { return one.second.is_interrupted; });
}

}  // namespace

Document job_report(const job::JobBook& book, const job::Bill& bill,
                    const std::vector<model::JobDecision>& decisions) {
  const auto& spec = book.spec();
  const auto& course = book.course();
  const auto saved = bill.on_demand > 0 ? 100 * (1 - bill.total() / bill.on_demand) : 0;
  Document document;
  document.facts = {
      {"job", spec.head.id.text()},
      {"state", std::string{to_text(course.state)}},
      {"note", course.note},
      {"tasks_done", std::min(course.tasks_done, spec.head.tasks)},
      {"tasks_total", spec.head.tasks},
      {"cost_usd", rounded(bill.total())},
      {"on_demand_usd", rounded(bill.on_demand)},
      {"saved_percent", saved},
      {"instances_usd", rounded(bill.instances)},
      {"volumes_usd", rounded(bill.volumes)},
      {"manager_usd", rounded(bill.manager)},
      {"workers", whole(book.workers().size())},
      {"interruptions", count_interrupted(book.workers())},
      {"reports_not_believed", whole(book.bad_reports().absurd + book.bad_reports().unknown)},
      {"begun", spec.head.begun},
      {"ended", time_or_none(course.ended)}};
  document.tables = {pools_table(book.launches(), book.workers()), decisions_table(decisions)};
  return document;
}

Document job_status(const model::JobRecord& record, const std::vector<model::JobWorker>& workers,
                    const std::vector<model::JobDecision>& decisions) {
  Document document;
  double usd = 0;
  std::int64_t alive = 0;
  std::int64_t interrupted = 0;
  Table table{.name = "workers",
              .columns = {{"instance"},
                          {"type"},
                          {"zone"},
                          {"market"},
                          {"launched"},
                          {"running"},
                          {"ended"},
                          {"reason"},
                          {"tasks_per_second", 3},
                          {"cost_usd", 4}}};
  for (const auto& one : workers) {
    usd += one.cost.value_or(Money{}).dollars();
    alive += one.ended ? 0 : 1;
    interrupted += one.is_interrupted ? 1 : 0;
    table.rows.push_back({one.id.text(), one.pool.type.text(), one.pool.zone.text(),
                          std::string{one.pool.is_on_demand ? "on-demand" : "spot"}, one.launched,
                          time_or_none(one.running), time_or_none(one.ended), one.reason,
                          one.report ? Value{one.report->tasks_per_second} : Value{},
                          price(one.cost)});
  }
  document.facts = {{"job", record.head.id.text()},
                    {"state", std::string{to_text(record.course.state)}},
                    {"note", record.course.note},
                    {"tasks_done", std::min(record.course.tasks_done, record.head.tasks)},
                    {"tasks_total", record.head.tasks},
                    {"workers_alive", alive},
                    {"interruptions", interrupted},
                    {"cost_of_ended_usd", rounded(usd)},
                    {"begun", record.head.begun},
                    {"ended", time_or_none(record.course.ended)}};
  document.tables = {std::move(table), decisions_table(decisions)};
  return document;
}

Table jobs_table(const std::vector<model::JobRecord>& jobs) {
  Table table{.name = "jobs",
              .columns = {{"job"},
                          {"name"},
                          {"state"},
                          {"tasks_done", 0},
                          {"tasks_total", 0},
                          {"begun"},
                          {"ended"}}};
  for (const auto& one : jobs) {
    const bool is_ending = one.course.state != model::JobState::Running && !one.course.ended;
    table.rows.push_back({one.head.id.text(), one.head.name,
                          std::string{is_ending ? "ending" : to_text(one.course.state)},
                          std::min(one.course.tasks_done, one.head.tasks), one.head.tasks,
                          one.head.begun, time_or_none(one.course.ended)});
  }
  return table;
}

}  // namespace spotvane::cli
