#include "lab/lab_clock.hpp"

#include "base/assert.hpp"

#include <cmath>

namespace spotvane::lab {

namespace {

constexpr TimePoint kLastMoment = std::chrono::sys_days{std::chrono::year{9999} / 12 / 31};

}  // namespace

LabClock::LabClock(const Clock& wall, TimePoint start, double speed)
    : wall_{wall}, wall_start_{wall.now()}, start_{start}, speed_{speed} {
  SPOTVANE_ASSERT(std::isfinite(speed) && speed >= 0.0);
}

TimePoint LabClock::now() const {
  const auto elapsed = static_cast<double>((wall_.now() - wall_start_).count()) * speed_;
  return start_ + Duration{static_cast<std::int64_t>(elapsed)};
}

Result<void> LabClock::advance(Duration span) {
  if (span < Duration::zero()) {
    return fail(ErrorKind::InvalidInput, "move the lab's clock: time only moves ahead, got '{}'",
                spotvane::to_text(span));
  }
  if (span > kLastMoment - now()) {
    return fail(ErrorKind::InvalidInput, "move the lab's clock: '{}' leads beyond the year 9999",
                spotvane::to_text(span));
  }
  start_ += span;
  return {};
}

Result<void> LabClock::set(TimePoint time) {
  const auto before = now();
  if (time < before) {
    return fail(ErrorKind::InvalidInput,
                "move the lab's clock: time only moves ahead, from {} to {} it would not",
                to_iso8601(before), to_iso8601(time));
  }
  return advance(time - before);
}

}  // namespace spotvane::lab
