#pragma once

#include "ports/guard_memory.hpp"

namespace spotvane::adapters {

class SqlDatabase;

/// The controllers' memory in a SQL database. A part of `SqlStateStore`, whose database it borrows.
class SqlGuardMemory final : public GuardMemory {
 public:
  explicit SqlGuardMemory(SqlDatabase& database) : database_{database} {}

  Result<GuardClaim> claim(const GuardTask& task, TimePoint now, TimePoint until,
                           TimePoint since) override;
  Result<void> finish(const GuardTask& task, TimePoint now) override;
  Result<void> release(const GuardTask& task) override;
  Result<void> note_host(const GuardHost& host, TimePoint since) override;
  Result<std::vector<GuardHost>> hosts(const std::string& fleet_id, TimePoint since) override;
  Result<void> add_decision(const GuardDecision& decision) override;
  Result<std::vector<GuardDecision>> decisions(int most) override;

 private:
  SqlDatabase& database_;
};

}  // namespace spotvane::adapters
