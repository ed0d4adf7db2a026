#pragma once

#include "sim/instance.hpp"
#include "sim/instance_audit.hpp"
#include "sim/instance_orders.hpp"
#include "sim/launch_templates.hpp"
#include "sim/pool_book.hpp"
#include "sim/spot_market.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace spotvane::sim {

/// EC2 as a model: spot requests, instances, fleets and launch templates of every account, on the
/// capacity and prices of a `SpotMarket`, in time that the caller moves. The same seed and the same
/// orders at the same times give the same world.
///
/// Move time with `advance` before giving orders or looking. What looks takes the moment to see the
/// world as of, which may be earlier: so were stale answers. Orders that EC2 would refuse are
/// refused in its words and change nothing. Pointers it gives stay good for as long as it lives.
///
///   InstanceMarket market{spot_market, seed};
///   market.advance(clock.now());
///   auto requests = market.request_spot({.owner = {"123456789012", region}, .spec = {type,
///   zone}});
class InstanceMarket {
 public:
  /// The spot market must outlive it.
  InstanceMarket(const SpotMarket& market, std::uint64_t seed);
  ~InstanceMarket();

  InstanceMarket(const InstanceMarket&) = delete;
  InstanceMarket& operator=(const InstanceMarket&) = delete;

  /// Lets everything happen that is due until then. Time does not run backwards: earlier is now.
  void advance(TimePoint now);
  TimePoint now() const;

  void set_conditions(const MarketConditions& conditions);
  const MarketConditions& conditions() const;

  // Orders. A token that was used before gives what it gave then; with other parameters it is
  // refused with `IdempotentParameterMismatch`.

  /// As many open requests as asked for. Refused where the region does not offer the type, or with
  /// `MaxSpotInstanceCountExceeded`; everything else shows in the requests' status.
  Granted<std::vector<const SpotRequest*>> request_spot(const SpotOrder& order);

  /// Cancels what is not over yet; instances go on, and a request about to be fulfilled still is.
  /// Refused, with nothing cancelled, where an ID is unknown.
  Granted<std::vector<const SpotRequest*>> cancel_spot(const Owner& owner,
                                                       std::span<const std::string> ids);

  /// `order.least` to `order.most` instances in one zone, pending. Refused where there is no
  /// capacity for the least, the price is above the maximum, or the account's limit is reached.
  Granted<std::vector<const Instance*>> run(const RunOrder& order);

  struct Ending {
    const Instance* instance;
    InstanceState before;
  };
  /// Shuts them down; those that are over stay so. Refused, with nothing ended, where an ID is
  /// unknown.
  Granted<std::vector<Ending>> terminate(const Owner& owner, std::span<const std::string> ids);

  /// Ends one as `terminate` does, whether anybody sees it yet or not; its service's doing.
  void end(const std::string& id);

  /// Launches what it can and says of the rest why not; never refused for want of capacity.
  Granted<FleetOutcome> create_fleet(const FleetOrder& order);

  /// Launches what it can of so much more of an order's two targets, for a fleet of another kind.
  FleetOutcome fill(const FleetOrder& order, const std::string& fleet_id, double spot,
                    double on_demand);

  /// Marks the fleet deleted; its instances are the caller's to end. Refused where it is unknown.
  Granted<const Fleet*> delete_fleet(const Owner& owner, const std::string& id);
  /// Terminates what the fleet launched, visible or not.
  void end_instances(const Fleet& fleet);

  LaunchTemplates& templates();
  const LaunchTemplates& templates() const;

  /// Of instances, spot requests, fleets and launch templates: adds tags or takes the place of
  /// their values. Refused, with nothing changed, where an ID is unknown.
  Granted<void> tag(const Owner& owner, std::span<const std::string> ids, const Tags& tags);
  /// Takes tags away, those with a value only where it is that one. Refused as `tag` is.
  Granted<void> untag(const Owner& owner, std::span<const std::string> ids,
                      const std::map<std::string, std::optional<std::string>>& tags);

  /// Gives a running spot instance its two minutes' notice. False where there is no such instance.
  bool interrupt(const std::string& id, bool for_price = false);
  /// Tells a running spot instance that its risk has risen; nothing need follow. False likewise.
  bool recommend_rebalance(const std::string& id);

  // Looking. What is not visible yet, or no longer, is not there.

  std::vector<const Instance*> instances(const Owner& owner, TimePoint as_of) const;
  std::vector<const SpotRequest*> spot_requests(const Owner& owner, TimePoint as_of) const;
  std::vector<const Fleet*> fleets(const Owner& owner, TimePoint as_of) const;

  const Instance* find_instance(const Owner& owner, const std::string& id, TimePoint as_of) const;
  const SpotRequest* find_request(const Owner& owner, const std::string& id, TimePoint as_of) const;
  const Fleet* find_fleet(const Owner& owner, const std::string& id, TimePoint as_of) const;

  // The truth, whoever sees it.

  const std::deque<Instance>& every_instance() const;
  /// Null where there never was one of that ID.
  const Instance* find_any(const std::string& id) const;
  const std::deque<SpotRequest>& every_request() const;
  const std::deque<Fleet>& every_fleet() const;
  /// All that happened so far, in order.
  const std::deque<InstanceChange>& changes() const;
  /// When something happens next, if nobody orders anything before; `kNever`: nothing.
  TimePoint next_event() const;
  const InstanceAudit& audit() const;
  const PoolBook& book() const;

  /// The prices of the time that is billed of it until then: each hour's is the one in force as the
  /// hour began, counted from `running`.
  struct HourlyPrice {
    TimePoint from;
    Money price;
  };
  std::vector<HourlyPrice> billed_prices(const Instance& instance, TimePoint until) const;

  /// What the instance itself has cost until then: its billed time at the prices above.
  Money cost(const Instance& instance, TimePoint until) const;
  std::map<Day, Money> cost_by_day(const Instance& instance, TimePoint until) const;

  /// How many instances the pool can start now, after what is in it.
  double room(const model::Pool& pool, bool is_spot) const;

  struct Impl;  ///< for its own sources

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace spotvane::sim
