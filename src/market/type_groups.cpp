#include "market/type_groups.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>

namespace spotvane::market {

std::vector<TypeGroup> interchangeable_types(const std::vector<model::InstanceTypeFacts>& facts,
                                             double memory_factor) {
  using Kind = std::tuple<int, std::vector<std::string>, int>;
  std::map<Kind, std::vector<std::pair<std::int64_t, model::InstanceType>>> by_kind;
  for (const auto& fact : facts) {
    if (fact.offered_as_spot) {
      by_kind[{fact.vcpus, fact.architectures, fact.gpus}].emplace_back(fact.memory_mib, fact.type);
    }
  }
  std::vector<TypeGroup> groups;
  for (auto& [kind, types] : by_kind) {
    std::sort(types.begin(), types.end());
    for (std::size_t begin = 0, end = 0; begin < types.size(); begin = end) {
      const double most = static_cast<double>(types[begin].first) * memory_factor;
      TypeGroup group;
      for (end = begin; end < types.size() && static_cast<double>(types[end].first) <= most;
           ++end) {
        group.push_back(types[end].second);
      }
      end = std::max(end, begin + 1);
      if (group.size() >= 3) {
        std::sort(group.begin(), group.end());
        groups.push_back(std::move(group));
      }
    }
  }
  return groups;
}

}  // namespace spotvane::market
