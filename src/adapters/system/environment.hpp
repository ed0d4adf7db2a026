#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::adapters {

/// The value of a variable of this process's environment; none where it is not set. Empty is set.
std::optional<std::string> environment_variable(std::string_view name);

/// The names of the variables that begin so, sorted.
std::vector<std::string> environment_names(std::string_view prefix);

}  // namespace spotvane::adapters
