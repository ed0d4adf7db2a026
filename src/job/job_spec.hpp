#pragma once

#include "model/job.hpp"
#include "model/performance.hpp"
#include "policy/fleet.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace spotvane::job {

/// The tags that everything of a job carries.
inline constexpr auto kJobTag = "spotvane:job";        ///< its value: the job
inline constexpr auto kLaunchTag = "spotvane:launch";  ///< its value: the launch's number
inline constexpr auto kTypeTag = "Type";               ///< "worker-spot", "worker-on-demand"

/// A type that workers may be of.
struct WorkerType {
  model::InstanceType type;
  model::ImageId image;
  std::vector<model::ZoneName> zones;               ///< that offer it
  std::optional<Money> on_demand = {};              ///< of an hour; none: never on demand
  std::optional<policy::Throughput> measured = {};  ///< before this job
};

/// A job with everything settled that its file left open.
struct JobSpec {
  model::JobHead head;
  model::Region region;
  std::vector<WorkerType> types = {};
  model::HostSetup setup = {};
  std::map<model::ZoneName, std::string> subnets = {};  ///< of zones; none: their defaults
  policy::FleetJob work;                                ///< its changeover apart, which is measured
  std::shared_ptr<const policy::FleetPolicy> policy = {};

  Duration interval = std::chrono::minutes{5};
  Duration look = std::chrono::seconds{5};  ///< from one description of the workers to the next
  Duration startup{0};                      ///< from a running worker to its first task
  Duration grace{0};  ///< how long a worker may be without a report; 0: two intervals
  Duration back_off = std::chrono::minutes{10};

  Money worker_volume = {};  ///< of an hour
  Money manager_price = {};  ///< of an hour, its volume included
  double manager_rate = 0;   ///< tasks a second it does itself
  std::optional<double> bid = {};
  std::optional<Money> calibrate = {};  ///< may be spent on measuring types; none: nothing
  bool uses_on_demand = true;           ///< as workers, and not for comparison alone
  bool reads_metrics = true;            ///< CloudWatch, besides what comes to it directly
  model::Workload workload = {};        ///< as which its throughputs are kept

  Duration patience_for_reports() const {
    return grace > Duration::zero() ? grace
                                    : std::max<Duration>(2 * interval, std::chrono::minutes{5});
  }
};

/// The call that makes a launch real.
model::LaunchOrder order_of(const JobSpec& spec, const model::JobLaunch& launch);

}  // namespace spotvane::job
