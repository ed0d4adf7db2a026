#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace spotvane::wire {

/// RFC 3986 as AWS wants it: everything but A-Z a-z 0-9 - _ . ~ becomes %XX, in upper case.
std::string percent_encode(std::string_view text);

/// The same, except that '/' stays.
std::string percent_encode_path(std::string_view path);

/// What '+' stands for: itself in a path, a space in a form.
enum class Plus : std::uint8_t { Literal, Space };

/// Undoes %XX. A '%' that two hex digits do not follow stands for itself.
std::string percent_decode(std::string_view text, Plus plus);

}  // namespace spotvane::wire
