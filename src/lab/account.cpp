#include "lab/account.hpp"

#include <algorithm>
#include <utility>

namespace spotvane::lab {

namespace {

std::string_view trimmed(std::string_view text) {
  constexpr auto kBlanks = " \t\r";
  const auto first = text.find_first_not_of(kBlanks);
  return first == std::string_view::npos
             ? std::string_view{}
             : text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

Result<void> set_member(Account& account, std::string_view name, std::string_view value) {
  if (name == "aws_access_key_id") {
    account.access_key_id = value;
  } else if (name == "aws_secret_access_key") {
    account.secret_access_key = value;
  } else if (name == "aws_session_token") {
    account.session_token = value;
  } else if (name == "account") {
    if (value.size() != 12 || value.find_first_not_of("0123456789") != std::string_view::npos) {
      return fail(ErrorKind::InvalidInput, "expected an account of twelve digits, got '{}'", value);
    }
    account.id = value;
  } else if (name == "expires") {
    const auto time = parse_time(value);
    if (!time) {
      return tl::unexpected(time.error());
    }
    account.expires = *time;
  } else {
    return fail(ErrorKind::InvalidInput, "unknown setting '{}'", name);
  }
  return {};
}

Result<void> check_keys(const std::vector<Account>& accounts) {
  for (const auto& account : accounts) {
    if (account.access_key_id.empty() || account.secret_access_key.empty()) {
      return fail(ErrorKind::InvalidInput,
                  "section '{}' lacks 'aws_access_key_id' or 'aws_secret_access_key'",
                  account.user);
    }
  }
  return {};
}

}  // namespace

Accounts::Accounts() {
  add({.id = std::string{kDefaultAccount},
       .user = "test",
       .access_key_id = "test",
       .secret_access_key = "test"});
}

void Accounts::add(Account account) {
  auto key = account.access_key_id;
  by_key_.insert_or_assign(std::move(key), std::move(account));
}

void Accounts::forget_expired(TimePoint now) {
  constexpr auto kRemembered = std::chrono::hours{12};
  std::erase_if(by_key_, [&](const auto& entry) {
    const auto& account = entry.second;
    return !account.role.empty() && account.expires && *account.expires + kRemembered < now;
  });
}

const Account* Accounts::find(std::string_view access_key_id) const {
  const auto found = by_key_.find(access_key_id);
  return found == by_key_.end() ? nullptr : &found->second;
}

Result<std::vector<Account>> parse_accounts(std::string_view text) {
  std::vector<Account> accounts;
  int number = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    if (line.empty() || line.front() == '#' || line.front() == ';') {
      continue;
    }
    if (line.front() == '[' && line.back() == ']') {
      accounts.push_back({.id = std::string{kDefaultAccount},
                          .user = std::string{trimmed(line.substr(1, line.size() - 2))},
                          .access_key_id = {},
                          .secret_access_key = {}});
      continue;
    }
    const auto equals = line.find('=');
    if (equals == std::string_view::npos || accounts.empty()) {
      // Not the line itself: it may hold a secret.
      return fail(ErrorKind::InvalidInput, "line {}: expected '[user]' and below it 'name = value'",
                  number);
    }
    auto set = set_member(accounts.back(), trimmed(line.substr(0, equals)),
                          trimmed(line.substr(equals + 1)));
    if (!set) {
      return tl::unexpected(std::move(set.error()).during(fmt::format("line {}", number)));
    }
  }
  if (auto checked = check_keys(accounts); !checked) {
    return tl::unexpected(checked.error());
  }
  return accounts;
}

}  // namespace spotvane::lab
