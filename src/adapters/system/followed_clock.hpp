#pragma once

#include "base/result.hpp"
#include "ports/clock.hpp"
#include "ports/timers.hpp"

#include <optional>
#include <string_view>

namespace spotvane::adapters {

/// The wall clock, until a lab says what time it is there: from then on the lab's.
///
/// Between two words of the lab its time is reckoned from its speed. Once following, the clock
/// never goes back, whatever the lab or the wall clock do.
class FollowedClock final : public Clock {
 public:
  explicit FollowedClock(const Clock& wall) : wall_{wall} {}

  TimePoint now() const override;

  /// Takes the lab's word, the value of its header `x-spotvane-lab-time`:
  /// "2026-08-01T12:00:00Z;speed=600", or the time alone for a speed of 1. Speed 0 stands still
  /// until the next word. Fails with `Corrupt` and changes nothing where it makes no sense.
  Result<void> follow(std::string_view word);

  bool is_following() const { return anchor_.has_value(); }

  /// Seconds of ours in a second of the wall clock.
  double speed() const { return anchor_ ? anchor_->speed : 1.0; }

 private:
  struct Anchor {
    TimePoint lab;
    TimePoint wall;
    double speed;
  };

  const Clock& wall_;
  std::optional<Anchor> anchor_;
  mutable std::optional<TimePoint> latest_;  // told so far, since following
};

/// Timers that keep a followed clock's time: at speed 600 ten minutes are over in a second.
///
/// A delay is turned into wall time when it is asked for. Where the lab stands still (speed 0)
/// delays are wall time: nobody knows when the lab will move, and firing at once would spin.
class FollowedTimers final : public Timers {
 public:
  FollowedTimers(Timers& wall, const FollowedClock& clock) : wall_{wall}, clock_{clock} {}

  void after(Duration delay, std::function<void()> callback) override;

 private:
  Timers& wall_;
  const FollowedClock& clock_;
};

}  // namespace spotvane::adapters
