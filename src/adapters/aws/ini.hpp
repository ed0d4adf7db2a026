#pragma once

#include "base/result.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace spotvane::adapters {

/// The dialect of ~/.aws/config. Keys are lower case.
struct IniSection {
  std::map<std::string, std::string, std::less<>> values = {};
  /// The indented lines below a key without a value, as in "ec2 =" / "  endpoint_url = ...".
  std::map<std::string, std::map<std::string, std::string, std::less<>>, std::less<>> nested = {};
};

/// By name, white space made single and quotes dropped: `[profile  "x"]` is "profile x".
using IniSections = std::map<std::string, IniSection, std::less<>>;

/// Reads the text of the file called `name`. A section that occurs twice is one. A comment is a
/// line of its own or begins after a space.
///
/// Fails with `InvalidInput`, naming file and line but never quoting it: it may hold a secret.
Result<IniSections> parse_ini(std::string_view text, std::string_view name);

}  // namespace spotvane::adapters
