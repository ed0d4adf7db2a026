#pragma once

#include "base/result.hpp"
#include "ports/clock.hpp"

namespace spotvane::lab {

/// The lab's own time: it starts where it is told and runs `speed` times as fast as the wall's, or
/// with speed 0 only by `advance` and `set` ("step").
class LabClock final : public Clock {
 public:
  /// `wall` must outlive it. `speed` is finite and not negative.
  LabClock(const Clock& wall, TimePoint start, double speed);

  TimePoint now() const override;

  double speed() const { return speed_; }
  bool is_stepped() const { return speed_ == 0.0; }

  /// Jumps ahead. Fails with `InvalidInput` backwards and beyond the year 9999, where the forms of
  /// AWS's times end.
  Result<void> advance(Duration span);
  Result<void> set(TimePoint time);

 private:
  const Clock& wall_;
  TimePoint wall_start_;
  TimePoint start_;
  double speed_;
};

}  // namespace spotvane::lab
