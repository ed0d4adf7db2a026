#pragma once

#include "cli/command.hpp"
#include "market/fleet_spread.hpp"
#include "market/pool_view.hpp"
#include "ports/fleets.hpp"

#include <optional>
#include <string>
#include <vector>

namespace spotvane::cli {

/// What a fleet's capacity is counted in.
enum class FleetUnit : std::uint8_t { Vcpus, Instances };

/// Which pools a fleet is to have.
struct FleetWish {
  model::Region region;
  FleetUnit unit = FleetUnit::Vcpus;
  std::string architecture = "x86_64";  ///< which the launch template's image is for
  market::FleetSpread spread = {};
  market::PoolQuestion question = {};   ///< what the availability view is asked
  std::vector<std::string> named = {};  ///< "m5.large@us-east-1a=2": these, in place of a choice
};

/// A pool that was looked at, and what became of it.
struct FleetCandidate {
  FleetPool pool;
  model::ZoneId zone = {};
  std::optional<Money> spot_price = {};
  std::optional<double> availability = {};
  std::string why = {};  ///< it was passed over, or taken all the same
};

/// The pools of a fleet, best first, and the best of those that are not among them.
struct FleetChoice {
  std::optional<TimePoint> as_of = {};  ///< of the cycle they were chosen by; none: they were named
  std::vector<FleetCandidate> chosen = {};
  std::vector<FleetCandidate> passed_over = {};
};

/// Chooses by the home's latest cycle, or takes those that are named. What types and zones are AWS
/// says. Fails with `NotFound` where nothing was collected or no pool fits, and with `InvalidInput`
/// on a pool that AWS does not have.
Result<FleetChoice> choose_fleet_pools(Environment& environment, Cloud& cloud,
                                       const FleetWish& wish);

/// "m5.large@us-east-1a=2" read, its zone and weight as they stand there; what is not said is
/// empty.
struct NamedPool {
  model::InstanceType type;
  std::string place = {};
  std::optional<double> weight = {};
};
Result<NamedPool> parse_named_pool(const std::string& text);

}  // namespace spotvane::cli
