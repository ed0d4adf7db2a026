#pragma once

#include "market/quota.hpp"
#include "model/instance_type.hpp"
#include "model/plan.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace spotvane::market {

/// Which types share a placement score query.
enum class TypeGrouping : std::uint8_t {
  Single,  ///< one type a query, as the founding data sets did; AWS scores it low by design
  Pool,    ///< three or more interchangeable ones: same vCPUs and architecture, like memory
};

struct PlanOptions {
  int top_k = 10;         ///< pools to exploit: yesterday's highest daily scores
  int sample_count = 20;  ///< pools to explore, drawn at random
  std::string explore_sizes = "^(medium|xlarge|2xlarge|4xlarge)$";  ///< ECMAScript expression
  int target_capacity = 10;                                         ///< whose score is a pool's SPS
  std::vector<int> capacities = {};  ///< to sweep, ascending, the target's among them; empty: its
  bool single_zone = true;
  TypeGrouping types = TypeGrouping::Single;
  double memory_factor = 1.5;  ///< the most by which memory may differ within a group
};

/// A regional pool that can be asked about today.
struct OfferedPool {
  model::RegionalPool pool;
  int zones = 1;  ///< that offer the type
};

struct PlanInput {
  Day day;
  std::uint64_t seed = 0;
  PlanOptions options = {};
  std::vector<OfferedPool> offered = {};
  std::vector<model::DailyScore> yesterday = {};  ///< by score, as saved
  std::vector<model::InitialScore> initial = {};
  std::vector<model::InstanceTypeFacts> facts = {};  ///< for TypeGrouping::Pool
  std::vector<Quota> quotas = {};                    ///< one a credential, at least one
};

/// The share of a known limit that one day's plan uses.
///
/// Yesterday's configurations still count when today's are opened, so a plan that used the whole
/// limit would leave tomorrow nothing new to try. At 0.6, two thirds of a day's plan can be new.
inline constexpr double kDailyQuotaShare = 0.6;

/// Decides what a day asks AWS for: the plan of greatest value within what the quotas leave.
///
/// Where capacities are swept, the plan has each query once for each of them, one after the other,
/// the target capacity first; each is a configuration of its own. Limits that do not hold two such
/// sweeps (today's, and tomorrow's new ones), and a day that has no room for one, get a plan of the
/// target capacity alone.
///
/// Pools to exploit count with their daily score, pools to explore with the mean daily score of
/// yesterday. Where the quota cannot cover both, they share it as top_k to sample_count, so that
/// neither starves. Bins are filled up with further regions of their types, which costs nothing.
/// The same input gives the same plan. Fails with `InvalidInput` on a bad expression, with
/// `NotFound` where nothing is offered, or where types are to be grouped without any facts.
Result<model::DayPlan> plan_day(const PlanInput& input);

}  // namespace spotvane::market
