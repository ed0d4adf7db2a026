#pragma once

#include "sim/agenda.hpp"
#include "sim/instance_market.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::sim {

struct FleetMember {
  std::string instance_id;
  double weight = 1.0;
  bool is_spot = true;
};

/// A Spot Fleet, or an EC2 Fleet that is not instant. Its order's targets are what it is to have.
struct SpotFleet {
  enum class Kind : std::uint8_t { Spot, Ec2 };
  enum class State : std::uint8_t {
    Submitted,
    Active,
    Modifying,
    CancelledRunning,
    CancelledTerminating,
    Cancelled,
  };

  std::string id;  ///< "sfr-...", "fleet-..."
  FleetOrder order;
  Kind kind = Kind::Spot;
  bool maintains = true;    ///< else it only asks once
  bool ends_excess = true;  ///< what is more than its target
  std::string role = {};
  State state = State::Submitted;
  TimePoint created_at = {};
  TimePoint cancelled_at = kNever;
  Tags tags = {};
  std::vector<FleetMember> members = {};  ///< that are pending or running
  bool is_looked_at = false;

  struct Event {
    TimePoint at;
    std::string_view kind;  ///< "instanceChange", "fleetRequestChange", "error"
    std::string_view what;  ///< "launched", "modify_in_progress", ...
    std::string instance_id = {};
    std::string text = {};
  };
  std::deque<Event> history = {};

  int target() const { return order.spot_target + order.on_demand_target; }
  double fulfilled(bool is_spot) const;
  double fulfilled() const { return fulfilled(true) + fulfilled(false); }
};

/// Such fleets as a model: they launch into the instance market until they have their target, and
/// replace what they lose.
class SpotFleets {
 public:
  SpotFleets(Agenda& agenda, InstanceMarket& market, std::uint64_t seed)
      : agenda_{agenda}, market_{market}, seed_{seed} {}

  /// A token that was used gives the fleet it gave. Refused where other parameters came with it.
  Granted<SpotFleet*> request(SpotFleet wanted);
  SpotFleet* find(const Owner& owner, const std::string& id);
  std::vector<const SpotFleet*> list(const Owner& owner) const;
  const std::deque<SpotFleet>& fleets() const { return fleets_; }

  /// Refused where it is not active, or does not maintain.
  Granted<void> modify(SpotFleet& fleet, int spot_target, int on_demand_target, bool ends_excess);
  /// Launches nothing any more, and ends its instances where told.
  Granted<void> cancel(SpotFleet& fleet, bool ends_instances);

  // What happens to instances.

  void noticed(const Instance& instance);
  void shutting_down(const Instance& instance);

 private:
  TimePoint now() const { return market_.now(); }
  void look_at(SpotFleet& fleet, Duration after);
  void reconcile(SpotFleet& fleet);
  void shrink(SpotFleet& fleet, bool is_spot, double target);
  void tell(SpotFleet& fleet, std::string_view kind, std::string_view what,
            std::string instance_id = {}, std::string text = {});
  SpotFleet* fleet_of(const Instance& instance);

  Agenda& agenda_;
  InstanceMarket& market_;
  std::uint64_t seed_;
  std::uint64_t things_ = 0;
  std::deque<SpotFleet> fleets_;
  std::map<std::string, std::size_t> index_;
};

/// "cancelled_running" of a Spot Fleet, "deleted_running" of an EC2 Fleet.
std::string_view state_text(const SpotFleet& fleet);

}  // namespace spotvane::sim
