#pragma once

#include "adapters/aws/aws_configuration.hpp"
#include "adapters/aws/ini.hpp"
#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::adapters {

/// The profiles of ~/.aws/config and ~/.aws/credentials, each merged from both.
///
/// Where they disagree the credentials file is right.
class Profiles {
 public:
  /// Reads the files where they exist. Fails with `InvalidInput`.
  static Result<Profiles> load(const EnvironmentLookup& environment);

  bool contains(std::string_view profile) const { return profiles_.contains(profile); }
  std::vector<std::string> names() const;

  /// None where the profile, the key or a value is absent.
  std::optional<std::string> value(std::string_view profile, std::string_view key) const {
    return value_in(profiles_, profile, key);
  }

  /// Likewise, by one file alone.
  std::optional<std::string> config_value(std::string_view profile, std::string_view key) const {
    return value_in(config_, profile, key);
  }
  std::optional<std::string> credentials_value(std::string_view profile,
                                               std::string_view key) const {
    return value_in(credentials_, profile, key);
  }

  /// Whether there is a section "services `name`".
  bool has_services(std::string_view name) const { return services_.contains(name); }

  /// `key` of `service` in the section that the profile's "services" names.
  std::optional<std::string> service_value(std::string_view profile, std::string_view service,
                                           std::string_view key) const;

 private:
  static std::optional<std::string> value_in(const IniSections& profiles, std::string_view profile,
                                             std::string_view key);

  IniSections profiles_;     // merged
  IniSections config_;       // of ~/.aws/config
  IniSections credentials_;  // of ~/.aws/credentials
  IniSections services_;
};

/// How AWS's tools read a yes: "true", in letters of either case.
bool is_yes(const std::optional<std::string>& value);

}  // namespace spotvane::adapters
