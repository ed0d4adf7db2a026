#pragma once

#include "cli/stepped_timers.hpp"
#include "cli/world.hpp"
#include "lab/lab.hpp"

#include <functional>
#include <utility>

namespace spotvane::cli {

/// Time for services that ask a lab of our own that stands still (speed 0): once all they asked is
/// answered it moves on to when the next of them wants to be called. So hours pass in seconds, and
/// the same way each time.
class LabSteps final : public SteppedTimers {
 public:
  /// `cloud` must ask `one_at_a_time`. All of them must outlive it.
  LabSteps(lab::Lab& lab, World& world, Cloud& cloud)
      : LabSteps{lab, world, [&cloud] { return cloud.under_way(); }} {}
  /// `under_way` counts what is not answered yet, by whomever it was asked.
  LabSteps(lab::Lab& lab, World& world, std::function<std::size_t()> under_way)
      : SteppedTimers{lab.clock()}, lab_{lab}, world_{world}, under_way_{std::move(under_way)} {}

  /// Lets time pass until `done`. Fails with `Cancelled` where the user does not wait for that.
  Result<void> run_until(const std::function<bool()>& done);

 private:
  Result<void> advance(Duration span) override { return lab_.advance(span); }

  lab::Lab& lab_;
  World& world_;
  std::function<std::size_t()> under_way_;
};

}  // namespace spotvane::cli
