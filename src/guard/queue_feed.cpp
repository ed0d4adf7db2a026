#include "guard/queue_feed.hpp"

#include <algorithm>
#include <utility>

namespace spotvane::guard {

using namespace std::chrono_literals;

namespace {

constexpr int kMostAtWork = 100;
/// Longer than a message takes; a guard that died leaves its messages to others after that.
constexpr Duration kHidden = 60s;
constexpr Duration kLongestHidden = 2min;
constexpr Duration kLongestPause = 30s;

}  // namespace

QueueFeed::QueueFeed(Options options, Queues& queues, Guard& guard, Timers& timers,
                     std::function<void(const Error&)> on_trouble)
    : options_{std::move(options)},
      queues_{queues},
      guard_{guard},
      timers_{timers},
      on_trouble_{std::move(on_trouble)} {}

void QueueFeed::start() {
  receive();
}

void QueueFeed::receive() {
  if (is_stopped_) {
    return;
  }
  if (at_work_ >= kMostAtWork) {
    is_waiting_ = true;
    return;
  }
  is_receiving_ = true;
  queues_.receive(options_.queue_url, {.at_most = options_.wait, .hidden_for = kHidden},
                  [this](const Result<std::vector<QueueDelivery>>& messages) {
                    is_receiving_ = false;
                    take(messages);
                  });
}

void QueueFeed::take(const Result<std::vector<QueueDelivery>>& messages) {
  if (!messages) {
    if (failures_++ == 0) {
      on_trouble_(messages.error());
    }
    timers_.after(std::min<Duration>(1s * failures_, kLongestPause), [this] { receive(); });
    return;
  }
  failures_ = 0;
  times_empty_ += messages->empty() ? 1U : 0U;
  for (const auto& message : *messages) {
    work(message);
  }
  if (messages->empty() && options_.pause > Duration{0}) {
    timers_.after(options_.pause, [this] { receive(); });
    return;
  }
  receive();
}

void QueueFeed::work(const QueueDelivery& message) {
  ++at_work_;
  ++received_;
  guard_.handle(message.text, [this, message](const Result<void>& done) { finish(message, done); });
}

void QueueFeed::finish(const QueueDelivery& message, const Result<void>& done) {
  const auto over = [this](const Result<void>&) {
    --at_work_;
    if (std::exchange(is_waiting_, false)) {
      receive();
    }
  };
  // Neither a removal nor a return that fails does harm: the message comes again, and is known.
  if (done) {
    return queues_.remove(options_.queue_url, message.receipt, over);
  }
  queues_.hide(options_.queue_url, message.receipt,
               std::min<Duration>(2s * message.times_received, kLongestHidden), over);
}

}  // namespace spotvane::guard
