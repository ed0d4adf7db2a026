#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::lab {

/// The account of the keys `test`/`test`.
inline constexpr std::string_view kDefaultAccount = "123456789012";

/// A pair of keys and whose they are.
struct Account {
  std::string id;  ///< twelve digits
  std::string user;
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token = {};         ///< empty: permanent keys
  std::optional<TimePoint> expires = {};  ///< of the session, by the wall's clock
  std::string role = {};                  ///< assumed, and `user` is the session's name; or none
};

/// Who may call the lab: `test`/`test`, and whoever is added or has assumed a role.
class Accounts {
 public:
  Accounts();

  /// Keys known already are replaced.
  void add(Account account);

  /// Forgets the roles whose time was over half a day ago; who still has their keys is told so
  /// until then.
  void forget_expired(TimePoint now);

  /// Null where nobody has such a key.
  const Account* find(std::string_view access_key_id) const;

 private:
  std::map<std::string, Account, std::less<>> by_key_;
};

/// Reads accounts in the form of an AWS credentials file; a section's name is the user's:
///   [alice]
///   aws_access_key_id = AKIDALICE
///   aws_secret_access_key = ...
///   aws_session_token = ...           (optional)
///   account = 210987654321            (optional: the default account)
///   expires = 2026-08-01T12:00:00Z    (optional)
/// Fails with `InvalidInput`, naming the line.
Result<std::vector<Account>> parse_accounts(std::string_view text);

}  // namespace spotvane::lab
