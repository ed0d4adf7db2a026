#include "lab/gunzip.hpp"

#include <zlib.h>

#include <array>

namespace spotvane::lab {

std::optional<std::string> gunzip(std::string_view compressed) {
  constexpr std::size_t kMostInflated = 64U << 20U;
  constexpr int kGzip = 16 + MAX_WBITS;
  z_stream stream{};
  if (inflateInit2(&stream, kGzip) != Z_OK) {
    return std::nullopt;
  }
  std::string bytes{compressed};  // zlib's input is not const
  stream.next_in = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string text;
  std::array<char, 16U << 10U> piece{};
  int state = Z_OK;
  while (state == Z_OK && text.size() <= kMostInflated) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    state = inflate(&stream, Z_NO_FLUSH);
    text.append(piece.data(), piece.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  return state == Z_STREAM_END ? std::optional{std::move(text)} : std::nullopt;
}

std::optional<std::string> plain_body(const HttpRequest& request) {
  const auto* encoding = find_header(request.headers, "content-encoding");
  return encoding != nullptr && *encoding == "gzip" ? gunzip(request.body)
                                                    : std::optional{request.body};
}

}  // namespace spotvane::lab
