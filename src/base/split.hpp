#pragma once

#include <string_view>
#include <vector>

namespace spotvane {

/// The parts of `text` between separators, empty ones too: one more than there are separators, but
/// none of an empty text. They live as long as it does.
std::vector<std::string_view> split(std::string_view text, char separator);

}  // namespace spotvane
