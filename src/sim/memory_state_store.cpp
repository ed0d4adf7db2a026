#include "sim/memory_state_store.hpp"

namespace spotvane::sim {

template <typename Effect>
Result<void> MemoryStateStore::write(Effect effect) {
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
  if (answers_left_-- == 0) {
    has_lost_answer_ = true;
    return fail(ErrorKind::Storage, "the state store did not answer");
  }
  return {};
}

Result<void> MemoryStateStore::record_uses(const std::vector<model::LedgerEntry>& uses) {
  return write([&] {
    for (const auto& use : uses) {
      uses_.insert_or_assign({use.credential, use.configuration}, use);
    }
  });
}

Result<std::vector<model::LedgerEntry>> MemoryStateStore::uses_since(
    const model::CredentialName& credential, TimePoint since) {
  std::vector<model::LedgerEntry> found;
  for (const auto& [key, use] : uses_) {
    if (use.credential == credential && use.last_used >= since) {
      found.push_back(use);
    }
  }
  return found;
}

Result<std::optional<model::QuotaLimit>> MemoryStateStore::quota_limit(
    const model::CredentialName& credential) {
  const auto found = limits_.find(credential);
  return found == limits_.end() ? std::nullopt : std::optional{found->second};
}

Result<void> MemoryStateStore::save_quota_limit(const model::QuotaLimit& limit) {
  return write([&] { limits_.insert_or_assign(limit.credential, limit); });
}

Result<void> MemoryStateStore::save_plan(const model::DayPlan& plan) {
  return write([&] { plans_.insert_or_assign(plan.day, plan); });
}

Result<std::optional<model::DayPlan>> MemoryStateStore::plan(Day day) {
  const auto found = plans_.find(day);
  return found == plans_.end() ? std::nullopt : std::optional{found->second};
}

Result<void> MemoryStateStore::save_daily_scores(Day day,
                                                 const std::vector<model::DailyScore>& scores) {
  return write([&] { daily_scores_.insert_or_assign(day, scores); });
}

Result<std::vector<model::DailyScore>> MemoryStateStore::daily_scores(Day day) {
  const auto found = daily_scores_.find(day);
  return found == daily_scores_.end() ? std::vector<model::DailyScore>{} : found->second;
}

Result<void> MemoryStateStore::save_initial_scores(const std::vector<model::InitialScore>& scores) {
  return write([&] { initial_scores_ = scores; });
}

Result<std::vector<model::InitialScore>> MemoryStateStore::initial_scores() {
  return initial_scores_;
}

Result<void> MemoryStateStore::commit_cycle(const CycleRecord& record) {
  return write([&] {
    records_.insert_or_assign(record.cycle, record);
    if (record.file) {
      files_.insert_or_assign(record.file->path, *record.file);
    }
  });
}

Result<std::optional<TimePoint>> MemoryStateStore::latest_cycle() {
  return records_.empty() ? std::nullopt : std::optional{records_.rbegin()->first};
}

Result<std::vector<TimePoint>> MemoryStateStore::cycles(TimePoint from, TimePoint to) {
  std::vector<TimePoint> found;
  for (auto one = records_.lower_bound(from); one != records_.end() && one->first < to; ++one) {
    found.push_back(one->first);
  }
  return found;
}

Result<std::vector<OutcomeCount>> MemoryStateStore::outcome_counts(TimePoint from, TimePoint to) {
  std::map<std::pair<std::string, model::Outcome>, std::uint64_t> counts;
  for (auto one = records_.lower_bound(from); one != records_.end() && one->first < to; ++one) {
    for (const auto& outcome : one->second.outcomes) {
      ++counts[{outcome.source, outcome.outcome}];
    }
  }
  std::vector<OutcomeCount> found;
  for (const auto& [key, count] : counts) {
    found.push_back({key.first, key.second, count});
  }
  return found;
}

Result<void> MemoryStateStore::commit_import(const ImportRecord& record) {
  for (const auto& snapshot : record.snapshots) {
    if (records_.contains(snapshot.taken)) {
      return fail(ErrorKind::Storage, "there is a cycle at {} already", to_iso8601(snapshot.taken));
    }
  }
  return write([&] {
    for (const auto& snapshot : record.snapshots) {
      imports_.emplace(snapshot.taken, snapshot);
      records_.emplace(snapshot.taken, CycleRecord{.cycle = snapshot.taken,
                                                   .pools = snapshot.pools,
                                                   .changes = snapshot.changes});
    }
    for (const auto& file : record.files) {
      files_.insert_or_assign(file.path, file);
    }
  });
}

Result<std::vector<ImportedSnapshot>> MemoryStateStore::imported_snapshots(TimePoint from,
                                                                           TimePoint to) {
  std::vector<ImportedSnapshot> found;
  for (auto one = imports_.lower_bound(from); one != imports_.end() && one->first < to; ++one) {
    found.push_back(one->second);
  }
  return found;
}

Result<std::vector<LakeFile>> MemoryStateStore::files() {
  std::vector<LakeFile> found;
  for (const auto& [path, file] : files_) {
    found.push_back(file);
  }
  return found;
}

Result<void> MemoryStateStore::replace_files(const std::vector<LakeFile>& removed,
                                             const std::vector<LakeFile>& added) {
  return write([&] {
    for (const auto& file : removed) {
      files_.erase(file.path);
    }
    for (const auto& file : added) {
      files_.insert_or_assign(file.path, file);
    }
  });
}

Result<void> MemoryStateStore::give_up_files(const std::vector<LostFile>& lost) {
  for (const auto& one : lost) {
    if (!files_.contains(one.file.path)) {
      return fail(ErrorKind::Storage, "archive file '{}' is not listed", one.file.path);
    }
  }
  return write([&] {
    for (const auto& one : lost) {
      files_.erase(one.file.path);
      lost_.insert_or_assign({one.file.path, one.file.sha256}, one);
    }
  });
}

Result<std::vector<LostFile>> MemoryStateStore::lost_files() {
  std::vector<LostFile> found;
  for (const auto& [key, one] : lost_) {
    found.push_back(one);
  }
  return found;
}

Result<void> MemoryStateStore::save_note(const std::string& name, const std::string& value) {
  return write([&] { notes_.insert_or_assign(name, value); });
}

Result<std::optional<std::string>> MemoryStateStore::note(const std::string& name) {
  const auto found = notes_.find(name);
  return found == notes_.end() ? std::nullopt : std::optional{found->second};
}

}  // namespace spotvane::sim
