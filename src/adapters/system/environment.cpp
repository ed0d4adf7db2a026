#include "adapters/system/environment.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace spotvane::adapters {

std::optional<std::string> environment_variable(std::string_view name) {
  // Nobody in this process changes the environment.
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  const char* value = std::getenv(std::string{name}.c_str());
  return value != nullptr ? std::optional<std::string>{value} : std::nullopt;
}

std::vector<std::string> environment_names(std::string_view prefix) {
  std::vector<std::string> names;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text{*variable};
    if (text.starts_with(prefix)) {
      names.emplace_back(text.substr(0, text.find('=')));
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace spotvane::adapters
