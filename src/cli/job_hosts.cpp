#include "cli/job_hosts.hpp"

#include "base/database_url.hpp"
#include "cli/await_answer.hpp"
#include "cli/cloud_session.hpp"

#include <algorithm>

namespace spotvane::cli {

namespace {

constexpr std::size_t kMostManagerData = 16U << 10U;

using Managers = std::vector<model::Instance>;

std::string in_single_quotes(std::string_view word) {
  std::string quoted = "'";
  for (const char letter : word) {
    quoted += letter == '\'' ? std::string{"'\\''"} : std::string{letter};
  }
  return quoted + "'";
}

std::string note_of_manager(const std::string& job) {
  return fmt::format("manager of job {}", job);
}

}  // namespace

Result<std::string> manager_user_data(const JobFile& file, const std::string& text,
                                      const ManagerPlace& place) {
  if (file.manager_image.empty() && file.manager_prelude.empty()) {
    return tl::unexpected(
        Error{ErrorKind::InvalidInput, "the manager could not start: nothing brings spotvane to it",
              "give in the job's '[manager]' an 'image' that has spotvane, or a 'prelude' that "
              "fetches it: \"aws s3 cp s3://mine/spotvane /usr/bin/ && chmod +x "
              "/usr/bin/spotvane\""});
  }
  if (place.state_url && has_password(*place.state_url)) {
    return tl::unexpected(
        Error{ErrorKind::InvalidInput,
              "the state database's address has a password, and what an instance is told can be "
              "read by others",
              "leave it out of the address, and let 'manager.prelude' fetch it: export "
              "PGPASSWORD=$(aws secretsmanager get-secret-value ...), or write ~/.pgpass"});
  }
  auto script = fmt::format(
      "#!/bin/sh\n"
      "export HOME=\"${{HOME:-/root}}\" AWS_REGION={}\n",
      place.region);
  if (place.state_url) {
    script += fmt::format("export SPOTVANE_STATE_URL={}\n", in_single_quotes(*place.state_url));
  }
  // What it says goes where cloud-init writes, and to the console.
  script += fmt::format(
      "{0}\ncat > \"$HOME/{1}.toml\" <<'END_OF_SPOTVANE_JOB'\n{2}\nEND_OF_SPOTVANE_JOB\n"
      "spotvane job run \"$HOME/{1}.toml\" --home \"$HOME/spotvane\" --manager-price {3:.6f}\n"
      "shutdown -h now\n",
      file.manager_prelude, file.name, text, place.usd_per_hour);
  if (script.size() > kMostManagerData) {
    return fail(ErrorKind::InvalidInput,
                "the job's file and the manager's prelude are more than 16 KB together");
  }
  return script;
}

Result<Managers> managers_of(World& world, Cloud& cloud, const model::Region& region,
                             const std::string& job) {
  auto found = await_answer<Managers>(world, [&](On<Managers> on) {
    cloud.instances().describe_instances(region, {.tag_key = kManagerTag, .tag_values = {job}},
                                         std::move(on));
  });
  if (found) {
    std::erase_if(*found, [](const auto& one) {
      return one.state != model::InstanceState::Pending &&
             one.state != model::InstanceState::Running;
    });
  }
  return found;
}

Result<void> note_manager(StateStore& state, const std::string& job, const model::Region& region) {
  return state.save_note(note_of_manager(job), region.text());
}

Result<std::optional<Error>> hosted_elsewhere(Environment& environment, StateStore& state,
                                              const std::string& job) {
  const auto noted = state.note(note_of_manager(job));
  if (!noted || !*noted || environment.settings.state_url) {
    return noted ? Result<std::optional<Error>>{} : tl::unexpected(noted.error());
  }
  const model::Region region{**noted};
  auto cloud = environment.world.connect(cloud_options(environment.settings));
  auto found =
      cloud ? managers_of(environment.world, **cloud, region, job) : tl::unexpected(cloud.error());
  if (!found) {
    return tl::unexpected(
        std::move(found.error()).during(fmt::format("look for the manager of job '{}'", job)));
  }
  if (found->empty()) {
    return std::nullopt;
  }
  const auto& id = found->front().id;
  return Error{
      ErrorKind::Busy,
      fmt::format("job '{}' is run by instance '{}' in '{}', and its state is there", job, id,
                  region),
      fmt::format("`aws ec2 get-console-output --latest --region {0} --instance-id {1}` shows what "
                  "it says, `sudo spotvane job stop {2} --home /root/spotvane` there ends the job; "
                  "with a state database that both share, `job status` and `job stop` work from "
                  "here (docs/shared-state.md)",
                  region, id, job)};
}

}  // namespace spotvane::cli
