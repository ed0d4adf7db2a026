#pragma once

#include "ports/guard_memory.hpp"
#include "sim/crash.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace spotvane::sim {

/// The controllers' memory as a value. As `MemoryStateStore`, of which it is a part: each write
/// marks two places to crash at, before and after its effect.
class MemoryGuardMemory final : public GuardMemory {
 public:
  /// `crash`, if any, must outlive it.
  explicit MemoryGuardMemory(CrashPoint* crash) : crash_{crash} {}

  Result<GuardClaim> claim(const GuardTask& task, TimePoint now, TimePoint until,
                           TimePoint since) override;
  Result<void> finish(const GuardTask& task, TimePoint now) override;
  Result<void> release(const GuardTask& task) override;
  Result<void> note_host(const GuardHost& host, TimePoint since) override;
  Result<std::vector<GuardHost>> hosts(const std::string& fleet_id, TimePoint since) override;
  Result<void> add_decision(const GuardDecision& decision) override;
  Result<std::vector<GuardDecision>> decisions(int most) override;

 private:
  struct Held {
    std::string holder;
    TimePoint until;
    std::optional<TimePoint> done = {};
  };

  template <typename Effect>
  void write(Effect effect);

  CrashPoint* crash_;
  std::map<std::string, Held> tasks_;
  std::map<std::string, GuardHost> hosts_;
  std::vector<GuardDecision> decisions_;
};

}  // namespace spotvane::sim
