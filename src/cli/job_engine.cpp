#include "cli/job_engine.hpp"

#include "cli/ecs_setup.hpp"
#include "job/pits_engine.hpp"

#include <array>
#include <filesystem>

namespace spotvane::cli {

namespace {

struct KeptPath {
  std::string_view name;
  std::string job::PitsOptions::* path;
};
constexpr std::array kKeptPaths{KeptPath{"pits-module", &job::PitsOptions::module},
                                KeptPath{"pits-home", &job::PitsOptions::home}};

}  // namespace

JobEngine make_engine(Environment& environment, Cloud& cloud, const JobFile& file,
                      const model::JobId& job) {
  if (file.engine == "ecs") {
    return {.engine = make_ecs_engine(cloud, file, job)};
  }
  if (file.engine != "pypits") {
    return {};
  }
  auto& world = environment.world;
  JobEngine made{.programs = world.detached_programs(environment.settings.home / "jobs")};
  made.engine = std::make_shared<job::PitsEngine>(
      job, file.pits,
      job::PitsEngine::Ports{*made.programs, cloud.clock(), world.wall_clock(),
                             world.wall_timers()});
  return made;
}

std::vector<model::Tag> settled_paths(const JobFile& file, std::vector<model::Tag> settled) {
  for (const auto& one : kKeptPaths) {
    if (const auto& path = file.pits.*one.path; !path.empty()) {
      settled.push_back({std::string{one.name}, std::filesystem::absolute(path).native()});
    }
  }
  return settled;
}

void apply_settled_paths(JobFile& file, const std::vector<model::Tag>& settled) {
  for (const auto& one : kKeptPaths) {
    if (const auto path = model::tag_value(settled, one.name); !path.empty()) {
      file.pits.*one.path = path;
    }
  }
}

}  // namespace spotvane::cli
