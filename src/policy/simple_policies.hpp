#pragma once

#include "policy/policy.hpp"

#include <optional>

namespace spotvane::policy {

/// Never anything but on-demand: what spot is measured against.
class OnDemandOnly final : public Policy {
 public:
  Decision decide(const Job& job, const Observation& seen, Duration now) override;
};

/// Spot whenever it is there, whatever the deadline: jobs can be late.
class SpotOnly final : public Policy {
 public:
  Decision decide(const Job& job, const Observation& seen, Duration now) override;
  bool keeps_deadline() const override { return false; }
};

/// Spot whenever it is there, until only on-demand can make the deadline.
class Greedy final : public Policy {
 public:
  Decision decide(const Job& job, const Observation& seen, Duration now) override;
};

/// Keeps the work done at least in step with the time gone ("Can't Be Late", NSDI'24): behind that
/// line it fills outages with on-demand, ahead of it it waits for spot.
class UniformProgress final : public Policy {
 public:
  enum class Hysteresis : std::uint8_t {
    On,   ///< stays on on-demand until it is two change-overs ahead of the line
    Off,  ///< leaves on-demand as soon as spot is there
  };
  /// Which zone a job goes to that has none.
  enum class ZoneChoice : std::uint8_t {
    Cheapest,
    PreemptedLast,  ///< the cheapest, but the one that took its instance away after all others
  };

  explicit UniformProgress(Hysteresis hysteresis, ZoneChoice zones = ZoneChoice::Cheapest)
      : hysteresis_{hysteresis}, zones_{zones} {}

  Decision decide(const Job& job, const Observation& seen, Duration now) override;

 private:
  std::optional<Placement> spot(const Observation& seen);

  Hysteresis hysteresis_;
  ZoneChoice zones_;
  Placement wanted_ = {};
  std::optional<std::uint16_t> preempted_in_ = {};
};

}  // namespace spotvane::policy
