#include "market/ledger_names.hpp"

#include "base/split.hpp"

#include <algorithm>

namespace spotvane::market {

namespace {

// Lines "ledger 123456789012 default" and "profile 123456789012 default"; a profile's name may have
// blanks.
constexpr auto kLedgersNote = "ledgers";

}  // namespace

Result<LedgerNames> LedgerNames::load(StateStore& state) {
  const auto note = state.note(kLedgersNote);
  if (!note) {
    return tl::unexpected(note.error());
  }
  LedgerNames names;
  const auto text = note->value_or("");
  for (const auto line : split(text, '\n')) {
    const auto first = line.find(' ');
    const auto second = line.find(' ', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) {
      continue;
    }
    const std::string account{line.substr(first + 1, second - first - 1)};
    const std::string name{line.substr(second + 1)};
    if (line.starts_with("ledger ")) {
      names.ledgers_.emplace(account, name);
    } else {
      names.accounts_.emplace(name, account);
    }
  }
  return names;
}

Result<void> LedgerNames::save(StateStore& state) {
  if (!is_changed_) {
    return {};
  }
  std::string text;
  for (const auto& [account, ledger] : ledgers_) {
    text += fmt::format("ledger {} {}\n", account, ledger);
  }
  for (const auto& [profile, account] : accounts_) {
    text += fmt::format("profile {} {}\n", account, profile);
  }
  return state.save_note(kLedgersNote, text).map([&] { is_changed_ = false; });
}

model::CredentialName LedgerNames::meet(const std::string& profile, const std::string& account) {
  auto& known = accounts_[profile];
  if (known != account) {
    known = account;
    is_changed_ = true;
  }
  auto& ledger = ledgers_[account];
  if (ledger.empty()) {
    const bool is_taken = std::any_of(ledgers_.begin(), ledgers_.end(),
                                      [&](const auto& one) { return one.second == profile; });
    ledger = is_taken ? fmt::format("{}@{}", profile, account) : profile;
    is_changed_ = true;
  }
  return model::CredentialName{ledger};
}

model::CredentialName LedgerNames::of(const std::string& profile) const {
  const auto account = accounts_.find(profile);
  const auto ledger = account == accounts_.end() ? ledgers_.end() : ledgers_.find(account->second);
  return model::CredentialName{ledger == ledgers_.end() ? profile : ledger->second};
}

std::string LedgerNames::account_of(const model::CredentialName& ledger) const {
  const auto found = std::find_if(ledgers_.begin(), ledgers_.end(),
                                  [&](const auto& one) { return one.second == ledger.text(); });
  return found == ledgers_.end() ? std::string{} : found->first;
}

}  // namespace spotvane::market
