#include "agent_app/json_log.hpp"

#include "base/time.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace spotvane::agent_app {

namespace {

const char* name_of(agent::LogLevel level) {
  switch (level) {
    case agent::LogLevel::Info:
      return "info";
    case agent::LogLevel::Warning:
      return "warning";
    case agent::LogLevel::Error:
      return "error";
  }
  return "";
}

}  // namespace

void JsonLog::write(agent::LogLevel level, std::string_view what, const agent::LogFields& fields) {
  nlohmann::ordered_json line{
      {"at", to_iso8601(clock_.now())}, {"level", name_of(level)}, {"what", what}};
  for (const auto& [name, value] : fields) {
    if (!value.empty()) {
      line[name] = value;
    }
  }
  fmt::print(out_, "{}\n",
             line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  std::fflush(out_);
}

}  // namespace spotvane::agent_app
