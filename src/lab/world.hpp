#pragma once

#include "lab/account.hpp"
#include "lab/call.hpp"
#include "lab/catalog_data.hpp"
#include "lab/deliveries.hpp"
#include "lab/event_bus.hpp"
#include "lab/hosting.hpp"
#include "sim/agenda.hpp"
#include "sim/clusters.hpp"
#include "sim/instance_market.hpp"
#include "sim/message_queue.hpp"
#include "sim/metrics.hpp"
#include "sim/scaling_groups.hpp"
#include "sim/score_quota.hpp"
#include "sim/spot_fleets.hpp"
#include "sim/spot_market.hpp"
#include "sim/topics.hpp"
#include "sim/workloads.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace spotvane::lab {

/// How the simulated AWS is to be.
struct WorldOptions {
  std::uint64_t seed = 1;
  std::size_t score_configurations = 50;             ///< AWS's limit within 24 h; it tells nobody
  bool enables_all_regions = false;                  ///< else those every account has
  std::vector<model::Region> opted_in_regions = {};  ///< and these
};

/// What the actions look at: the catalog by region, the market, and what AWS remembers.
class World {
 public:
  /// A type that a zone of the region offers.
  struct RegionalOffering {
    std::uint32_t type;  ///< of `catalog().types`
    std::uint32_t zone;  ///< of `catalog().zones`
  };
  struct RegionView {
    bool is_enabled = false;
    bool needs_opt_in = false;
    std::vector<std::uint32_t> zones = {};         ///< of `catalog().zones`
    std::vector<RegionalOffering> offerings = {};  ///< by type, then zone
    std::vector<std::uint32_t> types = {};         ///< of `catalog().types`, in order
  };

  World(WorldOptions options, CatalogData data);

  World(const World&) = delete;
  World& operator=(const World&) = delete;

  std::uint64_t seed() const { return options_.seed; }
  const model::Catalog& catalog() const { return *data_.catalog; }
  const InstanceTypeBook& types() const { return *data_.types; }
  const std::vector<wire::AdvisorType>& advisor_types() const { return data_.advisor_types; }
  const sim::SpotMarket& market() const { return market_; }
  /// What is to happen besides the ordinary, from now on.
  void set_conditions(const sim::MarketConditions& instances, const sim::QueueConditions& queues) {
    instances_.set_conditions(instances);
    queues_.set_conditions(queues);
  }

  /// From now on instances really run their user data, and report nothing by themselves. Called
  /// before there are any.
  void host_on(Machines& machines, const std::string& address) {
    hosting_.emplace(machines, address);
  }
  const std::optional<Hosting>& hosting() const { return hosting_; }

  /// Lets everything happen that is due until then, and what follows from it, in order.
  void advance(TimePoint now);
  /// Lets follow what follows at once from what was just asked.
  void settle();

  sim::InstanceMarket& instances() { return instances_; }
  const sim::InstanceMarket& instances() const { return instances_; }
  sim::Clusters& clusters() { return clusters_; }
  const sim::Clusters& clusters() const { return clusters_; }
  sim::Topics& topics() { return topics_; }
  const sim::Topics& topics() const { return topics_; }
  Deliveries& deliveries() { return deliveries_; }
  EventBus& events() { return events_; }
  sim::Metrics& metrics() { return metrics_; }
  const sim::Metrics& metrics() const { return metrics_; }
  sim::MetricAlarms& alarms() { return alarms_; }
  sim::SpotFleets& spot_fleets() { return spot_fleets_; }
  const sim::SpotFleets& spot_fleets() const { return spot_fleets_; }
  sim::ScalingGroups& groups() { return groups_; }
  const sim::ScalingGroups& groups() const { return groups_; }
  sim::Workloads& workloads() { return workloads_; }
  const sim::Workloads& workloads() const { return workloads_; }
  sim::MessageQueues& queues() { return queues_; }
  const sim::MessageQueues& queues() const { return queues_; }
  sim::ScoreQuota& score_quota() { return score_quota_; }
  Accounts& accounts() { return accounts_; }
  const Accounts& accounts() const { return accounts_; }

  /// The name of an instance's zone to its account.
  std::string zone_name(const sim::Instance& instance) const;

  /// From now on, each minute: what fleets have is published, and alarms are looked at. Ends by
  /// itself when there is neither.
  void watch();
  /// Sets an alarm's state and tells who is to be told.
  void turn_alarm(sim::MetricAlarm& alarm, sim::MetricAlarm::State state, std::string reason);

  /// The keys an instance was given last; none expire never: there were none yet.
  Account& keys_of_instance(const std::string& id) { return instance_keys_[id]; }

  /// Numbers the sessions that roles are assumed for.
  std::uint64_t next_session() { return ++sessions_; }

  const std::map<model::Region, RegionView>& regions() const { return regions_; }
  /// Null where there is no such region.
  const RegionView* find(const model::Region& region) const;

  /// The region's zones as the account sees them: which name stands for which zone differs from
  /// account to account.
  std::vector<model::Zone> zones(const model::Region& region, const Account& account) const;

 private:
  void step(TimePoint now);
  void follow(const sim::InstanceChange& change);
  void host(const sim::InstanceChange& change, const sim::Instance& instance);
  void tell(const sim::InstanceChange& change, const sim::Instance& instance);
  void publish_fleets();
  void tell_alarm(const sim::MetricAlarm& alarm, sim::MetricAlarm::State before);

  WorldOptions options_;
  CatalogData data_;
  sim::SpotMarket market_;
  sim::InstanceMarket instances_;
  sim::Agenda agenda_;
  sim::Clusters clusters_;
  sim::ScalingGroups groups_;
  sim::SpotFleets spot_fleets_;
  sim::MessageQueues queues_;
  sim::Topics topics_;
  Deliveries deliveries_;
  EventBus events_;
  sim::Metrics metrics_;
  sim::MetricAlarms alarms_{metrics_};
  sim::Workloads workloads_;
  std::optional<Hosting> hosting_;  // none: instances are modelled
  sim::ScoreQuota score_quota_;
  std::map<model::Region, RegionView> regions_;
  Accounts accounts_;
  std::uint64_t sessions_ = 0;
  bool is_watching_ = false;
  std::size_t changes_seen_ = 0;                  // of the instances
  std::map<std::string, Account> instance_keys_;  // by ID of the instance
};

}  // namespace spotvane::lab
