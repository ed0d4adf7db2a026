#pragma once

#include "market/quota.hpp"
#include "market/work_queue.hpp"
#include "model/outcome.hpp"
#include "model/plan.hpp"
#include "ports/clock.hpp"
#include "ports/cloud.hpp"
#include "ports/state_store.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace spotvane::market {

/// An AWS account and the connections to it.
struct Account {
  model::CredentialName credential;  ///< whose quota it is, as the ledger calls it
  Ec2& ec2;
  PriceList& prices;
  Identity& identity;
};

/// How one planned query ended.
struct ScoreAnswer {
  model::ScoreQuery query;
  model::Outcome outcome = model::Outcome::Ok;
  std::string note = {};
  std::vector<model::PlacementScore> scores = {};
};

struct ScoreRoundResult {
  std::vector<ScoreAnswer> answers;
  std::size_t held_back = 0;  ///< not asked, since the quota has no room for them now
  std::vector<Quota> quotas;  ///< as they are afterwards
};

/// What the ledger says of a credential.
Result<Quota> load_quota(StateStore& state, const model::CredentialName& credential, TimePoint now);

/// How a request that failed counts.
model::Outcome outcome_of(const Error& error);

/// Asks a day's placement score queries once.
///
/// Every use is in the ledger before its call goes out; how it ended, and how many were accepted,
/// is added at the end of the round, a refusal at once. Queries that are live are asked at once;
/// then, for each credential, new ones one after the other, so that at most one is refused, and
/// none once the quota has no room. While the limit is unknown, none is opened after one that went
/// unanswered, or where no live one was answered: what may or may not count would pile up, and
/// nothing could be learned from the refusals that follow.
class ScoreRound : public std::enable_shared_from_this<ScoreRound> {
 public:
  using OnAnswer = std::function<void()>;

  struct Ports {
    const Clock& clock;
    StateStore& state;
    std::vector<Account> accounts;
  };

  ScoreRound(Ports ports, std::size_t concurrency)
      : ports_{std::move(ports)}, limit_{concurrency} {}

  /// Calls `on_answer` after each query and `on_done` at the end: from inside this call where there
  /// is nothing to ask. Neither is called once the round is gone. Fails with `Storage`.
  void run(const std::vector<model::PlannedQuery>& queries, OnAnswer on_answer,
           On<ScoreRoundResult> on_done);

  std::size_t asked() const { return asked_; }

 private:
  struct Lane {
    const Account* account;
    Quota quota;
    std::vector<model::PlannedQuery> fresh;
    std::size_t next_fresh = 0;
    std::size_t repeats_left = 0;
    bool is_answered = true;   // whether AWS says yes or no to this credential just now
    bool has_learned = false;  // that AWS accepts more than was known
  };

  Result<std::vector<WorkQueue::Task>> prepare(const std::vector<model::PlannedQuery>& queries);
  Result<void> record_repeats(const std::vector<std::pair<Lane*, model::ScoreQuery>>& repeats);
  void ask(Lane& lane, const model::ScoreQuery& query, WorkQueue::Done done);
  void ask_repeat(Lane& lane, const model::ScoreQuery& query, WorkQueue::Done done);
  void ask_next_fresh(Lane& lane, WorkQueue::Done done);
  void settle(Lane& lane, ScoreAnswer answer);
  void finish();

  Ports ports_;
  std::size_t limit_;
  OnAnswer on_answer_;
  On<ScoreRoundResult> on_done_;
  std::map<model::CredentialName, Lane> lanes_;
  std::unique_ptr<WorkQueue> queue_;
  std::size_t asked_ = 0;
  std::vector<model::LedgerEntry> ended_;  // uses whose outcomes are not in the ledger yet
  ScoreRoundResult result_;
  Result<void> trouble_ = {};
};

}  // namespace spotvane::market
