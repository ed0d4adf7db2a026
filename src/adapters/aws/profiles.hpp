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
class Profiles {
 public:
  /// Reads the files where they exist. Fails with `InvalidInput`.
  static Result<Profiles> load(const EnvironmentLookup& environment);

  bool contains(std::string_view profile) const { return profiles_.contains(profile); }
  std::vector<std::string> names() const;

  /// None where the profile, the key or a value is absent.
  std::optional<std::string> value(std::string_view profile, std::string_view key) const;

  /// `key` of `service` in the section that the profile's "services" names.
  std::optional<std::string> service_value(std::string_view profile, std::string_view service,
                                           std::string_view key) const;

 private:
  IniSections profiles_;
  IniSections services_;
};

}  // namespace spotvane::adapters
