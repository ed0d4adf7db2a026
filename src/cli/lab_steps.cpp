#include "cli/lab_steps.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <utility>

namespace spotvane::cli {

void LabSteps::after(Duration delay, std::function<void()> callback) {
  due_.emplace(lab_.clock().now() + delay, std::move(callback));
}

Result<void> LabSteps::run_until(const std::function<bool()>& done) {
  for (;;) {
    world_.run_until([&] { return under_way_() == 0 || world_.interrupts() > 0; });
    if (world_.interrupts() > 0) {
      return fail(ErrorKind::Cancelled, "stopped before it was over");
    }
    if (done()) {
      return {};
    }
    SPOTVANE_ASSERT(!due_.empty());
    const auto next = due_.extract(due_.begin());
    const auto wait = next.key() - lab_.clock().now();
    if (auto moved = lab_.advance(std::max(wait, Duration{0})); !moved) {
      return moved;
    }
    next.mapped()();
  }
}

}  // namespace spotvane::cli
