#pragma once

#include "base/http_message.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace spotvane::adapters {

/// Reads HTTP/1 requests out of the bytes one client sends, one after the other.
class RequestReader {
 public:
  struct Limits {
    std::size_t header_bytes = 16U << 10U;
    std::size_t body_bytes = 8U << 20U;
  };

  enum class Progress : std::uint8_t {
    NeedsMore,      ///< `append`, then ask again
    WantsContinue,  ///< the client waits for "100 Continue"; told once, then ask again
    Complete,       ///< `take` it
    Refused,        ///< answer `refusal` and close: the rest of the bytes cannot be made sense of
  };

  struct Incoming {
    HttpRequest request = {};
    bool keeps_alive = true;
    bool is_http_1_0 = false;
  };

  struct Refusal {
    int status = 400;
    std::string reason = {};
  };

  explicit RequestReader(Limits limits);
  ~RequestReader();

  void append(std::string_view bytes);
  Progress advance();

  /// The request just completed; what was sent after it stays for the next.
  Incoming take();

  const Refusal& refusal() const;

  /// Nothing of a next request has arrived.
  bool is_between_requests() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace spotvane::adapters
