#include "sim/memory_guard_memory.hpp"

#include <algorithm>
#include <tuple>

namespace spotvane::sim {

template <typename Effect>
void MemoryGuardMemory::write(Effect effect) {
  if (crash_ != nullptr) {
    crash_->pass();
  }
  effect();
  if (crash_ != nullptr) {
    crash_->pass();
  }
}

Result<GuardClaim> MemoryGuardMemory::claim(const GuardTask& task, TimePoint now, TimePoint until,
                                            TimePoint since) {
  const auto held = tasks_.find(task.key);
  if (held != tasks_.end()) {
    if (held->second.done && *held->second.done >= since) {
      return GuardClaim::Done;
    }
    if (!held->second.done && held->second.holder != task.holder && now < held->second.until) {
      return GuardClaim::Elsewhere;
    }
  }
  write([&] { tasks_[task.key] = {.holder = task.holder, .until = until}; });
  return GuardClaim::Taken;
}

Result<void> MemoryGuardMemory::finish(const GuardTask& task, TimePoint now) {
  write([&] { tasks_[task.key].done = now; });
  return {};
}

Result<void> MemoryGuardMemory::release(const GuardTask& task) {
  write([&] {
    const auto held = tasks_.find(task.key);
    if (held != tasks_.end() && held->second.holder == task.holder && !held->second.done) {
      tasks_.erase(held);
    }
  });
  return {};
}

Result<void> MemoryGuardMemory::note_host(const GuardHost& host, TimePoint since) {
  write([&] {
    const auto [known, is_new] = hosts_.emplace(host.instance_id, host);
    if (!is_new && known->second.told < since) {
      known->second = host;
    }
  });
  return {};
}

Result<std::vector<GuardHost>> MemoryGuardMemory::hosts(const std::string& fleet_id,
                                                        TimePoint since) {
  std::vector<GuardHost> found;
  for (const auto& [id, host] : hosts_) {
    if (host.fleet_id == fleet_id && host.told >= since) {
      found.push_back(host);
    }
  }
  std::sort(found.begin(), found.end(), [](const GuardHost& a, const GuardHost& b) {
    return std::tie(a.told, a.instance_id) < std::tie(b.told, b.instance_id);
  });
  return found;
}

Result<void> MemoryGuardMemory::add_decision(const GuardDecision& decision) {
  write([&] { decisions_.push_back(decision); });
  return {};
}

Result<std::vector<GuardDecision>> MemoryGuardMemory::decisions(int most) {
  const auto count = std::min(decisions_.size(), static_cast<std::size_t>(most));
  return std::vector<GuardDecision>{decisions_.rbegin(),
                                    decisions_.rbegin() + static_cast<std::ptrdiff_t>(count)};
}

}  // namespace spotvane::sim
