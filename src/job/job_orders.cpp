// How a running job launches and ends workers.

#include "job/job_run.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace spotvane::job {

namespace {

/// In one call.
constexpr int kMostLaunched = 100;
constexpr std::size_t kMostEnded = 100;
/// Whether AWS has said no, and nothing was launched: else it may have been.
bool is_refusal(ErrorKind kind) {
  constexpr std::array kRefusals{ErrorKind::NoCapacity, ErrorKind::QuotaExceeded,
                                 ErrorKind::Denied,     ErrorKind::InvalidInput,
                                 ErrorKind::NotFound,   ErrorKind::NotEnabled};
  return std::find(kRefusals.begin(), kRefusals.end(), kind) != kRefusals.end();
}

}  // namespace

/// What AWS never answered is asked again: the same order with the same token launches once.
void JobRun::resend(std::vector<std::int64_t> open) {
  if (open.empty()) {
    return end_workers();
  }
  const auto number = open.back();
  open.pop_back();
  using Launched = std::vector<model::Instance>;
  ports_.instances.run_instances(
      order_of(book_.spec(), book_.launches().at(number)),
      alive([number, open](JobRun& self, const Result<Launched>& launched) {
        if (launched) {
          self.book_.launched(number, *launched, self.now());
        } else if (is_refusal(launched.error().kind)) {
          self.book_.refused(number, launched.error(), self.now());
        } else {
          self.trouble(launched.error(), "launch workers");
        }
        if (!self.keep()) {
          return self.end_look();
        }
        self.resend(open);
      }));
}

/// Those to be ended, but for whom the engine lets finish something first.
std::vector<model::InstanceId> JobRun::to_end() const {
  auto all = book_.to_end();
  if (ports_.engine == nullptr) {
    return all;
  }
  std::set<model::InstanceId> held;
  for (const auto& [number, worker] : book_.workers()) {
    if (worker.ending && !worker.ended && ports_.engine->holds(worker)) {
      held.insert(worker.id);
    }
  }
  std::erase_if(all, [&](const model::InstanceId& one) { return held.contains(one); });
  return all;
}

void JobRun::end_workers() {
  const auto all = to_end();
  std::vector<std::vector<model::InstanceId>> batches;
  for (std::size_t i = 0; i < all.size(); i += kMostEnded) {
    batches.emplace_back(
        all.begin() + static_cast<std::ptrdiff_t>(i),
        all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), i + kMostEnded)));
  }
  end_next(std::move(batches));
}

void JobRun::end_next(std::vector<std::vector<model::InstanceId>> batches) {
  if (batches.empty()) {
    if (decision_.launches.empty()) {
      return close_if_over();
    }
    return launch_next();
  }
  auto batch = std::move(batches.back());
  batches.pop_back();
  const auto sent = now();
  ports_.instances.terminate_instances(
      book_.spec().region, batch,
      alive([batch, batches, sent](JobRun& self, const Result<void>& done) {
        if (done) {
          self.book_.terminated(batch, sent);
        } else if (done.error().kind == ErrorKind::NotFound && batch.size() > 1) {
          // One that AWS does not know yet spoils it for all.
          auto halves = batches;
          const auto middle = batch.begin() + static_cast<std::ptrdiff_t>(batch.size() / 2);
          halves.emplace_back(batch.begin(), middle);
          halves.emplace_back(middle, batch.end());
          return self.end_next(std::move(halves));
        } else {
          self.trouble(done.error(), "end workers");
        }
        self.end_next(batches);
      }));
}

void JobRun::launch_next() {
  while (order_ < decision_.launches.size()) {
    if (!turn_) {
      turn_.emplace(decision_.launches[order_]);
    }
    if (const auto batch = turn_->next()) {
      if (book_.is_closed(batch->pool, now())) {  // since it refused a batch of this very order
        turn_->launched(0);
        continue;
      }
      const auto room = book_.room();
      if (room <= 0) {
        book_.wait_for_room();
        break;
      }
      batch_left_ = std::min(batch->count, room);
      batch_realised_ = 0;
      return ask_for(batch->pool, std::min(batch_left_, kMostLaunched));
    }
    turn_.reset();
    ++order_;
  }
  decision_ = {};
  end_look();
}

void JobRun::ask_for(std::size_t shown, int count) {
  const auto launch = book_.intend(shown, count, decision_.launches[order_].reason, now()).number;
  if (!keep()) {
    decision_ = {};
    return end_look();
  }
  ports_.instances.run_instances(
      order_of(book_.spec(), book_.launches().at(launch)),
      alive([launch, count](JobRun& self, const Result<std::vector<model::Instance>>& launched) {
        self.hear(launch, count, launched);
      }));
}

void JobRun::hear(std::int64_t launch, int count,
                  const Result<std::vector<model::Instance>>& launched) {
  auto realised = count;  // where nobody knows it is asked again, and may yet come
  if (launched) {
    book_.launched(launch, *launched, now());
    realised = book_.launches().at(launch).realised;
  } else if (is_refusal(launched.error().kind)) {
    book_.refused(launch, launched.error(), now());
    realised = 0;
  } else {
    trouble(launched.error(), "launch workers");
  }
  if (!keep() || book_.is_winding_up()) {
    decision_ = {};
    return end_look();
  }
  batch_left_ -= count;
  batch_realised_ += realised;
  if (realised == count && batch_left_ > 0) {
    return ask_for(turn_->next()->pool, std::min(batch_left_, kMostLaunched));
  }
  turn_->launched(batch_realised_);
  launch_next();
}

}  // namespace spotvane::job
