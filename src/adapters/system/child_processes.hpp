#pragma once

#include "adapters/system/event_loop.hpp"
#include "ports/process_runner.hpp"

namespace spotvane::adapters {

/// Runs programs as children of this process; waits for them on the loop.
///
/// The loop must outlive it and must not run once it is gone.
class ChildProcesses final : public ProcessRunner {
 public:
  explicit ChildProcesses(EventLoop& loop) : loop_{loop} {}

  void run(ProcessCommand command, std::function<void(Result<ProcessExit>)> on_exit) override;

 private:
  EventLoop& loop_;
};

}  // namespace spotvane::adapters
