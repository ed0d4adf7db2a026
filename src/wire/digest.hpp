#pragma once

#include <string>
#include <string_view>

namespace spotvane::wire {

/// Lower-case hex.
std::string sha256_hex(std::string_view data);

/// Lower-case hex; for checksums that AWS writes so, not for secrets.
std::string md5_hex(std::string_view data);

/// The 32 raw bytes.
std::string hmac_sha256(std::string_view key, std::string_view data);

/// Lower-case hex of raw bytes.
std::string to_hex(std::string_view bytes);

/// Compares without telling by its duration where the two differ.
bool equal_in_constant_time(std::string_view left, std::string_view right);

}  // namespace spotvane::wire
