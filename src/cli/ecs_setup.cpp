#include "cli/ecs_setup.hpp"

#include "cli/await_answer.hpp"
#include "job/ecs_engine.hpp"

namespace spotvane::cli {

std::shared_ptr<job::Engine> make_ecs_engine(Cloud& cloud, const JobFile& file,
                                             const model::JobId& job) {
  const auto region = file.region.empty() ? cloud.access().region : file.region;
  return std::make_shared<job::EcsEngine>(
      job, ContainerServiceName{model::Region{region}, file.ecs_cluster, file.ecs_service},
      job::EcsEngine::Ports{cloud.clock(), cloud.container_services(),
                            cloud.guard_services().containers});
}

Result<void> check_ecs_file(const JobFile& file) {
  const auto missing = [](std::string_view what, std::string hint) {
    return tl::unexpected(
        Error{ErrorKind::InvalidInput, fmt::format("{} is missing", what), std::move(hint)});
  };
  if (file.ecs_service.empty()) {
    return missing("the service whose tasks are the job's", "give 'ecs.service' in the job's file");
  }
  if (file.image.empty()) {
    return missing("an image with ECS's agent",
                   "give 'worker.image' in the job's file; AWS's newest is what `aws ssm "
                   "get-parameter --name /aws/service/ecs/optimized-ami/amazon-linux-2023/"
                   "recommended/image_id` says");
  }
  return {};
}

Result<void> check_ecs_service(Environment& environment, Cloud& cloud, const JobFile& file) {
  const auto engine = make_ecs_engine(cloud, file, model::JobId{file.name});
  return await_answer<void>(environment.world, [&](On<void> on) { engine->start(std::move(on)); })
      .map_error([&](Error error) {
        return std::move(error).during(
            fmt::format("service '{}' of cluster '{}'", file.ecs_service, file.ecs_cluster));
      });
}

std::string ecs_user_data(const JobFile& file, const model::JobId& job,
                          const std::string& user_data) {
  // A script's first line stays first.
  const auto is_script = user_data.starts_with("#!");
  const auto body = is_script ? user_data.find('\n') : std::string::npos;
  const auto first = is_script ? user_data.substr(0, body) : std::string{"#!/bin/sh"};
  const auto rest = !is_script                  ? user_data
                    : body == std::string::npos ? std::string{}
                                                : user_data.substr(body + 1);
  return fmt::format("{}\n{}{}", first, job::host_setup(file.ecs_cluster, job), rest);
}

}  // namespace spotvane::cli
