#pragma once

#include "model/plan.hpp"
#include "ports/state_store.hpp"

#include <map>
#include <string>

namespace spotvane::market {

/// Which ledger each AWS profile is charged to.
///
/// AWS counts configurations by account. So every account has one ledger, whichever profiles lead
/// to it, and the ledger bears the name of the profile that led to it first. A profile that leads
/// to another account one day leaves the old account's ledger as it is.
class LedgerNames {
 public:
  /// What earlier runs learned. Fails with `Storage`.
  static Result<LedgerNames> load(StateStore& state);

  /// Keeps what was learned since, if anything was.
  Result<void> save(StateStore& state);

  /// AWS says that the profile leads to the account; the name of the account's ledger.
  model::CredentialName meet(const std::string& profile, const std::string& account);

  /// The profile's ledger, by what AWS said last; the profile's own name where it never said.
  model::CredentialName of(const std::string& profile) const;

  /// The account that the ledger is of; empty where AWS never said.
  std::string account_of(const model::CredentialName& ledger) const;

 private:
  bool is_changed_ = false;
  std::map<std::string, std::string> ledgers_;   // by account
  std::map<std::string, std::string> accounts_;  // by profile
};

}  // namespace spotvane::market
