#include "policy/catalog.hpp"

#include "base/spelling.hpp"
#include "policy/best.hpp"
#include "policy/simple_policies.hpp"
#include "policy/utility.hpp"

#include <algorithm>
#include <array>

namespace spotvane::policy {

namespace {

template <typename P, auto... kArguments>
std::unique_ptr<Policy> make() {
  return std::make_unique<P>(kArguments...);
}

struct Entry {
  std::string_view name;
  std::unique_ptr<Policy> (*make)();
};

using Hysteresis = UniformProgress::Hysteresis;
using Zones = UniformProgress::ZoneChoice;

constexpr std::string_view kBest = "best";

constexpr std::array kPolicies{
    Entry{"on-demand", make<OnDemandOnly>},
    Entry{"spot-only", make<SpotOnly>},
    Entry{"greedy", make<Greedy>},
    Entry{"uniform-progress", make<UniformProgress, Hysteresis::On>},
    Entry{"uniform-progress-no-hysteresis", make<UniformProgress, Hysteresis::Off>},
    Entry{"up-switch", make<UniformProgress, Hysteresis::On, Zones::PreemptedLast>},
    Entry{"utility", make<Utility>},
};

}  // namespace

MakePolicy best_by(const SpotHazards& prior) {
  return [shelf = std::make_shared<PlanShelf>(prior)] { return std::make_unique<Best>(shelf); };
}

std::vector<std::string> policy_names() {
  std::vector<std::string> names{std::string{kBest}};
  for (const auto& entry : kPolicies) {
    names.emplace_back(entry.name);
  }
  return names;
}

Result<MakePolicy> policy_named(std::string_view name) {
  if (name == kBest) {
    return best_by(kPriorHazards);
  }
  const auto* entry = std::find_if(kPolicies.begin(), kPolicies.end(),
                                   [&](const Entry& one) { return one.name == name; });
  if (entry != kPolicies.end()) {
    return MakePolicy{entry->make};
  }
  const auto names = policy_names();
  const auto near = nearest(name, names);
  return tl::unexpected(
      Error{ErrorKind::InvalidInput, fmt::format("no policy is named '{}'", name),
            near ? fmt::format("did you mean '{}'?", *near)
                 : fmt::format("there are {}, and oracle", fmt::join(names, ", "))});
}

}  // namespace spotvane::policy
