#include "adapters/aws/profiles.hpp"

#include "adapters/aws/text_file.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace spotvane::adapters {

namespace {

/// The file that `variable` names, or that of ~/.aws; empty without a home.
std::filesystem::path file_path(const EnvironmentLookup& environment, std::string_view variable,
                                std::string_view usual_name) {
  const auto home = environment("HOME").value_or("");
  const auto named = environment(variable).value_or("");
  if (!named.empty()) {
    return named.starts_with("~/") ? std::filesystem::path{home} / named.substr(2)
                                   : std::filesystem::path{named};
  }
  return home.empty() ? std::filesystem::path{} : std::filesystem::path{home} / ".aws" / usual_name;
}

Result<IniSections> read_file(const std::filesystem::path& path) {
  std::error_code error;
  if (path.empty() || !std::filesystem::exists(path, error)) {
    return IniSections{};
  }
  const auto text = read_text_file(path);
  return text ? parse_ini(*text, path.string()) : tl::unexpected(text.error());
}

void merge(IniSection& into, const IniSection& from) {
  for (const auto& [key, value] : from.values) {
    into.values[key] = value;
  }
  for (const auto& [key, values] : from.nested) {
    into.nested[key] = values;
  }
}

}  // namespace

Result<Profiles> Profiles::load(const EnvironmentLookup& environment) {
  const auto config = read_file(file_path(environment, "AWS_CONFIG_FILE", "config"));
  if (!config) {
    return tl::unexpected(config.error());
  }
  const auto credentials =
      read_file(file_path(environment, "AWS_SHARED_CREDENTIALS_FILE", "credentials"));
  if (!credentials) {
    return tl::unexpected(credentials.error());
  }

  constexpr std::string_view kProfile = "profile ";
  constexpr std::string_view kServices = "services ";
  Profiles profiles;
  // "[default]" sorts before "[profile default]", which therefore wins, as in AWS's own tools.
  for (const auto& [name, section] : *config) {
    if (name == "default") {
      merge(profiles.config_[name], section);
    } else if (name.starts_with(kProfile)) {
      merge(profiles.config_[name.substr(kProfile.size())], section);
    } else if (name.starts_with(kServices)) {
      profiles.services_[name.substr(kServices.size())] = section;
    }
  }
  profiles.credentials_ = *credentials;
  profiles.profiles_ = profiles.config_;
  for (const auto& [name, section] : *credentials) {
    merge(profiles.profiles_[name], section);
  }
  return profiles;
}

std::vector<std::string> Profiles::names() const {
  std::vector<std::string> names;
  for (const auto& [name, section] : profiles_) {
    names.push_back(name);
  }
  return names;
}

std::optional<std::string> Profiles::value_in(const IniSections& profiles, std::string_view profile,
                                              std::string_view key) {
  const auto section = profiles.find(profile);
  if (section == profiles.end()) {
    return std::nullopt;
  }
  const auto found = section->second.values.find(key);
  return found == section->second.values.end() || found->second.empty()
             ? std::nullopt
             : std::optional{found->second};
}

std::optional<std::string> Profiles::service_value(std::string_view profile,
                                                   std::string_view service,
                                                   std::string_view key) const {
  const auto section = services_.find(value(profile, "services").value_or(""));
  if (section == services_.end()) {
    return std::nullopt;
  }
  const auto values = section->second.nested.find(service);
  if (values == section->second.nested.end()) {
    return std::nullopt;
  }
  const auto found = values->second.find(key);
  return found == values->second.end() ? std::nullopt : std::optional{found->second};
}

bool is_yes(const std::optional<std::string>& value) {
  constexpr std::string_view kTrue = "true";
  return value && std::equal(value->begin(), value->end(), kTrue.begin(), kTrue.end(),
                             [](char given, char wanted) { return (given | 0x20) == wanted; });
}

}  // namespace spotvane::adapters
