#include "adapters/system/environment.hpp"

#include <cstdlib>

namespace spotvane::adapters {

std::optional<std::string> environment_variable(std::string_view name) {
  // Nobody in this process changes the environment.
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  const char* value = std::getenv(std::string{name}.c_str());
  return value != nullptr ? std::optional<std::string>{value} : std::nullopt;
}

}  // namespace spotvane::adapters
