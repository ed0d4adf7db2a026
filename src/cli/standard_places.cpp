// Where `Settings` are found, and what they are about, if nobody says.

#include "cli/settings.hpp"

#include <system_error>

namespace spotvane::cli {

std::optional<std::filesystem::path> find_configuration(const std::optional<std::string>& given,
                                                        const EnvironmentLookup& lookup) {
  if (given) {
    return *given;
  }
  if (const auto named = lookup("SPOTVANE_CONFIG"); named && !named->empty()) {
    return *named;
  }
  std::error_code ignored;
  if (std::filesystem::exists("spotvane.toml", ignored)) {
    return "spotvane.toml";
  }
  const auto folder = lookup("XDG_CONFIG_HOME");
  const auto home = lookup("HOME");
  const auto file =
      (folder && !folder->empty() ? std::filesystem::path{*folder}
                                  : std::filesystem::path{home.value_or("")} / ".config") /
      "spotvane" / "spotvane.toml";
  return std::filesystem::exists(file, ignored) ? std::optional{file} : std::nullopt;
}

std::filesystem::path default_home(const EnvironmentLookup& lookup) {
  const auto folder = lookup("XDG_DATA_HOME");
  if (folder && !folder->empty()) {
    return std::filesystem::path{*folder} / "spotvane";
  }
  return std::filesystem::path{lookup("HOME").value_or(".")} / ".local" / "share" / "spotvane";
}

}  // namespace spotvane::cli
