#include "cli/commands/job_host.hpp"

#include "cli/await_answer.hpp"
#include "cli/cloud_session.hpp"
#include "cli/job_setup.hpp"
#include "cli/probe_pools.hpp"

#include <algorithm>

namespace spotvane::cli {

namespace {

constexpr auto kManagerTag = "spotvane:manager";  // its value: the job's name
constexpr std::size_t kMostManagerData = 16U << 10U;

/// What the instance does: gets the job's file, runs it, and shuts down, which terminates it.
std::string manager_script(const JobFile& file, const std::string& text, double usd_per_hour) {
  return fmt::format(
      "#!/bin/sh\n{}\ncat > /root/{}.toml <<'END_OF_SPOTVANE_JOB'\n{}\nEND_OF_SPOTVANE_JOB\n"
      "spotvane --home /root/spotvane job run /root/{}.toml --manager-price {:.6f} "
      ">> /var/log/spotvane-job.log 2>&1\n"
      "shutdown -h now\n",
      file.manager_prelude, file.name, text, file.name, usd_per_hour);
}

/// What an hour of it costs, its volume included.
Result<double> hour_of_manager(const std::optional<Money>& on_demand,
                               const model::LaunchOrder& order) {
  return root_volume_usd_per_hour(order.setup, order.region)
      .map([&](double usd) { return usd + on_demand.value_or(Money{}).dollars(); })
      .map_error([](Error error) { return std::move(error).during("the manager's volume"); });
}

using Managers = std::vector<model::Instance>;

/// Those that are there already.
Result<void> check_alone(Environment& environment, Cloud& cloud, const model::Region& region,
                         const JobFile& file) {
  const auto found = await_answer<Managers>(environment.world, [&](On<Managers> on) {
    cloud.instances().describe_instances(
        region, {.tag_key = kManagerTag, .tag_values = {file.name}}, std::move(on));
  });
  if (!found) {
    return tl::unexpected(found.error());
  }
  const auto alive = std::find_if(found->begin(), found->end(), [](const auto& one) {
    return one.state == model::InstanceState::Pending || one.state == model::InstanceState::Running;
  });
  if (alive != found->end()) {
    return fail(ErrorKind::Busy, "instance '{}' is the manager of job '{}' already", alive->id,
                file.name);
  }
  return {};
}

}  // namespace

void JobLaunchManager::declare(Flags& flags, Settings& /*settings*/) {
  flags.positional("JOB", "the job's file, with '[manager]' (docs/fleet.md)", path_);
}

Result<ExitCode> JobLaunchManager::run(Environment& environment) {
  const auto job = read_runnable_job(environment.world, path_);
  if (!job) {
    return tl::unexpected(job.error());
  }
  const auto& file = job->file;
  model::LaunchOrder order{
      .region = model::Region{file.region},
      .type = model::InstanceType{file.manager_type},
      .image = model::ImageId{file.manager_image},
      .token = fmt::format("manager-{}-{:08x}", file.name,
                           static_cast<std::uint32_t>(environment.world.entropy())),
      .tags = {{"Type", "jobmanager-ondemand"}, {kManagerTag, file.name}},
      .is_on_demand = true,
      .setup = file.manager_setup};
  order.setup.is_monitored = true;
  if (order.type.empty()) {
    return fail(ErrorKind::InvalidInput, "'manager.type' is missing in the job's file");
  }
  const auto opened = open_home_and_cloud(environment, HomeUse::Shared);
  if (!opened) {
    return tl::unexpected(opened.error());
  }
  auto& cloud = *opened->cloud;
  if (order.region.empty()) {
    order.region = model::Region{cloud.access().region};
  }
  const auto catalogs = fresh_catalogs(environment, cloud, opened->home->state(), {order.region});
  if (!catalogs) {
    return tl::unexpected(catalogs.error());
  }
  const auto entry = catalogs->front().entry(order.type);
  const auto image = entry && order.image.empty() ? catalogs->front().image(order.type)
                                                  : Result<model::ImageId>{order.image};
  if (!entry || !image) {
    return tl::unexpected(!entry ? entry.error() : image.error());
  }
  order.image = *image;
  const auto usd_per_hour = hour_of_manager((*entry)->on_demand, order);
  if (!usd_per_hour) {
    return tl::unexpected(usd_per_hour.error());
  }
  order.setup.user_data = manager_script(file, job->text, *usd_per_hour);
  if (order.setup.user_data.size() > kMostManagerData) {
    return fail(ErrorKind::InvalidInput,
                "the job's file and the manager's prelude are more than 16 KB together");
  }
  if (auto alone = check_alone(environment, cloud, order.region, file); !alone) {
    return tl::unexpected(std::move(alone.error()));
  }
  const auto launched = await_answer<Managers>(environment.world, [&](On<Managers> on) {
    cloud.instances().run_instances(order, std::move(on));
  });
  if (!launched || launched->empty()) {
    auto error = launched ? Error{ErrorKind::Corrupt, "AWS named no instance"} : launched.error();
    return tl::unexpected(
        std::move(error).during(fmt::format("launch the manager of job '{}'", file.name)));
  }
  environment.show({.facts = {{"instance", launched->front().id.text()},
                              {"type", order.type.text()},
                              {"region", order.region.text()},
                              {"usd_per_hour", *usd_per_hour}},
                    .tables = {}});
  environment.console.say("it runs the job, and terminates once that is over");
  return ExitCode::Done;
}

}  // namespace spotvane::cli
