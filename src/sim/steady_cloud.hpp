#pragma once

#include "base/random.hpp"
#include "model/price.hpp"
#include "ports/instances.hpp"
#include "ports/worker_metrics.hpp"
#include "sim/event_loop.hpp"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace spotvane::sim {

/// A market that stays as it is, and what workers do in it.
struct SteadyMarket {
  std::vector<model::SpotPrice> prices = {};
  std::map<model::InstanceType, double> rates = {};  ///< tasks a second of a worker that is alone
  double scaling_penalty = 0;                        ///< less for each further worker
  double tasks = 0;                                  ///< there are no more
  double manager_rate = 0;                  ///< tasks a second that the manager does itself
  std::vector<Duration> launch_times = {};  ///< to draw from: from a launch to running
  Duration startup = {};                    ///< from running to the first task
};

/// EC2 and CloudWatch for one job in such a market, on virtual time: every launch comes, nothing is
/// taken back, and workers report once a minute.
class SteadyCloud final : public Instances, public Ec2, public WorkerReports {
 public:
  /// The loop must outlive it, and not run once it is gone.
  SteadyCloud(SteadyMarket market, EventLoop& loop, Random random)
      : market_{std::move(market)}, loop_{loop}, random_{random}, counted_at_{loop.now()} {}

  void run_instances(model::LaunchOrder order, On<std::vector<model::Instance>> on) override;
  void describe_instances(model::Region region, Selection which,
                          On<std::vector<model::Instance>> on) override;
  void describe_spot_requests(model::Region region, Selection which,
                              On<std::vector<model::SpotRequest>> on) override;
  void terminate_instances(model::Region region, std::vector<model::InstanceId> instances,
                           On<void> on) override;
  void describe_spot_price_history(SpotPriceQuery query,
                                   On<std::vector<model::SpotPrice>> on) override;
  void worker_metrics(WorkerMetricsQuery query, On<std::vector<WorkerMetrics>> on) override;

  // What jobs do not ask.
  void request_spot_instances(model::LaunchOrder, On<std::vector<model::SpotRequest>>) override {}
  void create_launch_template(model::LaunchOrder, On<model::LaunchTemplate>) override {}
  void create_fleet(model::LaunchOrder, model::LaunchTemplateId, On<model::Fleet>) override {}
  void describe_instance_status(model::Region, std::vector<model::InstanceId>,
                                On<std::vector<model::InstanceChecks>>) override {}
  void describe_fleets(model::Region, Selection, On<std::vector<model::Fleet>>) override {}
  void describe_launch_templates(model::Region, Selection,
                                 On<std::vector<model::LaunchTemplate>>) override {}
  void cancel_spot_requests(model::Region, std::vector<model::SpotRequestId>, On<void>) override {}
  void delete_fleets(model::Region, std::vector<model::FleetId>, On<void>) override {}
  void delete_launch_template(model::Region, model::LaunchTemplateId, On<void>) override {}
  void create_tags(model::Region, std::vector<std::string>, std::vector<model::Tag>,
                   On<void>) override {}
  void describe_regions(On<std::vector<model::RegionStatus>>) override {}
  void describe_availability_zones(model::Region, On<std::vector<model::Zone>>) override {}
  void describe_instance_types(model::Region, On<std::vector<model::InstanceTypeFacts>>) override {}
  void describe_instance_type_offerings(model::Region, On<std::vector<model::Offering>>) override {}
  void get_spot_placement_scores(model::ScoreQuery,
                                 On<std::vector<model::PlacementScore>>) override {}

 private:
  struct Machine {
    model::Instance shown;
    TimePoint running;
    bool works = false;
  };

  void begin(Machine& machine);
  double rate(const Machine& machine) const;
  double share() const;  // that the penalty leaves of each worker's rate
  void count();          // what was done until now

  template <typename T>
  void answer(const On<T>& on, Result<T> result);

  SteadyMarket market_;
  EventLoop& loop_;
  Random random_;
  std::deque<Machine> machines_ = {};
  std::map<std::string, std::size_t> by_id_ = {};
  int working_ = 0;
  double rate_ = 0;  // of those that work, each alone
  double done_ = 0;
  TimePoint counted_at_;
};

}  // namespace spotvane::sim
