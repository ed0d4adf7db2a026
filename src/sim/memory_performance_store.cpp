#include "sim/memory_performance_store.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace spotvane::sim {

namespace {

/// Those of `known` that are of the workload.
template <typename Measurement>
std::vector<Measurement> measured_of(const std::map<model::MeasurementId, Measurement>& known,
                                     const model::Workload& workload) {
  std::vector<Measurement> found;
  for (const auto& [id, one] : known) {
    if (one.workload == workload) {
      found.push_back(one);
    }
  }
  return found;
}

}  // namespace

Result<PerformanceAdded> MemoryPerformanceStore::add(const model::PerformanceRecords& records) {
  if (crash_ != nullptr) {
    crash_->pass();
  }
  if (is_full_) {
    return fail(ErrorKind::Storage, "the state store is full");
  }
  PerformanceAdded added;
  for (const auto& dataset : records.datasets) {
    added.datasets += datasets_.emplace(dataset.hash, dataset).second ? 1U : 0U;
  }
  for (const auto& sample : records.samples) {
    added.samples += samples_.emplace(sample.id, sample).second ? 1U : 0U;
  }
  for (const auto& total : records.totals) {
    added.totals += totals_.emplace(total.id, total).second ? 1U : 0U;
  }
  if (crash_ != nullptr) {
    crash_->pass();
  }
  return added;
}

Result<std::vector<model::Dataset>> MemoryPerformanceStore::datasets() {
  std::vector<model::Dataset> found;
  for (const auto& [hash, dataset] : datasets_) {
    found.push_back(dataset);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.name < b.name; });
  return found;
}

Result<std::vector<model::Workload>> MemoryPerformanceStore::workloads() {
  std::set<model::Workload> found;
  for (const auto& [id, sample] : samples_) {
    found.insert(sample.workload);
  }
  for (const auto& [id, total] : totals_) {
    found.insert(total.workload);
  }
  return std::vector<model::Workload>{found.begin(), found.end()};
}

Result<std::vector<model::ThroughputSample>> MemoryPerformanceStore::samples(
    const model::Workload& workload) {
  auto found = measured_of(samples_, workload);
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return std::tie(a.type, a.at) < std::tie(b.type, b.at);
  });
  return found;
}

Result<std::vector<model::WorkTotal>> MemoryPerformanceStore::totals(
    const model::Workload& workload) {
  auto found = measured_of(totals_, workload);
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  return found;
}

}  // namespace spotvane::sim
