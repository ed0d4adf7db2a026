#include "job/job_spec.hpp"

#include <fmt/format.h>

namespace spotvane::job {

model::LaunchOrder order_of(const JobSpec& spec, const model::JobLaunch& launch) {
  return {.region = spec.region,
          .type = launch.pool.type,
          .zone = launch.pool.zone,
          .image = launch.image,
          .count = launch.count,
          .token = fmt::format("{}-{}", spec.head.id, launch.number),
          .tags = {{kTypeTag, launch.pool.is_on_demand ? "worker-on-demand" : "worker-spot"},
                   {kJobTag, spec.head.id.text()},
                   {kLaunchTag, fmt::to_string(launch.number)}},
          .max_price = launch.max_price,
          .is_on_demand = launch.pool.is_on_demand,
          .setup = spec.setup};
}

}  // namespace spotvane::job
