#include "adapters/system/followed_clock.hpp"

#include "base/number.hpp"

#include <algorithm>
#include <utility>

namespace spotvane::adapters {

namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;

Result<double> parse_speed(std::string_view words) {
  constexpr std::string_view kName = "speed=";
  if (words.empty()) {
    return 1.0;
  }
  if (!words.starts_with(kName)) {
    return fail(ErrorKind::Corrupt, "expected 'speed=', got '{}'", words);
  }
  auto speed = parse_real(words.substr(kName.size()));
  if (speed && *speed < 0.0) {
    return fail(ErrorKind::Corrupt, "speed must not be below 0, got {}", *speed);
  }
  return speed;
}

}  // namespace

TimePoint FollowedClock::now() const {
  if (!anchor_) {
    return wall_.now();
  }
  const Milliseconds elapsed = wall_.now() - anchor_->wall;
  const auto moment = anchor_->lab + std::chrono::floor<Duration>(elapsed * anchor_->speed);
  latest_ = std::max(moment, latest_.value_or(moment));
  return *latest_;
}

Result<void> FollowedClock::follow(std::string_view word) {
  const auto semicolon = word.find(';');
  const auto time = parse_time(word.substr(0, semicolon));
  const auto speed = parse_speed(semicolon == std::string_view::npos ? std::string_view{}
                                                                     : word.substr(semicolon + 1));
  if (!time || !speed) {
    return fail(ErrorKind::Corrupt, "read the lab's time '{}': {}", word,
                !time ? time.error().message : speed.error().message);
  }
  anchor_ = Anchor{.lab = *time, .wall = wall_.now(), .speed = *speed};
  return {};
}

void FollowedTimers::after(Duration delay, std::function<void()> callback) {
  const double speed = clock_.speed() > 0.0 ? clock_.speed() : 1.0;
  wall_.after(std::chrono::ceil<Duration>(Milliseconds{delay} / speed), std::move(callback));
}

}  // namespace spotvane::adapters
