#pragma once

#include "base/money.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace spotvane::policy {

inline constexpr double kSecondsAnHour = 3600;

inline double seconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1000;
}

/// What an instance does of a job's tasks, as measured.
struct Throughput {
  double mean = 0;       ///< tasks a second
  double deviation = 0;  ///< the standard deviation of the samples
};

/// Many independent tasks that a fleet of workers does, each of which may vanish at any time.
struct FleetJob {
  double tasks;                           ///< in all
  int nodes;                              ///< the most workers at the same time
  std::optional<Money> budget = {};       ///< for workers and manager, to the end
  std::optional<Duration> deadline = {};  ///< since the start
  Duration changeover = {};               ///< from a worker's launch to its first task
  double scaling_penalty = 0.001;         ///< of everybody's throughput, for each worker but one

  /// What is left of each worker's throughput in a full fleet.
  double scaling() const;
};

/// Instances of one type in one zone, as they are to be had now.
struct FleetPool {
  std::string_view type;
  std::string_view zone;
  bool is_on_demand = false;
  /// Of a worker's hour, its volume included; none where it is not known, and nothing is launched.
  std::optional<Money> price = {};
  /// The most that hour may come to before the next look; none: `price`.
  std::optional<Money> highest_price = {};
  std::optional<Throughput> measured = {};      ///< of the type; none: nothing is launched
  int room = std::numeric_limits<int>::max();   ///< how many more may be asked for; 0: backed off
  Duration lifetime = std::chrono::years{100};  ///< expected, of an instance
};

/// A worker that runs, or is on its way.
struct Worker {
  std::uint64_t id;
  std::size_t pool;                         ///< which of the observation's
  Duration ready_for;                       ///< since it could work; negative while it cannot
  std::optional<Throughput> reported = {};  ///< by itself, of late
};

/// All that a policy is shown of a fleet's job. Nothing in it is of the future.
struct FleetObservation {
  Duration interval;  ///< a decision holds so long; then comes the next look
  double tasks_done;
  Money spent;          ///< on workers and manager
  Money manager_price;  ///< of an hour, its volume included
  double manager_rate;  ///< tasks a second that the manager itself does
  std::span<const FleetPool> pools;
  std::span<const Worker> workers;
};

/// Why a fleet's policy wants what it wants.
enum class FleetReason : std::uint8_t {
  Always,           ///< this policy never does anything else
  WorthItsPrice,    ///< does more tasks a dollar than the budget asks for
  BelowTarget,      ///< has done fewer for as long as is borne
  NeverReported,    ///< has said nothing of its work for too long
  FastestInBudget,  ///< of the fleet that is fastest within the budget
  CheapestInTime,   ///< of the fleet that is cheapest in time
  BetterFleet,      ///< not of that fleet
  CheapestWork,     ///< nothing keeps the budget any more: the least a task
  AheadOfBudget,    ///< more is done than spent: the fastest
  BehindBudget,     ///< more is spent than done, and this costs more than its work is worth
  DeadlineIsNear,   ///< only on-demand is sure to make it
  SpotIsThere,      ///< the cheapest spot there is
  BudgetIsSpent,    ///< another interval is not to be paid
  ToBeMeasured,     ///< nobody knows yet how fast its type is
};

/// "worth-its-price", say.
std::string_view to_text(FleetReason reason);

/// Workers to launch: a batch from each pool in turn, the next pool after each batch and after each
/// launch that failed, `rounds` times through all pools at most.
struct LaunchOrder {
  std::vector<std::size_t> pools;
  int count;
  int batch;
  int rounds;
  FleetReason reason;
};

/// A worker to end.
struct Ending {
  std::uint64_t worker;
  FleetReason reason;
};

/// That the job cannot be done as asked, what would do, and what can be done.
struct Shortfall {
  std::optional<Money> least_budget = {};   ///< none: nothing is to be had at all
  std::optional<Duration> least_time = {};  ///< from now on; where the deadline cannot be kept
  double tasks_within = 0;                  ///< of those left, with what is left
};

/// What to do now. Endings come first.
struct FleetDecision {
  std::vector<Ending> endings = {};
  std::vector<LaunchOrder> launches = {};
  std::optional<Shortfall> shortfall = {};
  bool is_stopped = false;              ///< the job ends here, done or not
  std::optional<Money> raised_to = {};  ///< the budget the policy gave itself
  Duration holds_for = {};              ///< until the next look: the interval, or less
};

/// What a policy keeps from one look to the next: plain values, to be stored with the job's state.
struct FleetMemory {
  std::map<std::uint64_t, int> patience = {};  ///< looks a worker may yet be below target
  std::optional<Money> raised_budget = {};
  bool is_ahead = true;  ///< of the budget
};

/// Decides what fleet does a job, in a simulator as in production: the same job, observation,
/// memory and time lead to the same decision.
class FleetPolicy {
 public:
  virtual ~FleetPolicy() = default;

  /// To be asked when the last decision's `holds_for` is over, `now` after the job's start, or
  /// sooner. Actions name only workers and pools that were shown.
  virtual FleetDecision decide(const FleetJob& job, const FleetObservation& seen,
                               FleetMemory& memory, Duration now) const = 0;
};

/// The last word on a decision: launches that the next moment could not pay for are cut, then
/// workers, and a decision holds no longer than what is left of the budget pays for. A job whose
/// prices stay within `highest_price` never costs more than its budget.
FleetDecision keep_budget(const FleetJob& job, const FleetObservation& seen,
                          const FleetMemory& memory, FleetDecision wanted);

/// Hands out an order's launches, and hears how they went.
class LaunchTurn {
 public:
  explicit LaunchTurn(const LaunchOrder& order);

  struct Batch {
    std::size_t pool;
    int count;
  };
  /// What to launch next; none at the order's end.
  std::optional<Batch> next() const;
  /// So many of the batch were launched; the rest failed.
  void launched(int count);

 private:
  const LaunchOrder& order_;
  std::size_t pool_ = 0;
  int round_ = 0;
  int wanted_;
};

}  // namespace spotvane::policy
