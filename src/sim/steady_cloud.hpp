#pragma once

#include "base/random.hpp"
#include "model/price.hpp"
#include "sim/event_loop.hpp"
#include "sim/job_cloud.hpp"

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
class SteadyCloud final : public JobCloud {
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
