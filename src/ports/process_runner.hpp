#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace spotvane {

/// A program to run, and how long and how talkative it may get before it is given up.
struct ProcessCommand {
  std::vector<std::string> words;  ///< the program, looked for in PATH, and its arguments
  Duration timeout = std::chrono::minutes{1};
  std::size_t output_bytes = 64U << 10U;
  std::optional<std::string> input = {};  ///< on its standard input; none: it has ours
  /// Name and value of variables it finds in its environment besides ours, or in their place.
  std::vector<std::pair<std::string, std::string>> environment = {};
};

/// How a program ended.
struct ProcessExit {
  int status = 0;           ///< of exit; 128 and the signal's number where one ended it
  std::string output = {};  ///< all it wrote to standard output
};

/// Runs other programs, without a shell.
///
/// They have our standard error and, but for what is given them, our standard input: what they ask
/// or say reaches the user as it is.
class ProcessRunner {
 public:
  virtual ~ProcessRunner() = default;

  /// Any end of the program is a success, whatever its status. Fails with `NotFound` where there is
  /// no such program, with `Denied` where it may not be run, with `Unavailable` where it took too
  /// long, and with `Corrupt` where it wrote too much; errors never quote what it wrote.
  /// Calls back exactly once, never from inside `run`.
  virtual void run(ProcessCommand command, std::function<void(Result<ProcessExit>)> on_exit) = 0;
};

}  // namespace spotvane
