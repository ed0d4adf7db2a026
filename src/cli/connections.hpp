#pragma once

#include "cli/command.hpp"
#include "market/score_round.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace spotvane::cli {

/// A profile of the AWS configuration to use.
struct ChosenProfile {
  std::string name;             ///< "default" where nothing names one
  bool is_chosen_here = false;  ///< by our settings; else the environment decides as AWS's tools do
};

/// The profiles that settings, AWS_PROFILE or nobody chose; at least one.
std::vector<ChosenProfile> chosen_profiles(Environment& environment);

/// The ledgers that the chosen profiles are charged to, by what AWS said of them; each once.
Result<std::vector<model::CredentialName>> chosen_ledgers(Environment& environment,
                                                          StateStore& state);

/// The accounts that the chosen profiles lead to, connected.
class Connections {
 public:
  /// Connects with each profile, in place of that of `options`, and asks who it is: that shows at
  /// once whether the keys are good, and a lab answers with its time. Of an account's profiles one
  /// is used. A profile that does not work is said, and kept, as long as another one works. Fails
  /// as `World::connect` does, and as AWS does where none works.
  static Result<Connections> open(Environment& environment, StateStore& state,
                                  const CloudOptions& options,
                                  const std::vector<ChosenProfile>& profiles);

  /// That which worked first: its clock is the market's.
  Cloud& first() { return *clouds_[first_].cloud; }

  std::vector<market::Account> accounts();

 private:
  struct Connected {
    ChosenProfile profile;
    std::unique_ptr<Cloud> cloud;
    model::CredentialName ledger = {};
    bool is_used = false;  // else another profile of the account is
  };

  Result<void> settle(Environment& environment, StateStore& state,
                      const std::vector<Result<CallerIdentity>>& identities);

  std::vector<Connected> clouds_;
  std::size_t first_ = 0;
};

}  // namespace spotvane::cli
