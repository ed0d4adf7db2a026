#include "cli/commands/config_check.hpp"

namespace spotvane::cli {

Result<ExitCode> ConfigCheck::run(Environment& environment) {
  const auto& loaded = environment.loaded;
  for (const auto& mistake : loaded.mistakes) {
    environment.console.warn(fmt::format("error: {}", describe(mistake, loaded)));
  }
  Table settings{.name = "settings", .columns = {{"setting"}, {"variable"}, {"meaning"}}};
  for (const auto& setting : setting_names()) {
    settings.rows.push_back({setting.name, setting.variable, setting.meaning});
  }
  environment.show(
      {.facts = {{"file", loaded.file ? Value{loaded.file->string()} : Value{std::string{"none"}}},
                 {"home", environment.settings.home.string()},
                 {"mistakes", static_cast<std::int64_t>(loaded.mistakes.size())}},
       .tables = {std::move(settings)}});
  return loaded.mistakes.empty() ? ExitCode::Done : ExitCode::BadUsage;
}

}  // namespace spotvane::cli
