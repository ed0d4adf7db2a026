// Which of several credentials work in a cycle, and which of them reads what is not anybody's own.

#include "market/collection_cycle.hpp"

#include <algorithm>

namespace spotvane::market {

/// A question that needs no permission, so that only bad keys are denied an answer.
void CollectionCycle::try_credentials() {
  has_worked_.assign(ports_.accounts.size(), false);
  queue_ = std::make_unique<WorkQueue>(options_.concurrency, [this] { choose_reader(); });
  for (std::size_t i = 0; i < ports_.accounts.size(); ++i) {
    add_task([this, i](WorkQueue::Done done) {
      ports_.accounts[i].identity.get_caller_identity(
          [weak = weak_from_this(), i,
           done = std::move(done)](const Result<CallerIdentity>& identity) {
            if (const auto self = weak.lock(); self && !self->is_over_) {
              self->hear_credential(i, identity);
              done();
            }
          });
    });
  }
  queue_->start();
}

void CollectionCycle::hear_credential(std::size_t account, const Result<CallerIdentity>& identity) {
  const auto& name = ports_.accounts[account].credential;
  has_worked_[account] = identity.has_value();
  if (identity) {
    note_outcome("credential", name.text(), model::Outcome::Ok);
  } else {
    const auto outcome = outcome_of(identity.error());
    note_outcome("credential", name.text(), outcome, identity.error().message);
    if (outcome == model::Outcome::Denied) {
      denied_.emplace(name, identity.error().message);
    }
  }
  note_progress();
}

void CollectionCycle::choose_reader() {
  const auto first = std::find(has_worked_.begin(), has_worked_.end(), true);
  reader_ = first == has_worked_.end()
                ? 0
                : static_cast<std::size_t>(std::distance(has_worked_.begin(), first));
  if (memory_.reader != reader().credential) {
    memory_.reader = reader().credential;
    memory_.zones_read.clear();
    memory_.picture.forget_zones();
  }
  find_regions();
}

std::vector<Account> CollectionCycle::working_accounts() const {
  std::vector<Account> accounts;
  std::copy_if(ports_.accounts.begin(), ports_.accounts.end(), std::back_inserter(accounts),
               [&](const Account& account) { return !denied_.contains(account.credential); });
  return accounts;
}

}  // namespace spotvane::market
