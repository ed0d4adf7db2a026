#pragma once

#include "ports/http_transport.hpp"

#include <deque>

namespace spotvane::adapters {

/// Sends requests one at a time, in the order they were given: each after the answer to the one
/// before it was heard. What a service does then depends on nothing but what it is asked.
class SerialTransport final : public HttpTransport {
 public:
  /// `inner` must outlive it, and its callbacks must not come once this is gone.
  explicit SerialTransport(HttpTransport& inner) : inner_{inner} {}

  Ticket send(HttpRequest request, HttpLimits limits, OnResponse on_response) override;
  void cancel(Ticket ticket) override;

 private:
  struct Waiting {
    Ticket ticket;
    HttpRequest request;
    HttpLimits limits;
    OnResponse on_response;
  };

  void send_first();

  HttpTransport& inner_;
  std::deque<Waiting> waiting_;  // the first is the one that is sent
  Ticket last_ = 0;
  Ticket inner_ticket_ = 0;
};

}  // namespace spotvane::adapters
