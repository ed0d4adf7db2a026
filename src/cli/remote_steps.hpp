#pragma once

#include "cli/stepped_timers.hpp"
#include "cli/world.hpp"

#include <functional>

namespace spotvane::cli {

/// Time for services that ask a lab somewhere that stands still (`--speed step`): once all they
/// asked is answered, the lab is told to move on to when the next of them wants to be called.
class RemoteSteps final : public SteppedTimers {
 public:
  /// `cloud` must ask `one_at_a_time`; it and the world must outlive this.
  RemoteSteps(World& world, Cloud& cloud)
      : SteppedTimers{cloud.clock()}, world_{world}, cloud_{cloud} {}

  /// Lets time pass until `done`, or until nobody waits for anything. Fails where the lab cannot be
  /// moved: with `InvalidInput` where it is none.
  Result<void> run_until(const std::function<bool()>& done);

 private:
  Result<void> advance(Duration span) override;

  World& world_;
  Cloud& cloud_;
};

}  // namespace spotvane::cli
