#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace spotvane::adapters {

class EventLoop;

/// Bytes to and from one server, over TCP or TLS. Closed when it is destroyed.
///
/// A callback comes once, never from inside the call, and not at all once the stream is destroyed.
class Stream {
 public:
  virtual ~Stream() = default;

  virtual void write(std::string bytes, std::function<void(Result<void>)> on_done) = 0;

  /// Some bytes, none at the orderly end; they live until the next call.
  virtual void read(std::function<void(Result<std::string_view>)> on_bytes) = 0;

  /// Whether nothing has arrived and the server has not closed it, as far as can be told.
  virtual bool is_quiet() = 0;
};

/// Whom to connect to.
struct StreamTarget {
  std::string host;     ///< as the certificate names it
  std::string address;  ///< "10.0.0.1"
  std::uint16_t port = 443;
  bool is_tls = true;
};

/// What TLS trusts, loaded when it is first needed.
class TlsTrust {
 public:
  /// An empty bundle: the system's.
  explicit TlsTrust(std::string ca_bundle);
  ~TlsTrust();
  TlsTrust(const TlsTrust&) = delete;
  TlsTrust& operator=(const TlsTrust&) = delete;

  struct Context;
  /// Fails with `Unavailable` where there are no certificates to trust.
  Result<Context*> context();

 private:
  std::string ca_bundle_;
  std::unique_ptr<Context> context_;
};

/// Connects, and for TLS shakes hands. The trust must outlive the stream.
void open_stream(EventLoop& loop, TlsTrust& trust, StreamTarget target, Duration timeout,
                 std::function<void(Result<std::unique_ptr<Stream>>)> on_stream);

}  // namespace spotvane::adapters
