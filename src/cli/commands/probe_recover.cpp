#include "cli/commands/probe_recover.hpp"

#include "cli/probe_session.hpp"

namespace spotvane::cli {

void ProbeRecover::declare(Flags& /*flags*/, Settings& /*settings*/) {}

Result<ExitCode> ProbeRecover::run(Environment& environment) {
  auto session = ProbeSession::open(environment, {.insists = true});
  if (!session) {
    return tl::unexpected(std::move(session.error()));
  }
  const auto summary = (*session)->recover({});
  if (!summary) {
    return tl::unexpected(summary.error());
  }
  (*session)->archive();
  const auto code = say_recovered(environment.console, *summary);
  Words probes;
  for (const auto& probe : summary->probes) {
    probes.push_back(probe.text());
  }
  environment.show(
      {.facts = {{"regions_looked_through", static_cast<std::int64_t>(summary->regions)},
                 {"regions_not_seen", static_cast<std::int64_t>(summary->unseen.size())},
                 {"probes_ended", static_cast<std::int64_t>(summary->probes.size())},
                 {"probes", std::move(probes)},
                 {"left_in_aws", std::string{code == ExitCode::Done ? "nothing" : "unknown"}}}});
  return code;
}

}  // namespace spotvane::cli
