#pragma once

#include "guard/guard.hpp"
#include "ports/queues.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace spotvane::guard {

/// Hands a queue's messages to a guard: removes those it has done with, and has the others handed
/// out again after a while, until the queue itself sets them aside.
///
/// What it borrows must outlive it, and the loop must not run once it is gone.
class QueueFeed {
 public:
  struct Options {
    std::string queue_url;
    Duration wait = std::chrono::seconds{20};  ///< for a first message, at most 20 s
    Duration pause{0};                         ///< before it asks a queue again that had none
  };

  /// `on_trouble` hears why the queue cannot be read, once until it can be again.
  QueueFeed(Options options, Queues& queues, Guard& guard, Timers& timers,
            std::function<void(const Error&)> on_trouble);

  void start();
  /// Receives no more; what was received is still done.
  void stop() { is_stopped_ = true; }

  bool is_idle() const { return at_work_ == 0 && !is_receiving_; }
  std::uint64_t received() const { return received_; }
  /// How often it found nothing to receive.
  std::uint64_t times_empty() const { return times_empty_; }

 private:
  void receive();
  void take(const Result<std::vector<QueueDelivery>>& messages);
  void work(const QueueDelivery& message);
  void finish(const QueueDelivery& message, const Result<void>& done);

  Options options_;
  Queues& queues_;
  Guard& guard_;
  Timers& timers_;
  std::function<void(const Error&)> on_trouble_;
  bool is_stopped_ = false;
  bool is_receiving_ = false;
  bool is_waiting_ = false;  // for some of what is at work to be done
  int at_work_ = 0;
  int failures_ = 0;  // one after the other
  std::uint64_t received_ = 0;
  std::uint64_t times_empty_ = 0;
};

}  // namespace spotvane::guard
