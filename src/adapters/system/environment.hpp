#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace spotvane::adapters {

/// The value of a variable of this process's environment; none where it is not set. Empty is set.
std::optional<std::string> environment_variable(std::string_view name);

}  // namespace spotvane::adapters
