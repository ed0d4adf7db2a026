#pragma once

#include "cli/world.hpp"
#include "ports/timers.hpp"

#include <functional>
#include <map>
#include <string>

namespace spotvane::cli {

/// Time for services that ask a lab somewhere that stands still (`--speed step`): once all they
/// asked is answered, the lab is told to move on to when the next of them wants to be called.
class RemoteSteps final : public Timers {
 public:
  /// `cloud` must ask `one_at_a_time`; it and the world must outlive this.
  RemoteSteps(World& world, Cloud& cloud) : world_{world}, cloud_{cloud} {}

  void after(Duration delay, std::function<void()> callback) override;

  /// Lets time pass until `done`, or until nobody waits for anything. Fails where the lab cannot be
  /// moved: with `InvalidInput` where it is none.
  Result<void> run_until(const std::function<bool()>& done);

 private:
  Result<void> advance(Duration span);

  World& world_;
  Cloud& cloud_;
  std::multimap<TimePoint, std::function<void()>> due_;  // what was asked for first comes first
};

}  // namespace spotvane::cli
