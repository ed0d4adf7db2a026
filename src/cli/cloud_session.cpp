#include "cli/cloud_session.hpp"

#include "cli/await_answer.hpp"

#include <utility>

namespace spotvane::cli {

CloudOptions cloud_options(const Settings& settings) {
  const auto& profiles = settings.aws_profiles;
  return {.profile = profiles.empty() ? std::nullopt : std::optional{profiles.front()},
          .region = settings.aws_region,
          .endpoint_url = settings.aws_endpoint_url,
          .advisor_url = settings.advisor_url,
          .requests_per_second = settings.requests_per_second};
}

Result<CloudSession> open_home_and_cloud(Environment& environment, HomeUse use,
                                         bool one_at_a_time) {
  // Who probes looks into the archive for pools.
  auto home = use == HomeUse::Probing ? environment.open_home(use) : environment.open_state(use);
  if (!home) {
    return tl::unexpected(std::move(home.error()));
  }
  auto options = cloud_options(environment.settings);
  options.one_at_a_time = one_at_a_time;
  auto cloud = environment.world.connect(options);
  if (!cloud) {
    return tl::unexpected(std::move(cloud.error()));
  }
  return CloudSession{*std::move(home), *std::move(cloud)};
}

Result<CloudSession> open_with_identity(Environment& environment, HomeUse use, bool one_at_a_time) {
  auto opened = open_home_and_cloud(environment, use, one_at_a_time);
  if (!opened) {
    return opened;
  }
  if (auto identity = ask_identity(environment.world, *opened->cloud); !identity) {
    return tl::unexpected(std::move(identity.error()).during("ask AWS who we are"));
  }
  return opened;
}

Result<CallerIdentity> ask_identity(World& world, Cloud& cloud) {
  return await_answer<CallerIdentity>(
      world, [&](On<CallerIdentity> on) { cloud.identity().get_caller_identity(std::move(on)); });
}

}  // namespace spotvane::cli
