#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace spotvane {

/// The word of `known` that `word` was most likely meant to be, by edit distance (insert, delete,
/// replace and swap of neighbours cost one each); none where nothing is near enough to suggest.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> known);

}  // namespace spotvane
