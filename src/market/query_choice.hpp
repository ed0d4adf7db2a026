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
  std::vector<int> capacities = {10};  ///< each is a configuration of its own; at least one
  bool single_zone = true;
};

/// Types and regions to ask about together, once for each capacity of the shape.
struct ChosenQuery {
  struct Configuration {
    int capacity = 0;
    model::CredentialName credential;
    bool is_new = true;
  };

  std::vector<model::InstanceType> types;
  std::vector<model::Region> regions;         ///< sorted
  std::vector<Configuration> configurations;  ///< in the order of the shape's capacities
  model::PlanReason reason = model::PlanReason::Explore;
  double value = 0.0;

  /// Nothing of it was asked within 24 h: its regions may still be changed.
  bool is_all_new() const;
};

/// What one credential may ask.
struct CredentialBudget {
  model::CredentialName credential;
  int queries = 0;                               ///< in all
  int new_configurations = 0;                    ///< of these
  std::vector<std::string> live_configurations;  ///< free to repeat
  int kept_for_new = 0;  ///< of `queries`: repeats get them only if nothing new wants them
};

/// The queries of greatest total value within the budgets, best first, each at all capacities.
///
/// What is live already, at any capacity, and covers a candidate is repeated first, by value, but
/// for what is kept for new configurations; a capacity stays with the credential that paid for it,
/// and those it lacks are opened. The rest is chosen exactly: for every set of types its best
/// regions for each number of queries, and over all sets of types the best way to spend the budget.
/// Among equals it takes fewer configurations. New ones go to the credential that has most left.
/// Spent budget is taken off `budgets`.
std::vector<ChosenQuery> choose_queries(const std::vector<Candidate>& candidates,
                                        const QueryShape& shape,
                                        std::vector<CredentialBudget>& budgets,
                                        RegionPacker& packer);

/// The places a region takes in an answer to a query of this shape.
int places(const QueryShape& shape, int zones);

}  // namespace spotvane::market
