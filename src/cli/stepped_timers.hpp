#pragma once

#include "base/result.hpp"
#include "ports/clock.hpp"
#include "ports/timers.hpp"

#include <functional>
#include <map>

namespace spotvane::cli {

/// Timers on a clock that stands still: it is moved on to when the next of those who wait wants to
/// be called.
class SteppedTimers : public Timers {
 public:
  void after(Duration delay, std::function<void()> callback) final;

 protected:
  /// `clock` must outlive it.
  explicit SteppedTimers(const Clock& clock) : clock_{clock} {}

  bool is_anyone_waiting() const { return !due_.empty(); }
  /// Moves the clock on to the next that is due, and calls it. Somebody must wait. Fails as
  /// `advance` does.
  Result<void> step();

 private:
  /// Moves the clock on; by nothing at all where more than one are due at a time.
  virtual Result<void> advance(Duration span) = 0;

  const Clock& clock_;
  std::multimap<TimePoint, std::function<void()>> due_;  // what was asked for first comes first
};

}  // namespace spotvane::cli
