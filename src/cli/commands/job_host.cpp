#include "cli/commands/job_host.hpp"

#include "base/database_url.hpp"
#include "cli/await_answer.hpp"
#include "cli/cloud_session.hpp"
#include "cli/job_hosts.hpp"
#include "cli/job_setup.hpp"
#include "cli/known_work.hpp"
#include "cli/probe_pools.hpp"

namespace spotvane::cli {

namespace {

/// What an hour of it costs, its volume included.
Result<double> hour_of_manager(const std::optional<Money>& on_demand,
                               const model::LaunchOrder& order) {
  return root_volume_usd_per_hour(order.setup, order.region)
      .map([&](double usd) { return usd + on_demand.value_or(Money{}).dollars(); })
      .map_error([](Error error) { return std::move(error).during("the manager's volume"); });
}

using Launched = std::vector<model::Instance>;

/// That there is none yet.
Result<void> check_alone(Environment& environment, Cloud& cloud, const model::Region& region,
                         const JobFile& file) {
  const auto found = managers_of(environment.world, cloud, region, file.name);
  if (!found) {
    return tl::unexpected(found.error());
  }
  if (!found->empty()) {
    return fail(ErrorKind::Busy, "instance '{}' is the manager of job '{}' already",
                found->front().id, file.name);
  }
  return {};
}

/// That the manager will know enough of the job's work to begin, by what it then has.
Result<void> check_is_known(Environment& environment, StateStore& state, JobFile file) {
  if (environment.settings.state_url) {
    if (auto settled = settle_work(state.performance(), file); !settled) {
      return tl::unexpected(std::move(settled.error()));
    }
    const auto known = known_work(state.performance(), workload_of(file));
    if (known && known->rates.empty() && file.performance.empty() && !file.calibrate) {
      return tl::unexpected(no_throughput(state.performance(), file));
    }
    return {};
  }
  const auto* missing = !file.tasks                                   ? "'tasks'"
                        : file.performance.empty() && !file.calibrate ? "'[performance]'"
                                                                      : nullptr;
  if (missing == nullptr) {
    return {};
  }
  return tl::unexpected(Error{
      ErrorKind::InvalidInput,
      fmt::format("the manager could not begin the job: its home begins empty, and {} is missing",
                  missing),
      "give it in the job's file (or `calibrate = true`, to measure), or let both share a state "
      "database (docs/shared-state.md)"});
}

/// Of what only the user knows whether it is there.
void say_what_it_needs(Environment& environment, const JobFile& file) {
  auto& console = environment.console;
  console.say("it runs the job, and terminates once that is over");
  if (file.manager_setup.instance_profile.empty()) {
    console.warn(
        "warning: without 'manager.instance_profile' it has no AWS credentials but those that its "
        "image or prelude bring");
  }
  if (const auto& url = environment.settings.state_url) {
    console.say(fmt::format(
        "its state is in '{}', where `spotvane job status {}` finds it; a password for it, where "
        "one is needed, its image or prelude must bring",
        hide_password(*url), file.name));
  } else {
    console.say(
        "its state is on it alone: from elsewhere, `spotvane job status` and `job stop` can only "
        "say where it runs, unless both share a state database (docs/shared-state.md)");
  }
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
  if (auto good = check_is_known(environment, opened->home->state(), file); !good) {
    return tl::unexpected(std::move(good.error()));
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
  const auto& state_url = environment.settings.state_url;
  auto user_data = manager_user_data(file, job->text, {order.region, state_url, *usd_per_hour});
  if (!user_data) {
    return tl::unexpected(std::move(user_data.error()));
  }
  order.setup.user_data = *std::move(user_data);
  if (auto alone = check_alone(environment, cloud, order.region, file); !alone) {
    return tl::unexpected(std::move(alone.error()));
  }
  const auto launched = await_answer<Launched>(environment.world, [&](On<Launched> on) {
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
  say_what_it_needs(environment, file);
  return note_manager(opened->home->state(), file.name, order.region).map([] {
    return ExitCode::Done;
  });
}

}  // namespace spotvane::cli
