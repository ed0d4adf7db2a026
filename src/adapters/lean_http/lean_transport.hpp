#pragma once

#include "base/random.hpp"
#include "ports/http_transport.hpp"

#include <memory>
#include <string>

namespace spotvane::adapters {

class EventLoop;

/// HTTP/1.1 for a program that is linked statically and small: connections are kept for the next
/// request, TLS (by OpenSSL) is verified, redirects are answers like any other. There are no
/// proxies and no unpacking of answers, and few connections at a time are expected.
///
/// A request's headers go out as they are and in their order; only `Host`, `User-Agent` and
/// `Content-Length` are added where they are missing. Destroying it cancels every exchange.
class LeanTransport final : public HttpTransport {
 public:
  struct Options {
    std::string user_agent = "spotvane";
    /// A file of certificates to trust; empty: the first of where distributions keep theirs.
    std::string ca_bundle = {};
  };

  LeanTransport(EventLoop& loop, Options options, Random random);
  ~LeanTransport() override;
  LeanTransport(const LeanTransport&) = delete;
  LeanTransport& operator=(const LeanTransport&) = delete;

  Ticket send(HttpRequest request, HttpLimits limits, OnResponse on_response) override;
  void cancel(Ticket ticket) override;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;  // shared with callbacks that may outlive us by one turn of the loop
};

}  // namespace spotvane::adapters
