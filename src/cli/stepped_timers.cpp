#include "cli/stepped_timers.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <utility>

namespace spotvane::cli {

void SteppedTimers::after(Duration delay, std::function<void()> callback) {
  due_.emplace(clock_.now() + delay, std::move(callback));
}

Result<void> SteppedTimers::step() {
  SPOTVANE_ASSERT(!due_.empty());
  const auto next = due_.extract(due_.begin());
  if (auto moved = advance(std::max(next.key() - clock_.now(), Duration{0})); !moved) {
    return moved;
  }
  next.mapped()();
  return {};
}

}  // namespace spotvane::cli
