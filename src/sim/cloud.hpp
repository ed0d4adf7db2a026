#pragma once

#include "ports/clock.hpp"
#include "ports/cloud.hpp"
#include "ports/timers.hpp"
#include "sim/crash.hpp"
#include "sim/fault_plan.hpp"
#include "sim/score_quota.hpp"
#include "sim/spot_market.hpp"

#include <map>
#include <string>

namespace spotvane::sim {

/// One account's view of a simulated AWS: the ports of the market part over `SpotMarket`, with
/// faults drawn from a seed.
///
/// What it borrows must outlive it, and the loop must not run once it is gone. Every call marks two
/// places to crash at: as it is made, and as its answer arrives.
class Cloud final : public Ec2, public Advisor, public PriceList, public Identity {
 public:
  struct World {
    const Clock& clock;
    Timers& timers;
    const SpotMarket& market;
    ScoreQuota& quota;
    CrashPoint* crash = nullptr;
  };

  Cloud(World world, std::string account, Random random, FaultPlan faults)
      : world_{world}, account_{std::move(account)}, random_{random}, faults_{faults} {}

  void describe_regions(On<std::vector<model::RegionStatus>> on_regions) override;
  void describe_availability_zones(model::Region region,
                                   On<std::vector<model::Zone>> on_zones) override;
  void describe_instance_types(model::Region region,
                               On<std::vector<model::InstanceTypeFacts>> on_types) override;
  void describe_instance_type_offerings(model::Region region,
                                        On<std::vector<model::Offering>> on_offerings) override;
  void get_spot_placement_scores(model::ScoreQuery query,
                                 On<std::vector<model::PlacementScore>> on_scores) override;
  void describe_spot_price_history(SpotPriceQuery query,
                                   On<std::vector<model::SpotPrice>> on_prices) override;
  void fetch(const AdvisorFeed& known, On<AdvisorFeed> on_feed) override;
  void on_demand_prices(model::Region region,
                        On<std::vector<model::OnDemandPrice>> on_prices) override;
  void get_caller_identity(On<CallerIdentity> on_identity) override;

  /// From now on the account's keys are no longer good, or good again.
  void set_denied(bool is_denied) { is_denied_ = is_denied; }

  /// Placement score queries that were refused for the quota's sake.
  std::size_t refusals() const { return refusals_; }

 private:
  template <typename T, typename Answer>
  void reply(const On<T>& on_answer, const Answer& answer, bool is_signed = true);
  Result<void> check_enabled(const model::Region& region) const;
  model::ZoneName name_of(const model::Zone& zone) const;
  void pass() const;

  World world_;
  std::string account_;
  Random random_;
  FaultPlan faults_;
  bool is_denied_ = false;
  std::size_t refusals_ = 0;
};

}  // namespace spotvane::sim
