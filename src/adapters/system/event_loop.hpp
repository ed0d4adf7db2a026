#pragma once

#include "ports/timers.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace spotvane::adapters {

/// The real loop: runs timers, sockets and posted work, all on the thread that calls `run`.
///
/// A callback must not throw. What is still pending when the loop is destroyed never runs.
class EventLoop final : public Timers {
 public:
  EventLoop();
  ~EventLoop() override;
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  void after(Duration delay, std::function<void()> callback) override;

  /// Runs `callback` soon. May be called from any thread.
  void post(std::function<void()> callback);

  /// Calls back with the signal's number each time one of `signals` (SIGINT, SIGTERM) arrives, in
  /// place of what it would do to the process. A loop that waits for signals does not run dry.
  void on_signal(const std::vector<int>& signals, std::function<void(int)> callback);

  /// Runs until `stop`.
  void run();

  /// Runs until `is_done` says so, `stop`, or nothing is left that could happen; returns the last
  /// word of `is_done`, which is asked before the first event and after each.
  bool run_until(const std::function<bool()>& is_done);

  /// Runs what can happen now, without waiting.
  void poll();

  /// Makes `run` and `run_until` return after the current callback; a later `run` goes on.
  void stop();

  /// For adapters that wait for sockets.
  boost::asio::io_context& context();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace spotvane::adapters
