#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <utility>

namespace spotvane::market {

/// Runs tasks that take their time, a limited number at once, and says when all are done.
///
/// A task calls its `done` exactly once, at any time, as its last act: the queue may be gone
/// afterwards. Must outlive its tasks.
class WorkQueue {
 public:
  using Done = std::function<void()>;
  using Task = std::function<void(Done)>;

  WorkQueue(std::size_t limit, Done on_all_done)
      : limit_{limit}, on_all_done_{std::move(on_all_done)} {}

  /// Tasks may be added while others run; they run once `start` was called.
  void add(Task task) { waiting_.push_back(std::move(task)); }

  void start() {
    is_starting_ = true;
    while (!waiting_.empty() && running_ < limit_) {
      auto task = std::move(waiting_.front());
      waiting_.pop_front();
      ++running_;
      task([this] { finish_one(); });
    }
    is_starting_ = false;
    if (running_ == 0 && waiting_.empty()) {
      const auto on_all_done = std::move(on_all_done_);
      on_all_done();
    }
  }

 private:
  void finish_one() {
    --running_;
    if (!is_starting_) {
      start();
    }
  }

  std::size_t limit_;
  Done on_all_done_;
  std::size_t running_ = 0;
  bool is_starting_ = false;
  std::deque<Task> waiting_;
};

}  // namespace spotvane::market
