#pragma once

#include "sim/instance.hpp"

#include <tl/expected.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace spotvane::sim {

/// How the instance market says no, in EC2's words.
struct MarketRefusal {
  std::string code;  ///< "InsufficientInstanceCapacity"
  std::string message;
};

template <typename T>
using Granted = tl::expected<T, MarketRefusal>;

/// What makes a repeated order the same order: a token, and everything that was asked with it in
/// any form of the caller's own. No text means no token.
struct ClientToken {
  std::string text = {};
  std::string parameters = {};
};

/// What a token gets that was used with other parameters.
inline MarketRefusal mismatch(const ClientToken& token) {
  return {"IdempotentParameterMismatch",
          "The client token '" + token.text +
              "' was used with other parameters. Repeat the request as it was, or use another "
              "token."};
}

/// RequestSpotInstances, one-time, ending what is interrupted.
struct SpotOrder {
  Owner owner;
  LaunchSpec spec;
  int count = 1;
  std::optional<Money> max_price = {};        ///< none: on-demand's
  std::optional<TimePoint> valid_until = {};  ///< none: seven days
  ClientToken token = {};
  Tags request_tags = {};          ///< of the request, and of it alone
  std::string bad_parameter = {};  ///< what evaluation will find wrong; empty: nothing
};

/// RunInstances.
struct RunOrder {
  Owner owner;
  LaunchSpec spec;
  int least = 1;
  int most = 1;
  bool is_spot = false;
  std::optional<Money> max_price = {};
  ClientToken token = {};
  Tags instance_tags = {};
  Tags request_tags = {};
};

/// In which order a fleet tries its candidates.
enum class FleetStrategy : std::uint8_t {
  LowestPrice,
  Diversified,
  CapacityOptimized,
  CapacityOptimizedPrioritized,
  PriceCapacityOptimized,
};

/// One thing a fleet may launch.
struct FleetCandidate {
  LaunchSpec spec;  ///< without a zone: every zone that offers the type
  double weight = 1.0;
  double priority = 0.0;  ///< lower is better
  std::optional<Money> max_price = {};
  std::string bad_parameter = {};  ///< what makes every launch of it fail
  std::string label = {};          ///< the caller's own word for it
};

/// CreateFleet of type instant.
struct FleetOrder {
  Owner owner;
  std::vector<FleetCandidate> candidates;
  int spot_target = 0;
  int on_demand_target = 0;
  std::optional<int> least_spot = {};  ///< fewer: none at all
  FleetStrategy strategy = FleetStrategy::LowestPrice;
  ClientToken token = {};
  Tags fleet_tags = {};
  Tags instance_tags = {};
};

/// What came of a fleet's candidate in one zone.
struct FleetLaunch {
  std::size_t candidate;
  model::ZoneId zone;
  bool is_spot;
  std::vector<std::string> instance_ids;
};

struct FleetShortfall {
  std::size_t candidate;
  model::ZoneId zone;
  bool is_spot;
  MarketRefusal why;
};

struct FleetOutcome {
  std::string fleet_id;
  std::vector<FleetLaunch> launches;
  std::vector<FleetShortfall> shortfalls;
};

/// What CreateFleet left behind.
struct Fleet {
  std::string id;
  FleetOrder order;
  FleetOutcome outcome;
  TimePoint created_at;
  TimePoint visible_at;
  TimePoint deleted_at = kNever;
  double fulfilled_spot = 0.0;  ///< of the target, in its units
  double fulfilled_on_demand = 0.0;
  Tags tags = {};
};

/// What is to happen besides the ordinary: all of it can change at any time.
struct MarketConditions {
  double capacity_factor = 1.0;  ///< times every pool's capacity: what is over it is taken back
  double launch_factor = 1.0;    ///< times how long launches take
  double late_fulfilment = 0.0;  ///< share of cancelled open requests fulfilled all the same
  double launch_failures = 0.0;  ///< share of instances that end while pending
  double never_ready = 0.0;      ///< share of instances whose instance check never gets ok
  double shortage = 0.0;         ///< share of launches that find no capacity, whatever there is
  double interruptions_per_hour = 0.0;  ///< of each spot instance, besides the market's own
  Duration visible_within = std::chrono::seconds{4};  ///< new things are missing so long at most
  /// How long before its notice an instance that is taken back is recommended to be left.
  Duration rebalance_lead{0};
  int spot_vcpus = 20'000;       ///< an account may hold in a region
  int on_demand_vcpus = 20'000;  ///< likewise
};

}  // namespace spotvane::sim
