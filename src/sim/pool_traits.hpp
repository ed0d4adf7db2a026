#pragma once

#include "model/catalog.hpp"

#include <string_view>
#include <unordered_map>

namespace spotvane::sim {

/// What is known of a pool before chance has its say.
struct PoolTraits {
  int vcpus = 2;
  bool has_accelerator = false;
  bool is_bare_metal = false;
  int band = 2;          ///< the advisor's interruption band, 0..4
  double savings = 0.6;  ///< the advisor's, as a fraction of on-demand
  double on_demand_usd = 0.1;
};

/// Finds the traits of a catalog's regional pools. Where the catalog has no price or no advisor
/// entry, the type's mean over the other regions stands in; where there is none either, an ordinary
/// figure.
class PoolTraitsFinder {
 public:
  /// `catalog` must outlive it.
  explicit PoolTraitsFinder(const model::Catalog& catalog);

  PoolTraits find(const model::InstanceTypeFacts& type, const model::Region& region) const;

 private:
  struct Price {
    double usd = 0.0;
    int regions = 0;
  };
  struct Advice {
    double band = 0.0;
    double savings_percent = 0.0;
    int regions = 0;
  };

  std::unordered_map<model::RegionalPool, double> price_;
  std::unordered_map<model::RegionalPool, const model::AdvisorEntry*> advice_;
  std::unordered_map<std::string_view, Price> price_of_type_;    // sums
  std::unordered_map<std::string_view, Advice> advice_of_type_;  // sums
};

}  // namespace spotvane::sim
