#pragma once

#include "base/http_message.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace spotvane::adapters {

/// Reads one HTTP/1 answer out of the bytes a server sends.
class ResponseReader {
 public:
  enum class Progress : std::uint8_t { NeedsMore, Complete, Broken };

  ResponseReader(std::size_t body_bytes, bool is_to_head);
  ~ResponseReader();

  Progress append(std::string_view bytes);
  /// The server has closed: that may be the answer's end.
  Progress end();

  HttpResponse take();
  /// Whether the connection can be used again; bytes beyond the answer forbid it.
  bool keeps_alive() const;
  const std::string& trouble() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace spotvane::adapters
