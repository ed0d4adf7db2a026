#include "sim/memory_job_store.hpp"

#include <algorithm>

namespace spotvane::sim {

namespace {

template <typename Row>
std::vector<Row> rows_of(const std::map<std::int64_t, Row>& by_number) {
  std::vector<Row> rows;
  rows.reserve(by_number.size());
  for (const auto& [number, row] : by_number) {
    rows.push_back(row);
  }
  return rows;
}

}  // namespace

template <typename Effect>
Result<void> MemoryJobStore::write(Effect effect) {
  if (is_full_) {
    return fail(ErrorKind::Storage, "the disk is full");
  }
  if (crash_ != nullptr) {
    crash_->pass();
  }
  effect();
  if (crash_ != nullptr) {
    crash_->pass();
  }
  return {};
}

Result<void> MemoryJobStore::begin(const model::JobHead& head) {
  if (jobs_.contains(head.id)) {
    return fail(ErrorKind::Storage, "there is a job '{}' already", head.id);
  }
  return write([&] { jobs_.emplace(head.id, Kept{.record = {.head = head}}); });
}

Result<bool> MemoryJobStore::hold(const model::JobId& job, const std::string& holder, TimePoint now,
                                  TimePoint until) {
  const auto found = jobs_.find(job);
  if (found == jobs_.end()) {
    return fail(ErrorKind::NotFound, "no job '{}'", job);
  }
  auto& record = found->second.record;
  if (record.holder != holder && !record.holder.empty() && now < record.held_until) {
    return false;
  }
  return write([&] {
           record.holder = holder;
           record.held_until = until;
         })
      .map([] { return true; });
}

Result<void> MemoryJobStore::release(const model::JobId& job, const std::string& holder) {
  return write([&] {
    const auto found = jobs_.find(job);
    if (found != jobs_.end() && found->second.record.holder == holder) {
      found->second.record.holder.clear();
      found->second.record.held_until = {};
    }
  });
}

Result<void> MemoryJobStore::ask_to_stop(const model::JobId& job) {
  return write([&] {
    if (const auto found = jobs_.find(job); found != jobs_.end()) {
      found->second.record.is_asked_to_stop = true;
    }
  });
}

Result<void> MemoryJobStore::add(const model::JobNews& news) {
  const auto found = jobs_.find(news.job);
  if (found == jobs_.end() || found->second.record.holder != news.holder) {
    return fail(ErrorKind::Busy, "job '{}' is run by another manager", news.job);
  }
  return write([&] {
    auto& kept = found->second;
    kept.record.course = news.course.value_or(kept.record.course);
    for (const auto& one : news.launches) {
      kept.launches.insert_or_assign(one.number, one);
    }
    for (const auto& one : news.workers) {
      kept.workers.insert_or_assign(one.number, one);
    }
    kept.decisions.insert(kept.decisions.end(), news.decisions.begin(), news.decisions.end());
    for (const auto& one : news.back_offs) {
      back_offs_.insert_or_assign(one.pool, one);
    }
  });
}

Result<std::optional<model::JobRecord>> MemoryJobStore::job(const model::JobId& job) {
  const auto found = jobs_.find(job);
  return found != jobs_.end() ? std::optional{found->second.record} : std::nullopt;
}

Result<std::vector<model::JobRecord>> MemoryJobStore::jobs() {
  std::vector<model::JobRecord> records;
  for (const auto& [id, kept] : jobs_) {
    records.push_back(kept.record);
  }
  std::sort(records.begin(), records.end(), [](const auto& a, const auto& b) {
    return std::tie(b.head.begun, b.head.id) < std::tie(a.head.begun, a.head.id);
  });
  return records;
}

Result<std::vector<model::JobLaunch>> MemoryJobStore::launches(const model::JobId& job) {
  const auto found = jobs_.find(job);
  return found != jobs_.end() ? rows_of(found->second.launches) : std::vector<model::JobLaunch>{};
}

Result<std::vector<model::JobWorker>> MemoryJobStore::workers(const model::JobId& job) {
  const auto found = jobs_.find(job);
  return found != jobs_.end() ? rows_of(found->second.workers) : std::vector<model::JobWorker>{};
}

Result<std::vector<model::JobDecision>> MemoryJobStore::decisions(const model::JobId& job,
                                                                  int most) {
  const auto found = jobs_.find(job);
  if (found == jobs_.end()) {
    return std::vector<model::JobDecision>{};
  }
  const auto& all = found->second.decisions;
  const auto count = std::min(all.size(), static_cast<std::size_t>(most));
  return std::vector<model::JobDecision>{all.rbegin(),
                                         all.rbegin() + static_cast<std::ptrdiff_t>(count)};
}

Result<std::vector<model::PoolBackOff>> MemoryJobStore::back_offs() {
  std::vector<model::PoolBackOff> rows;
  for (const auto& [pool, row] : back_offs_) {
    rows.push_back(row);
  }
  return rows;
}

}  // namespace spotvane::sim
