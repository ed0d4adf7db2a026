#pragma once

#include "ports/process_runner.hpp"
#include "ports/timers.hpp"

#include <functional>
#include <utility>
#include <vector>

namespace spotvane::support {

/// Programs that are one function, which ends a moment later.
class ScriptedProcesses final : public ProcessRunner {
 public:
  explicit ScriptedProcesses(Timers& timers) : timers_{timers} {}

  void run(ProcessCommand command, std::function<void(Result<ProcessExit>)> on_exit) override {
    commands.push_back(command);
    timers_.after(Duration{1}, [this, command = std::move(command), on_exit = std::move(on_exit)] {
      on_exit(script(command));
    });
  }

  std::function<Result<ProcessExit>(const ProcessCommand&)> script = [](const ProcessCommand&) {
    return ProcessExit{};
  };
  std::vector<ProcessCommand> commands;  ///< everything run so far

 private:
  Timers& timers_;
};

}  // namespace spotvane::support
