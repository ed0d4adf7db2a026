#pragma once

#include "market/region_packing.hpp"
#include "model/plan.hpp"

#include <string>
#include <vector>

namespace spotvane::market {

/// A regional pool, or interchangeable types of one region, worth asking about.
struct Candidate {
  std::vector<model::InstanceType> types;  ///< asked together, sorted
  model::Region region;
  int zones = 1;       ///< places it takes in an answer
  double value = 0.0;  ///< above 0
  model::PlanReason reason = model::PlanReason::Explore;
};

/// What all queries of a plan have in common.
struct QueryShape {
  int target_capacity = 10;
  bool single_zone = true;
};

/// What one credential may ask.
struct CredentialBudget {
  model::CredentialName credential;
  int queries = 0;                               ///< in all
  int new_configurations = 0;                    ///< of these
  std::vector<std::string> live_configurations;  ///< free to repeat
  int kept_for_new = 0;  ///< of `queries`: repeats get them only if nothing new wants them
};

/// The queries of greatest total value within the budgets, best first.
///
/// What is live already and covers a candidate is repeated first, by value, but for what is kept
/// for new configurations. The rest is chosen exactly: for every set of types its best regions for
/// each number of configurations, and over all sets of types the best way to spend the budget.
/// Among equals it takes fewer configurations. Spent budget is taken off `budgets`.
std::vector<model::PlannedQuery> choose_queries(const std::vector<Candidate>& candidates,
                                                const QueryShape& shape,
                                                std::vector<CredentialBudget>& budgets,
                                                RegionPacker& packer);

/// The places a region takes in an answer to a query of this shape.
int places(const QueryShape& shape, int zones);

}  // namespace spotvane::market
