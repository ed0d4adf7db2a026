#pragma once

#include "base/result.hpp"
#include "model/instance_type.hpp"
#include "model/place.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::model {

/// What a target capacity counts.
enum class CapacityUnit : std::uint8_t { Units, Vcpu, MemoryMib };

/// AWS's spelling: "units", "vcpu", "memory-mib".
std::string_view to_text(CapacityUnit unit);

/// One GetSpotPlacementScores query: what AWS counts against its limit on configurations.
struct ScoreQuery {
  std::vector<InstanceType> types;
  int target_capacity = 1;
  CapacityUnit unit = CapacityUnit::Units;
  std::vector<Region> regions;
  bool single_zone = true;  ///< AWS's SingleAvailabilityZone: scores of zones instead of regions

  friend bool operator==(const ScoreQuery&, const ScoreQuery&) = default;
};

/// The query's identity for AWS's quota: equal for two queries just when AWS counts them as one,
/// so the order of types and of regions changes nothing. Readable: it is stored and shown.
std::string configuration_key(const ScoreQuery& query);

/// The query that a key written by `configuration_key` stands for, its lists sorted.
/// Fails with `Corrupt` on anything else.
Result<ScoreQuery> parse_configuration_key(std::string_view key);

inline constexpr int kWorstScore = 1;
inline constexpr int kBestScore = 10;

/// One scored place. `zone` is empty in the answer to a regional query.
struct PlacementScore {
  Region region;
  ZoneId zone;
  int score = kWorstScore;  ///< 1..10, higher is likelier to succeed

  friend bool operator==(const PlacementScore&, const PlacementScore&) = default;
};

}  // namespace spotvane::model
