#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace spotvane::adapters {

/// Cuts a command into words as a POSIX shell would, by blanks, quotes and backslashes alone:
/// nothing is expanded. Fails with `InvalidInput` where a quote is not closed; never quotes the
/// command, which may hold a secret.
Result<std::vector<std::string>> command_words(std::string_view command);

}  // namespace spotvane::adapters
