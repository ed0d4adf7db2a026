#include "adapters/sql/sql_performance_store.hpp"

#include "adapters/sql/sql_database.hpp"
#include "base/split.hpp"

#include <string>
#include <tuple>

namespace spotvane::adapters {

namespace {

std::string to_lines(const model::Parameters& parameters) {
  std::string lines;
  for (const auto& [name, value] : parameters) {
    lines += fmt::format("{}={}\n", name, value);
  }
  return lines;
}

model::Parameters from_lines(std::string_view lines) {
  model::Parameters parameters;
  for (const auto line : split(lines, '\n')) {
    if (const auto equals = line.find('='); equals != std::string_view::npos) {
      parameters.emplace(line.substr(0, equals), line.substr(equals + 1));
    }
  }
  return parameters;
}

model::Workload workload_at(const SqlStatement& row, int column) {
  return {model::DatasetHash{row.text(column)}, from_lines(row.text(column + 1))};
}

}  // namespace

Result<PerformanceAdded> SqlPerformanceStore::count() {
  return database_
      .first<PerformanceAdded>(
          "select (select count(*) from dataset), (select count(*) from throughput_sample),"
          " (select count(*) from work_total)",
          [](const SqlStatement& row) {
            return PerformanceAdded{static_cast<std::size_t>(row.integer(0)),
                                    static_cast<std::size_t>(row.integer(1)),
                                    static_cast<std::size_t>(row.integer(2))};
          })
      .map([](std::optional<PerformanceAdded> counts) { return *counts; });
}

Result<void> SqlPerformanceStore::insert(const model::PerformanceRecords& records) {
  return database_
      .run_for_each("insert into dataset (hash, name) values (?, ?) on conflict (hash) do nothing",
                    records.datasets,
                    [](const model::Dataset& one) {
                      return std::tuple{one.hash, std::string_view{one.name}};
                    })
      .and_then([&] {
        return database_.run_for_each(
            "insert into throughput_sample (source, number, dataset, parameters, instance_type,"
            " tasks_per_second, at_ms) values (?, ?, ?, ?, ?, ?, ?)"
            " on conflict (source, number) do nothing",
            records.samples, [](const model::ThroughputSample& one) {
              return std::tuple{one.id.source,
                                one.id.number,
                                one.workload.dataset,
                                to_lines(one.workload.parameters),
                                one.type,
                                one.tasks_per_second,
                                one.at};
            });
      })
      .and_then([&] {
        return database_.run_for_each(
            "insert into work_total (source, number, dataset, parameters, tasks, at_ms)"
            " values (?, ?, ?, ?, ?, ?) on conflict (source, number) do nothing",
            records.totals, [](const model::WorkTotal& one) {
              return std::tuple{one.id.source,
                                one.id.number,
                                one.workload.dataset,
                                to_lines(one.workload.parameters),
                                one.tasks,
                                one.at};
            });
      });
}

Result<PerformanceAdded> SqlPerformanceStore::add(const model::PerformanceRecords& records) {
  PerformanceAdded before;
  PerformanceAdded after;
  return database_
      .transaction([&] {
        return count()
            .map([&](PerformanceAdded counts) { before = counts; })
            .and_then([&] { return insert(records); })
            .and_then([&] { return count(); })
            .map([&](PerformanceAdded counts) { after = counts; });
      })
      .map([&] {
        return PerformanceAdded{after.datasets - before.datasets, after.samples - before.samples,
                                after.totals - before.totals};
      });
}

Result<std::vector<model::Dataset>> SqlPerformanceStore::datasets() {
  return database_.rows<model::Dataset>(
      "select hash, name from dataset order by name, hash", [](const SqlStatement& row) {
        return model::Dataset{model::DatasetHash{row.text(0)}, row.text(1)};
      });
}

Result<std::vector<model::Workload>> SqlPerformanceStore::workloads() {
  return database_.rows<model::Workload>(
      "select dataset, parameters from throughput_sample union"
      " select dataset, parameters from work_total order by 1, 2",
      [](const SqlStatement& row) { return workload_at(row, 0); });
}

Result<std::vector<model::ThroughputSample>> SqlPerformanceStore::samples(
    const model::Workload& workload) {
  return database_.rows<model::ThroughputSample>(
      "select source, number, dataset, parameters, instance_type, tasks_per_second, at_ms"
      " from throughput_sample where dataset = ? and parameters = ?"
      " order by instance_type, at_ms, source, number",
      [](const SqlStatement& row) {
        return model::ThroughputSample{.id = {row.text(0), row.integer(1)},
                                       .workload = workload_at(row, 2),
                                       .type = model::InstanceType{row.text(4)},
                                       .tasks_per_second = row.real(5),
                                       .at = row.time(6)};
      },
      workload.dataset, to_lines(workload.parameters));
}

Result<std::vector<model::WorkTotal>> SqlPerformanceStore::totals(const model::Workload& workload) {
  return database_.rows<model::WorkTotal>(
      "select source, number, dataset, parameters, tasks, at_ms from work_total"
      " where dataset = ? and parameters = ? order by at_ms, source, number",
      [](const SqlStatement& row) {
        return model::WorkTotal{.id = {row.text(0), row.integer(1)},
                                .workload = workload_at(row, 2),
                                .tasks = row.real(4),
                                .at = row.time(5)};
      },
      workload.dataset, to_lines(workload.parameters));
}

}  // namespace spotvane::adapters
