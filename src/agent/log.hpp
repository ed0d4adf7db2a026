#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spotvane::agent {

enum class LogLevel : std::uint8_t { Info, Warning, Error };

using LogFields = std::vector<std::pair<std::string, std::string>>;

/// Where the agent says what it does.
class Log {
 public:
  virtual ~Log() = default;
  /// `what` is a short name of what happened, the same each time: "notice".
  virtual void write(LogLevel level, std::string_view what, const LogFields& fields) = 0;
};

}  // namespace spotvane::agent
