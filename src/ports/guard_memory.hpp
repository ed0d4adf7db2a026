#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace spotvane {

/// A thing to be done once, by whichever controller comes first.
struct GuardTask {
  std::string key;     ///< "drain i-0123"
  std::string holder;  ///< of the controller that does it
};

/// What became of asking for a task.
enum class GuardClaim : std::uint8_t {
  Taken,      ///< it is ours until the lease is over
  Elsewhere,  ///< another controller is at it
  Done,       ///< it was done before
};

/// A host that AWS has said it takes.
struct GuardHost {
  std::string instance_id;
  std::string fleet_id = {};
  std::string instance_type = {};
  TimePoint told;
  TimePoint ends;

  friend bool operator==(const GuardHost&, const GuardHost&) = default;
};

/// What was decided, and from what.
struct GuardDecision {
  TimePoint at;
  std::string subject;  ///< "i-0123", "sfr-1"
  std::string what;     ///< "drain", "size", "set-aside"
  std::string outcome;  ///< "begun", "raise"
  std::string inputs;   ///< JSON

  friend bool operator==(const GuardDecision&, const GuardDecision&) = default;
};

/// What controllers must know beyond a restart, and of each other. Every call is one transaction,
/// durable when it returns. Fails with `Storage`.
class GuardMemory {
 public:
  virtual ~GuardMemory() = default;

  /// Takes a task that nobody has done since `since` and nobody holds at `now`, until `until`.
  virtual Result<GuardClaim> claim(const GuardTask& task, TimePoint now, TimePoint until,
                                   TimePoint since) = 0;
  /// Notes that it was done.
  virtual Result<void> finish(const GuardTask& task, TimePoint now) = 0;
  /// Gives it back undone. Nothing where another holds it by now.
  virtual Result<void> release(const GuardTask& task) = 0;

  /// A host that is known keeps when it was first told, unless that was before `since`.
  virtual Result<void> note_host(const GuardHost& host, TimePoint since) = 0;
  /// Those of the fleet told at `since` or later, by time and ID.
  virtual Result<std::vector<GuardHost>> hosts(const std::string& fleet_id, TimePoint since) = 0;

  virtual Result<void> add_decision(const GuardDecision& decision) = 0;
  /// The latest ones, newest first.
  virtual Result<std::vector<GuardDecision>> decisions(int most) = 0;
};

}  // namespace spotvane
