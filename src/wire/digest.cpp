#include "wire/digest.hpp"

#include "base/assert.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace spotvane::wire {

namespace {

using Digest = std::array<unsigned char, 32>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string_view view_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

std::string sha256_hex(std::string_view data) {
  Digest digest{};
  const int done =
      EVP_Digest(data.data(), data.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  SPOTVANE_ASSERT(done == 1);
  return to_hex(view_of(digest));
}

std::string md5_hex(std::string_view data) {
  Digest digest{};
  unsigned int size = 0;
  const int done = EVP_Digest(data.data(), data.size(), digest.data(), &size, EVP_md5(), nullptr);
  SPOTVANE_ASSERT(done == 1);
  return to_hex(view_of(digest).substr(0, size));
}

std::string hmac_sha256(std::string_view key, std::string_view data) {
  Digest digest{};
  const auto* done = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(data),
                          data.size(), digest.data(), nullptr);
  SPOTVANE_ASSERT(done != nullptr);
  return std::string{view_of(digest)};
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const char letter : bytes) {
    const auto byte = static_cast<unsigned char>(letter);
    hex += kDigits[byte >> 4U];
    hex += kDigits[byte & 0xFU];
  }
  return hex;
}

bool equal_in_constant_time(std::string_view left, std::string_view right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace spotvane::wire
