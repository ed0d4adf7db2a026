#include "model/placement_score.hpp"

#include "base/number.hpp"
#include "base/split.hpp"

#include <algorithm>
#include <array>

namespace spotvane::model {

namespace {

constexpr std::array kUnits{CapacityUnit::Units, CapacityUnit::Vcpu, CapacityUnit::MemoryMib};

template <typename Name>
std::string sorted_list(std::vector<Name> names) {
  std::sort(names.begin(), names.end());
  return fmt::format("{}", fmt::join(names, ","));
}

template <typename Name>
std::vector<Name> read_list(std::string_view text) {
  std::vector<Name> names;
  for (const auto part : split(text, ',')) {
    names.emplace_back(std::string{part});
  }
  return names;
}

}  // namespace

std::string_view to_text(CapacityUnit unit) {
  switch (unit) {
    case CapacityUnit::Units:
      return "units";
    case CapacityUnit::Vcpu:
      return "vcpu";
    case CapacityUnit::MemoryMib:
      return "memory-mib";
  }
  return "units";
}

std::string configuration_key(const ScoreQuery& query) {
  return fmt::format("{}|{}|{}|{}|{}", sorted_list(query.types), query.target_capacity,
                     to_text(query.unit), query.single_zone ? "zones" : "regions",
                     sorted_list(query.regions));
}

Result<ScoreQuery> parse_configuration_key(std::string_view key) {
  const auto parts = split(key, '|');
  const auto capacity = parts.size() == 5 ? parse_integer(parts[1]) : parse_integer("");
  const auto* unit = parts.size() == 5
                         ? std::find_if(kUnits.begin(), kUnits.end(),
                                        [&](CapacityUnit one) { return to_text(one) == parts[2]; })
                         : kUnits.end();
  if (!capacity || unit == kUnits.end()) {
    return fail(ErrorKind::Corrupt, "not a configuration key: '{}'", key);
  }
  return ScoreQuery{.types = read_list<InstanceType>(parts[0]),
                    .target_capacity = static_cast<int>(*capacity),
                    .unit = *unit,
                    .regions = read_list<Region>(parts[4]),
                    .single_zone = parts[3] == "zones"};
}

}  // namespace spotvane::model
