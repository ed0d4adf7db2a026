#include "policy/fleet_catalog.hpp"

#include "base/spelling.hpp"
#include "policy/budget_paced.hpp"
#include "policy/lp_fleet.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace spotvane::policy {

namespace {

using Options = FleetPolicyOptions;
using Made = std::unique_ptr<FleetPolicy>;

struct FleetEntry {
  std::string_view name;
  FleetNeed needs;
  Made (*make)(const Options&);
};

constexpr std::array kFleetPolicies{
    FleetEntry{"lp-budget", FleetNeed::Budget,
               [](const Options& options) -> Made {
                 return std::make_unique<LpBudget>(LpBudget::Options{
                     .caution = options.caution, .on_shortfall = options.on_shortfall});
               }},
    FleetEntry{"lp-deadline", FleetNeed::Deadline,
               [](const Options& options) -> Made {
                 return std::make_unique<LpDeadline>(
                     LpDeadline::Options{.caution = options.caution});
               }},
    FleetEntry{"budget-paced", FleetNeed::Budget,
               [](const Options& options) -> Made {
                 return std::make_unique<BudgetPaced>(BudgetPaced::Options{
                     .caution = options.caution, .on_shortfall = options.on_shortfall});
               }},
    FleetEntry{"cloudpits", FleetNeed::Budget,
               [](const Options& options) -> Made {
                 return std::make_unique<CloudPits>(
                     CloudPits::Options{.patience = options.patience,
                                        .caution = options.caution,
                                        .volume = options.volume,
                                        .on_shortfall = options.on_shortfall,
                                        .defects = options.defects});
               }},
    FleetEntry{"spot-greedy", FleetNeed::Nothing,
               [](const Options&) -> Made {
                 return std::make_unique<CheapestFleet>(CheapestFleet::From::Spot);
               }},
    FleetEntry{"on-demand", FleetNeed::Nothing,
               [](const Options&) -> Made {
                 return std::make_unique<CheapestFleet>(CheapestFleet::From::OnDemand);
               }},
};

/// By what the specification of jobs calls some of them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kOtherNames{
    {{"cost-performance", "cloudpits"}, {"deadline", "lp-deadline"}}};

}  // namespace

std::vector<std::string> fleet_policy_names() {
  std::vector<std::string> names;
  for (const auto& entry : kFleetPolicies) {
    names.emplace_back(entry.name);
  }
  return names;
}

Result<NamedFleetPolicy> fleet_policy_named(std::string_view name,
                                            const FleetPolicyOptions& options) {
  for (const auto& [other, meant] : kOtherNames) {
    name = name == other ? meant : name;
  }
  const auto* entry = std::find_if(kFleetPolicies.begin(), kFleetPolicies.end(),
                                   [&](const FleetEntry& one) { return one.name == name; });
  if (entry != kFleetPolicies.end()) {
    return NamedFleetPolicy{std::string{name}, entry->needs, entry->make(options)};
  }
  const auto names = fleet_policy_names();
  const auto near = nearest(name, names);
  return tl::unexpected(Error{ErrorKind::InvalidInput,
                              fmt::format("no policy for fleets is named '{}'", name),
                              near ? fmt::format("did you mean '{}'?", *near)
                                   : fmt::format("there are {}", fmt::join(names, ", "))});
}

}  // namespace spotvane::policy
