#include "wire/percent.hpp"

#include <algorithm>

namespace spotvane::wire {

namespace {

bool is_unreserved(char letter) {
  return (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z') ||
         (letter >= '0' && letter <= '9') || letter == '-' || letter == '_' || letter == '.' ||
         letter == '~';
}

std::string encode(std::string_view text, bool keeps_slash) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto stays = [&](char letter) {
    return is_unreserved(letter) || (keeps_slash && letter == '/');
  };
  std::string encoded;
  encoded.reserve(text.size());
  while (!text.empty()) {
    const auto change = std::find_if_not(text.begin(), text.end(), stays);
    encoded.append(text.begin(), change);
    text.remove_prefix(static_cast<std::size_t>(change - text.begin()));
    if (!text.empty()) {
      const auto byte = static_cast<unsigned char>(text.front());
      encoded += {'%', kDigits[byte >> 4U], kDigits[byte & 0xFU]};
      text.remove_prefix(1);
    }
  }
  return encoded;
}

/// The value of a hex digit, or -1.
int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') {
    return digit - '0';
  }
  if (digit >= 'a' && digit <= 'f') {
    return digit - 'a' + 10;
  }
  return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

}  // namespace

std::string percent_encode(std::string_view text) {
  return encode(text, false);
}

std::string percent_encode_path(std::string_view path) {
  return encode(path, true);
}

std::string percent_decode(std::string_view text, Plus plus) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
    if (low >= 0) {
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      decoded += text[i] == '+' && plus == Plus::Space ? ' ' : text[i];
    }
  }
  return decoded;
}

}  // namespace spotvane::wire
