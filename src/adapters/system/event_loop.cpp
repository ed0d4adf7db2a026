#include "adapters/system/event_loop.hpp"

#include "base/assert.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include <utility>

namespace spotvane::adapters {

namespace asio = boost::asio;

namespace {

// Timers on the loop's own executor type: a type-erased one costs an allocation a timer.
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>,
                                         asio::io_context::executor_type>;

struct SignalWatch {
  SignalWatch(asio::io_context& context, std::function<void(int)> on_signal)
      : set{context}, callback{std::move(on_signal)} {}

  void wait() {
    set.async_wait([this](const boost::system::error_code& error, int signal) noexcept {
      if (!error) {
        callback(signal);
        wait();
      }
    });
  }

  asio::basic_signal_set<asio::io_context::executor_type> set;
  std::function<void(int)> callback;
};

}  // namespace

struct EventLoop::Impl {
  asio::io_context context{1};  // one thread runs it
  std::vector<std::unique_ptr<SignalWatch>> signal_watches;
};

EventLoop::EventLoop() : impl_{std::make_unique<Impl>()} {}
EventLoop::~EventLoop() = default;

void EventLoop::after(Duration delay, std::function<void()> callback) {
  auto timer = std::make_unique<Timer>(impl_->context, delay);
  auto& waiting = *timer;
  waiting.async_wait([timer = std::move(timer), callback = std::move(callback)](
                         const boost::system::error_code& error) noexcept {
    if (!error) {
      callback();
    }
  });
}

void EventLoop::post(std::function<void()> callback) {
  asio::post(impl_->context, [callback = std::move(callback)]() noexcept { callback(); });
}

void EventLoop::on_signal(const std::vector<int>& signals, std::function<void(int)> callback) {
  auto& watch = *impl_->signal_watches.emplace_back(
      std::make_unique<SignalWatch>(impl_->context, std::move(callback)));
  for (const int signal : signals) {
    boost::system::error_code error;
    watch.set.add(signal, error);
    SPOTVANE_ASSERT(!error);  // only for numbers that are no signals
  }
  watch.wait();
}

void EventLoop::run() {
  const auto guard = asio::make_work_guard(impl_->context);
  impl_->context.restart();
  impl_->context.run();
}

bool EventLoop::run_until(const std::function<bool()>& is_done) {
  impl_->context.restart();
  bool done = is_done();
  while (!done && impl_->context.run_one() > 0) {
    done = is_done();
  }
  return done;
}

void EventLoop::poll() {
  impl_->context.restart();
  impl_->context.poll();
}

void EventLoop::stop() {
  impl_->context.stop();
}

asio::io_context& EventLoop::context() {
  return impl_->context;
}

}  // namespace spotvane::adapters
