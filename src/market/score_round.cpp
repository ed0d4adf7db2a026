#include "market/score_round.hpp"

#include <algorithm>

namespace spotvane::market {

Result<Quota> load_quota(StateStore& state, const model::CredentialName& credential,
                         TimePoint now) {
  const auto learned = state.quota_limit(credential);
  if (!learned) {
    return tl::unexpected(learned.error());
  }
  const auto uses = state.uses_since(credential, now - kConfigurationLife - kQuotaSlack);
  if (!uses) {
    return tl::unexpected(uses.error());
  }
  return Quota{learned->value_or(model::QuotaLimit{.credential = credential}), *uses, now};
}

model::Outcome outcome_of(const Error& error) {
  switch (error.kind) {
    case ErrorKind::QuotaExceeded:
      return model::Outcome::Refused;
    case ErrorKind::Throttled:
      return model::Outcome::Throttled;
    case ErrorKind::NotEnabled:
      return model::Outcome::RegionNotEnabled;
    case ErrorKind::Denied:
      return model::Outcome::Denied;
    case ErrorKind::InvalidInput:
    case ErrorKind::NotFound:
    case ErrorKind::NoCapacity:
    case ErrorKind::Unavailable:
    case ErrorKind::Corrupt:
    case ErrorKind::Storage:
    case ErrorKind::Busy:
    case ErrorKind::Cancelled:
      break;
  }
  return model::Outcome::Error;
}

namespace {

/// Whether AWS has looked at the question: else nobody knows whether the configuration counts.
bool says_yes_or_no(model::Outcome outcome) {
  switch (outcome) {
    case model::Outcome::Ok:
    case model::Outcome::NoScore:
    case model::Outcome::Refused:
    case model::Outcome::RegionNotEnabled:
      return true;
    case model::Outcome::Throttled:
    case model::Outcome::Denied:
    case model::Outcome::Error:
      break;
  }
  return false;
}

}  // namespace

Result<void> ScoreRound::record_repeats(
    const std::vector<std::pair<Lane*, model::ScoreQuery>>& repeats) {
  std::vector<model::LedgerEntry> uses;
  for (const auto& [lane, query] : repeats) {
    uses.push_back(lane->quota.use(configuration_key(query), ports_.clock.now()));
  }
  return uses.empty() ? Result<void>{} : ports_.state.record_uses(uses);
}

Result<std::vector<WorkQueue::Task>> ScoreRound::prepare(
    const std::vector<model::PlannedQuery>& queries) {
  for (const auto& account : ports_.accounts) {
    auto quota = load_quota(ports_.state, account.credential, ports_.clock.now());
    if (!quota) {
      return tl::unexpected(std::move(quota.error()));
    }
    lanes_.emplace(account.credential, Lane{&account, std::move(*quota), {}});
  }
  std::vector<std::pair<Lane*, model::ScoreQuery>> repeats;
  for (const auto& planned : queries) {
    const auto found = lanes_.find(planned.credential);
    if (found == lanes_.end()) {  // planned for a credential that is no longer configured
      ++result_.held_back;
    } else if (found->second.quota.is_live(configuration_key(planned.query))) {
      repeats.emplace_back(&found->second, planned.query);
      ++found->second.repeats_left;
      found->second.is_answered = false;
    } else {
      found->second.fresh.push_back(planned);
    }
  }
  if (auto recorded = record_repeats(repeats); !recorded) {
    return tl::unexpected(std::move(recorded.error()));
  }

  std::vector<WorkQueue::Task> tasks;
  for (auto& entry : lanes_) {
    auto& lane = entry.second;
    if (lane.repeats_left == 0) {
      tasks.emplace_back(
          [this, &lane](WorkQueue::Done done) { ask_next_fresh(lane, std::move(done)); });
    }
  }
  for (auto& repeat : repeats) {
    tasks.emplace_back([this, repeat = std::move(repeat)](WorkQueue::Done done) {
      ask_repeat(*repeat.first, repeat.second, std::move(done));
    });
  }
  return tasks;
}

void ScoreRound::run(const std::vector<model::PlannedQuery>& queries, OnAnswer on_answer,
                     On<ScoreRoundResult> on_done) {
  on_answer_ = std::move(on_answer);
  on_done_ = std::move(on_done);
  queue_ = std::make_unique<WorkQueue>(limit_, [this] { finish(); });
  auto tasks = prepare(queries);
  if (!tasks) {
    trouble_ = tl::unexpected(std::move(tasks.error()));
  } else {
    for (auto& task : *tasks) {
      queue_->add(std::move(task));
    }
  }
  queue_->start();
}

void ScoreRound::ask(Lane& lane, const model::ScoreQuery& query, WorkQueue::Done done) {
  if (!trouble_) {
    done();
    return;
  }
  ++asked_;
  lane.account->ec2.get_spot_placement_scores(
      query, [weak = weak_from_this(), &lane, query,
              done = std::move(done)](Result<std::vector<model::PlacementScore>> scores) {
        const auto self = weak.lock();
        if (!self) {
          return;
        }
        ScoreAnswer answer{.query = query};
        if (!scores) {
          answer.outcome = outcome_of(scores.error());
          answer.note = scores.error().message;
        } else {
          answer.outcome = scores->empty() ? model::Outcome::NoScore : model::Outcome::Ok;
          answer.scores = std::move(*scores);
        }
        self->settle(lane, std::move(answer));
        self->on_answer_();
        done();
      });
}

/// The last of a lane's repeats goes on with what is new.
void ScoreRound::ask_repeat(Lane& lane, const model::ScoreQuery& query, WorkQueue::Done done) {
  ask(lane, query, [this, &lane, done = std::move(done)] {
    if (--lane.repeats_left == 0) {
      ask_next_fresh(lane, done);
    } else {
      done();
    }
  });
}

void ScoreRound::ask_next_fresh(Lane& lane, WorkQueue::Done done) {
  if (!trouble_ || lane.next_fresh == lane.fresh.size()) {
    done();
    return;
  }
  const bool is_blind = lane.quota.limit() == 0 && !lane.is_answered;
  if (lane.quota.room() == 0 || is_blind) {
    result_.held_back += lane.fresh.size() - lane.next_fresh;
    done();
    return;
  }
  const auto& query = lane.fresh[lane.next_fresh++].query;
  lane.is_answered = false;
  const auto use = lane.quota.use(configuration_key(query), ports_.clock.now());
  if (auto recorded = ports_.state.record_uses({use}); !recorded) {
    trouble_ = std::move(recorded);
    done();
    return;
  }
  ask(lane, query, [this, &lane, done = std::move(done)] { ask_next_fresh(lane, done); });
}

/// Learns from an answer what it says of the quota, and keeps it.
void ScoreRound::settle(Lane& lane, ScoreAnswer answer) {
  auto& state = ports_.state;
  Result<void> saved{};
  lane.is_answered = lane.is_answered || says_yes_or_no(answer.outcome);
  if (answer.outcome == model::Outcome::Refused) {
    const auto use = lane.quota.refused(configuration_key(answer.query), ports_.clock.now());
    saved = state.record_uses({use}).and_then(
        [&] { return state.save_quota_limit(lane.quota.learned()); });
  } else {
    if (auto use = lane.quota.ended(configuration_key(answer.query), answer.outcome)) {
      ended_.push_back(std::move(*use));
    }
    const bool is_accepted =
        answer.outcome == model::Outcome::Ok || answer.outcome == model::Outcome::NoScore;
    lane.has_learned = (is_accepted && lane.quota.accepted()) || lane.has_learned;
  }
  if (!saved && trouble_) {
    trouble_ = std::move(saved);
  }
  result_.answers.push_back(std::move(answer));
}

void ScoreRound::finish() {
  if (trouble_ && !ended_.empty()) {
    trouble_ = ports_.state.record_uses(ended_);
  }
  for (const auto& [credential, lane] : lanes_) {
    if (trouble_ && lane.has_learned) {
      trouble_ = ports_.state.save_quota_limit(lane.quota.learned());
    }
  }
  if (!trouble_) {
    on_done_(tl::unexpected(trouble_.error()));
    return;
  }
  for (const auto& [credential, lane] : lanes_) {
    result_.quotas.push_back(lane.quota);
  }
  on_done_(std::move(result_));
}

}  // namespace spotvane::market
