#pragma once

#include "base/money.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace spotvane::policy {

/// A fixed piece of work that one instance at a time does, and that must be done in time.
struct Job {
  Duration work;        ///< computing time it needs, on any instance
  Duration deadline;    ///< since its start
  Duration changeover;  ///< what each launch costs before work goes on
};

enum class Mode : std::uint8_t { None, Spot, OnDemand };

/// What the job runs on, if on anything.
struct Placement {
  Mode mode = Mode::None;
  std::uint16_t zone = 0;  ///< index among the offers; 0 unless on spot

  friend bool operator==(const Placement&, const Placement&) = default;
};

/// One zone as it stands now.
struct Offer {
  bool has_spot;
  Money spot_price;  ///< of an hour
};

/// All that a policy is shown. Nothing in it is of the future.
struct Observation {
  Duration interval;         ///< a decision holds so long; then comes the next look
  Duration done;             ///< work that is behind us
  Placement current;         ///< `None` where the instance has just been taken away
  Duration changeover_left;  ///< of the current instance, before it works
  std::span<const Offer> zones;
  Money on_demand_price;  ///< of an hour, in every zone
};

/// Why a policy wants what it wants.
enum class Reason : std::uint8_t {
  Always,          ///< this policy never does anything else
  SpotIsThere,     ///< spot is there, and it is cheaper
  KeepsSpot,       ///< a spot instance that works is kept
  WaitsForSpot,    ///< no spot, and time enough to wait
  BehindSchedule,  ///< no spot, and behind the even pace
  HoldsOnDemand,   ///< spot may go again before the change-over has paid
  SafetyNet,       ///< no time for two more change-overs
  LastPoint,       ///< no time for anything but on-demand
  OutageWillLast,  ///< waiting is expected to cost more than on-demand
  SpotWontLast,    ///< this spot is expected to go before its change-over has paid
  BetterZone,      ///< another zone is worth the move
};

/// "spot-is-there", say.
std::string_view to_text(Reason reason);

/// What to run on from now until the next look: where it is not `current`, that is to be given up
/// and this to be launched.
struct Decision {
  Placement placement;
  Reason reason;

  friend bool operator==(const Decision&, const Decision&) = default;
};

/// Decides what one job runs on, in a simulator as in production.
///
/// One object accompanies one job and may learn from what it is shown: the same observations in the
/// same order lead to the same decisions, so a program that was restarted shows them again.
class Policy {
 public:
  virtual ~Policy() = default;

  /// To be asked once per interval, `now` after the job's start. Spot is only wanted where it is
  /// offered.
  virtual Decision decide(const Job& job, const Observation& seen, Duration now) = 0;

  /// Whether `keep_deadline` is to have the last word.
  virtual bool keeps_deadline() const { return true; }
};

/// The last word on a decision: a job that has time for one more change-over and nothing else stays
/// on a spot instance that works, or is put on on-demand. A job whose deadline was feasible at its
/// start is never late by it.
Decision keep_deadline(const Job& job, const Observation& seen, Duration now, Decision wanted);

}  // namespace spotvane::policy
