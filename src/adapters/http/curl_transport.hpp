#pragma once

#include "ports/http_transport.hpp"

#include <cstddef>
#include <memory>
#include <string>

namespace spotvane::adapters {

class EventLoop;

/// HTTP/1.1 by libcurl: connections are kept for the next request, TLS is verified, answers are
/// unpacked, redirects are answers like any other, and proxies are taken from the environment
/// except for this machine and its metadata services.
///
/// A request's headers go out as they are and in their order; only `Host`, `User-Agent`,
/// `Content-Length` and `Accept-Encoding` are added where they are missing. Headers of an answer
/// are as they arrived, so the length and encoding they may name are those before unpacking.
///
/// Idle limits are whole seconds, rounded up. Destroying it cancels every exchange; not from inside
/// a callback.
class CurlTransport final : public HttpTransport {
 public:
  struct Options {
    std::size_t most_in_flight = 500;  ///< further requests wait for their turn, untimed
    std::string user_agent = "spotvane";
    std::string ca_bundle = {};  ///< a file of certificates to trust in place of the system's
  };

  /// libcurl is loaded now, if it was not before. Fails with `Storage` where it is missing.
  static Result<std::unique_ptr<CurlTransport>> open(EventLoop& loop, Options options);

  /// The same where libcurl cannot be missing.
  explicit CurlTransport(EventLoop& loop);
  CurlTransport(EventLoop& loop, Options options);
  ~CurlTransport() override;
  CurlTransport(const CurlTransport&) = delete;
  CurlTransport& operator=(const CurlTransport&) = delete;

  Ticket send(HttpRequest request, HttpLimits limits, OnResponse on_response) override;
  void cancel(Ticket ticket) override;

  /// Connections opened so far: what reuse saves can be seen by it.
  std::size_t connections_opened() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;  // shared with callbacks that may outlive us by one turn of the loop
};

}  // namespace spotvane::adapters
