#include "sim/memory_probe_ledger.hpp"

#include <algorithm>
#include <tuple>

namespace spotvane::sim {

template <typename Effect>
Result<void> MemoryProbeLedger::write(Effect effect) {
  if (crash_ != nullptr) {
    crash_->pass();
  }
  if (is_full_) {
    return fail(ErrorKind::Storage, "the state store is full");
  }
  effect();
  if (crash_ != nullptr) {
    crash_->pass();
  }
  return {};
}

template <typename Wanted>
std::vector<model::ProbeRecord> MemoryProbeLedger::select(Wanted wanted) const {
  std::vector<model::ProbeRecord> found;
  for (const auto& [id, probe] : probes_) {
    if (wanted(probe.record)) {
      found.push_back(probe.record);
    }
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return std::tie(a.plan.intended, a.plan.id) < std::tie(b.plan.intended, b.plan.id);
  });
  return found;
}

const MemoryProbeLedger::Known& MemoryProbeLedger::known(const model::ProbeId& probe) const {
  static const Known nothing;
  const auto found = probes_.find(probe);
  return found == probes_.end() ? nothing : found->second;
}

Result<void> MemoryProbeLedger::begin(const model::ProbePlan& plan) {
  if (probes_.contains(plan.id)) {
    return fail(ErrorKind::Storage, "there is a probe '{}' already", plan.id);
  }
  return write([&] { probes_.emplace(plan.id, Known{.record = {.plan = plan}}); });
}

Result<void> MemoryProbeLedger::add(const model::ProbeNews& news) {
  const auto found = probes_.find(news.probe);
  if (found == probes_.end()) {
    return fail(ErrorKind::Storage, "there is no probe '{}'", news.probe);
  }
  return write([&] {
    auto& probe = found->second;
    probe.record.requested = news.requested ? news.requested : probe.record.requested;
    probe.record.end = news.end ? news.end : probe.record.end;
    probe.record.cleared = news.cleared ? news.cleared : probe.record.cleared;
    probe.resources.insert(news.resources.begin(), news.resources.end());
    probe.events.insert(probe.events.end(), news.events.begin(), news.events.end());
    probe.ready.insert(probe.ready.end(), news.ready.begin(), news.ready.end());
  });
}

Result<std::vector<model::ProbeRecord>> MemoryProbeLedger::uncleared() {
  return select([](const model::ProbeRecord& record) { return !record.cleared; });
}

Result<std::vector<model::ProbeRecord>> MemoryProbeLedger::probes(TimePoint from, TimePoint to) {
  return select([&](const model::ProbeRecord& record) {
    return record.plan.intended >= from && record.plan.intended < to;
  });
}

Result<std::vector<model::ProbeResource>> MemoryProbeLedger::resources(
    const model::ProbeId& probe) {
  const auto& all = known(probe).resources;
  return std::vector<model::ProbeResource>{all.begin(), all.end()};
}

Result<std::vector<model::ProbeEvent>> MemoryProbeLedger::events(const model::ProbeId& probe) {
  return known(probe).events;
}

Result<std::vector<model::ReadyCount>> MemoryProbeLedger::ready_counts(
    const model::ProbeId& probe) {
  return known(probe).ready;
}

Result<std::vector<model::ProbeRecord>> MemoryProbeLedger::unarchived() {
  return select([&](const model::ProbeRecord& record) {
    return record.cleared && !known(record.plan.id).is_archived;
  });
}

Result<void> MemoryProbeLedger::commit_file(const LakeFile& file,
                                            const std::vector<model::ProbeId>& probes) {
  for (const auto& probe : probes) {
    if (!probes_.contains(probe) || known(probe).is_archived) {
      return fail(ErrorKind::Storage, "probe '{}' is in the archive already", probe);
    }
  }
  return write([&] {
    files_.emplace(file.path, file);
    for (const auto& probe : probes) {
      probes_.at(probe).is_archived = true;
    }
  });
}

Result<std::vector<LakeFile>> MemoryProbeLedger::files() {
  std::vector<LakeFile> files;
  for (const auto& [path, file] : files_) {
    files.push_back(file);
  }
  return files;
}

}  // namespace spotvane::sim
