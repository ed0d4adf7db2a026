#include "cli/lab_steps.hpp"

namespace spotvane::cli {

Result<void> LabSteps::run_until(const std::function<bool()>& done) {
  for (;;) {
    world_.run_until([&] { return under_way_() == 0 || world_.interrupts() > 0; });
    if (world_.interrupts() > 0) {
      return fail(ErrorKind::Cancelled, "stopped before it was over");
    }
    if (done()) {
      return {};
    }
    if (auto moved = step(); !moved) {
      return moved;
    }
  }
}

}  // namespace spotvane::cli
