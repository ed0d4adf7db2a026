#include "market/catalog_choice.hpp"

#include <algorithm>
#include <regex>

namespace spotvane::market {

namespace {

constexpr double kMibPerGib = 1024;

template <typename Number, typename Bound>
bool is_within(Number number, const std::optional<Bound>& least, const std::optional<Bound>& most) {
  return !(least && number < *least) && !(most && number > *most);
}

bool fits(const CatalogEntry& entry, const CatalogChoice& choice) {
  const auto& facts = entry.facts;
  const auto& kinds = facts.architectures;
  return (choice.architecture.empty() ||
          std::find(kinds.begin(), kinds.end(), choice.architecture) != kinds.end()) &&
         is_within(facts.vcpus, choice.min_vcpus, choice.max_vcpus) &&
         is_within(static_cast<double>(facts.memory_mib) / kMibPerGib, choice.min_memory_gib,
                   choice.max_memory_gib) &&
         is_within(facts.gpus, choice.min_gpus, choice.max_gpus) &&
         (!choice.max_price ||
          (entry.on_demand && entry.on_demand->dollars() <= *choice.max_price)) &&
         (facts.offered_as_spot || !choice.as_spot_only) &&
         (facts.is_current_generation || !choice.current_only) &&
         (!facts.is_bare_metal || !choice.no_bare_metal);
}

}  // namespace

Result<std::vector<const CatalogEntry*>> choose_types(const RegionCatalog& catalog,
                                                      const CatalogChoice& choice) {
  std::regex pattern;
  try {
    pattern = std::regex{choice.type};
  } catch (const std::regex_error&) {
    return fail(ErrorKind::InvalidInput, "not a regular expression: '{}'", choice.type);
  }
  std::vector<const CatalogEntry*> chosen;
  for (const auto& entry : catalog.entries) {
    if (fits(entry, choice) && std::regex_search(entry.facts.type.text(), pattern)) {
      chosen.push_back(&entry);
    }
  }
  return chosen;
}

}  // namespace spotvane::market
