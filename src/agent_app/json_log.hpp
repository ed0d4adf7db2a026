#pragma once

#include "agent/log.hpp"
#include "ports/clock.hpp"

#include <cstdio>

namespace spotvane::agent_app {

/// Writes each entry as one line of JSON.
class JsonLog final : public agent::Log {
 public:
  JsonLog(std::FILE* out, const Clock& clock) : out_{out}, clock_{clock} {}

  void write(agent::LogLevel level, std::string_view what, const agent::LogFields& fields) override;

 private:
  std::FILE* out_;
  const Clock& clock_;
};

}  // namespace spotvane::agent_app
