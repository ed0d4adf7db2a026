#pragma once

#include "base/http_message.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <functional>

namespace spotvane {

/// How a server answers one request; a lab answers badly on purpose.
struct HttpReply {
  enum class Manner : std::uint8_t {
    Whole,      ///< as it should be
    Truncated,  ///< close in the middle of the body
    Reset,      ///< close without a byte
  };

  HttpResponse response;
  Duration delay{0};
  Manner manner = Manner::Whole;
};

/// Answers requests: the lab, the API, the dashboard. Knows nothing of sockets.
class HttpHandler {
 public:
  using Answer = std::function<void(HttpReply)>;

  virtual ~HttpHandler() = default;

  /// Calls `answer` exactly once, at once or later, on the loop's thread.
  virtual void handle(HttpRequest request, Answer answer) = 0;
};

}  // namespace spotvane
