#include "cli/connections.hpp"

#include "cli/await_answer.hpp"
#include "market/ledger_names.hpp"

#include <algorithm>
#include <set>

namespace spotvane::cli {

namespace {

using Answers = std::vector<std::optional<Result<CallerIdentity>>>;

bool are_all_there(const Answers& answers) {
  return std::all_of(answers.begin(), answers.end(),
                     [](const auto& answer) { return answer.has_value(); });
}

}  // namespace

std::vector<ChosenProfile> chosen_profiles(Environment& environment) {
  std::vector<ChosenProfile> profiles;
  for (const auto& name : environment.settings.aws_profiles) {
    profiles.push_back({name, true});
  }
  for (const auto* variable : {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"}) {
    auto named = environment.world.environment(variable);
    if (profiles.empty() && named && !named->empty()) {
      profiles.push_back({*std::move(named)});
    }
  }
  if (profiles.empty()) {
    profiles.push_back({"default"});
  }
  return profiles;
}

Result<std::vector<model::CredentialName>> chosen_ledgers(Environment& environment,
                                                          StateStore& state) {
  return market::LedgerNames::load(state).map([&](const market::LedgerNames& names) {
    std::vector<model::CredentialName> ledgers;
    for (const auto& profile : chosen_profiles(environment)) {
      auto ledger = names.of(profile.name);
      if (std::find(ledgers.begin(), ledgers.end(), ledger) == ledgers.end()) {
        ledgers.push_back(std::move(ledger));
      }
    }
    return ledgers;
  });
}

Result<Connections> Connections::open(Environment& environment, StateStore& state,
                                      const CloudOptions& options,
                                      const std::vector<ChosenProfile>& profiles) {
  Connections connections;
  for (const auto& profile : profiles) {
    auto own = options;
    own.profile = profile.is_chosen_here ? std::optional{profile.name} : std::nullopt;
    auto cloud = environment.world.connect(own);
    if (!cloud) {
      return tl::unexpected(std::move(cloud.error()));
    }
    connections.clouds_.push_back({profile, std::move(*cloud)});
  }
  // Shared: answers may still come after the user has stopped waiting for them.
  const auto answers = std::make_shared<Answers>(profiles.size());
  for (std::size_t i = 0; i < profiles.size(); ++i) {
    connections.clouds_[i].cloud->identity().get_caller_identity(
        [answers, i](Result<CallerIdentity> identity) { (*answers)[i] = std::move(identity); });
  }
  environment.world.run_until(
      [&] { return are_all_there(*answers) || environment.world.interrupts() > 0; });
  if (!are_all_there(*answers)) {
    return fail(ErrorKind::Cancelled, "stopped before there was an answer");
  }
  std::vector<Result<CallerIdentity>> identities;
  for (auto& answer : *answers) {
    identities.push_back(std::move(*answer));
  }
  return connections.settle(environment, state, identities).map([&] {
    return std::move(connections);
  });
}

/// Finds each profile's ledger, and leaves out the profiles of accounts that another one leads to.
Result<void> Connections::settle(Environment& environment, StateStore& state,
                                 const std::vector<Result<CallerIdentity>>& identities) {
  auto names = market::LedgerNames::load(state);
  if (!names) {
    return tl::unexpected(names.error());
  }
  const auto first = std::find_if(identities.begin(), identities.end(),
                                  [](const auto& one) { return one.has_value(); });
  if (first == identities.end()) {
    auto error = identities.front().error();
    return tl::unexpected(with_hint(std::move(error)).during("ask AWS who we are"));
  }
  std::set<model::CredentialName> ledgers;
  const auto use = [&](Connected& one, model::CredentialName ledger) {
    one.is_used = ledgers.insert(ledger).second;
    one.ledger = std::move(ledger);
    if (!one.is_used) {
      environment.console.warn(fmt::format(
          "warning: profile '{}' is left out: AWS counts its account's queries together with "
          "those of another profile in use",
          one.profile.name));
    }
  };
  first_ = static_cast<std::size_t>(std::distance(identities.begin(), first));
  for (std::size_t i = 0; i < clouds_.size(); ++i) {
    if (identities[i]) {
      use(clouds_[i], names->meet(clouds_[i].profile.name, identities[i]->account));
    }
  }
  for (std::size_t i = 0; i < clouds_.size(); ++i) {
    if (!identities[i]) {
      environment.console.warn(
          fmt::format("warning: profile '{}' does not work, others go on without it: {}",
                      clouds_[i].profile.name, identities[i].error().message));
      use(clouds_[i], names->of(clouds_[i].profile.name));
    }
  }
  return names->save(state);
}

std::vector<market::Account> Connections::accounts() {
  std::vector<market::Account> accounts;
  for (auto& one : clouds_) {
    if (one.is_used) {
      accounts.push_back(
          {one.ledger, one.cloud->ec2(), one.cloud->price_list(), one.cloud->identity()});
    }
  }
  return accounts;
}

}  // namespace spotvane::cli
