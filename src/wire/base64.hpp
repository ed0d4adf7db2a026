#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace spotvane::wire {

/// With '+' and '/', padded.
std::string to_base64(std::string_view bytes);

/// Reads padded and unpadded text, also with '-' and '_' and broken into lines; none where a
/// character is of another kind.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace spotvane::wire
