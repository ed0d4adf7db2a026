#pragma once

#include "base/http_message.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>

namespace spotvane {

/// How long and how large an exchange may get before it is given up.
struct HttpLimits {
  Duration connect_timeout = std::chrono::seconds{5};
  Duration idle_timeout = std::chrono::seconds{30};  ///< without a byte either way
  Duration whole_timeout = std::chrono::seconds{120};
  std::size_t body_bytes = 64U << 20U;
};

/// Sends HTTP requests, many at once, on the loop's thread.
class HttpTransport {
 public:
  using Ticket = std::uint64_t;
  using OnResponse = std::function<void(Result<HttpResponse>)>;

  virtual ~HttpTransport() = default;

  /// Any complete response is a success, whatever its status; `Unavailable` where there was none.
  /// Calls back exactly once, never from inside `send`.
  virtual Ticket send(HttpRequest request, HttpLimits limits, OnResponse on_response) = 0;

  /// Ends an exchange; its callback will not run. Does nothing once it has.
  virtual void cancel(Ticket ticket) = 0;
};

}  // namespace spotvane
