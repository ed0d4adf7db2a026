#include "cli/commands/config_check.hpp"

#include "base/database_url.hpp"

#include <utility>

namespace spotvane::cli {

namespace {

/// Where the state is, and what is there; the password stays with us.
Result<std::pair<std::string, Value>> find_state(Environment& environment) {
  const auto& url = environment.settings.state_url;
  if (!url) {
    return std::pair{(environment.settings.home / "state.db").string(),
                     Value{std::string{"SQLite"}}};
  }
  return environment.world.describe_state(*url).map(
      [&](std::string found) { return std::pair{hide_password(*url), Value{std::move(found)}}; });
}

}  // namespace

Result<ExitCode> ConfigCheck::run(Environment& environment) {
  const auto& loaded = environment.loaded;
  for (const auto& mistake : loaded.mistakes) {
    environment.console.warn(fmt::format("error: {}", describe(mistake, loaded)));
  }
  Table settings{.name = "settings", .columns = {{"setting"}, {"variable"}, {"meaning"}}};
  for (const auto& setting : setting_names()) {
    settings.rows.push_back({setting.name, setting.variable, setting.meaning});
  }
  const auto state = find_state(environment);
  if (!state) {
    environment.console.error(state.error());
  }
  environment.show(
      {.facts = {{"file", loaded.file ? Value{loaded.file->string()} : Value{std::string{"none"}}},
                 {"home", environment.settings.home.string()},
                 {"state", state ? Value{state->first} : Value{}},
                 {"database", state ? state->second : Value{}},
                 {"mistakes", static_cast<std::int64_t>(loaded.mistakes.size())}},
       .tables = {std::move(settings)}});
  if (!loaded.mistakes.empty()) {
    return ExitCode::BadUsage;
  }
  return state ? ExitCode::Done : ExitCode::Failed;
}

}  // namespace spotvane::cli
