#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace spotvane::wire {

/// What is signed in place of the data. SNS's signature version 1 uses SHA-1, version 2 SHA-256.
enum class SignatureDigest : std::uint8_t { Sha1, Sha256 };

/// The raw bytes of an RSA signature (PKCS #1, version 1.5). Fails with `InvalidInput` where the
/// PEM text holds no private key.
Result<std::string> rsa_sign(std::string_view private_key_pem, std::string_view data,
                             SignatureDigest digest);

}  // namespace spotvane::wire
