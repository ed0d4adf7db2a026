#include "job/job_spec.hpp"

#include <fmt/format.h>

#include <iterator>
#include <utility>

namespace spotvane::job {

namespace {

/// A launch that may be in any zone is in one of those that have a subnet, another each time.
std::string subnet_of(const JobSpec& spec, const model::JobLaunch& launch) {
  if (spec.subnets.empty()) {
    return spec.setup.subnet;
  }
  const auto own = spec.subnets.find(launch.pool.zone);
  const auto turn = launch.number % static_cast<std::int64_t>(spec.subnets.size());
  return own != spec.subnets.end() ? own->second : std::next(spec.subnets.begin(), turn)->second;
}

}  // namespace

model::LaunchOrder order_of(const JobSpec& spec, const model::JobLaunch& launch) {
  auto setup = spec.setup;
  setup.subnet = subnet_of(spec, launch);
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
          .setup = std::move(setup)};
}

}  // namespace spotvane::job
