#pragma once

#include <cstdint>

namespace spotvane::cli {

/// What the shell is told. `Failed` and `BadUsage` come with an error; the rest is a command's own
/// word.
enum class ExitCode : std::uint8_t {
  Done = 0,
  Failed = 1,
  BadUsage = 2,  ///< wrong options or configuration
  Partly = 3,    ///< some of it is done; the rest was named on stderr
};

}  // namespace spotvane::cli
