#pragma once

#include "ports/http_transport.hpp"

#include <cstddef>
#include <deque>
#include <optional>

namespace spotvane::cli {

/// Sends one request at a time, in the order they came: a lab in step time then does the same
/// again.
///
/// The transport must outlive it, and the loop must not run once it is gone. Nothing sent is
/// cancelled.
class SteppedTransport final : public HttpTransport {
 public:
  explicit SteppedTransport(HttpTransport& transport) : transport_{transport} {}

  Ticket send(HttpRequest request, HttpLimits limits, OnResponse on_response) override;
  void cancel(Ticket /*ticket*/) override {}

  /// Requests that are not answered yet.
  std::size_t under_way() const { return waiting_.size() + (is_busy_ ? 1U : 0U); }

 private:
  struct Waiting {
    HttpRequest request;
    HttpLimits limits;
    OnResponse on_response;
  };

  void send_next();

  HttpTransport& transport_;
  std::deque<Waiting> waiting_;
  bool is_busy_ = false;
  Ticket sent_ = 0;
};

}  // namespace spotvane::cli
