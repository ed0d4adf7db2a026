#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "ports/http_handler.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace spotvane::adapters {

class EventLoop;

/// Serves a handler over HTTP/1.1 for as long as it lives.
///
/// The handler and the loop must outlive it. Answers a handler still owes when it is gone are
/// dropped.
class BeastListener {
 public:
  struct Options {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;                            ///< 0: the kernel chooses
    Duration idle_timeout = std::chrono::seconds{60};  ///< closed after one to two of these
    std::size_t header_bytes = 16U << 10U;             ///< beyond: 431
    std::size_t body_bytes = 8U << 20U;                ///< beyond: 413
  };

  /// Fails with `InvalidInput` where the address is none or the port is taken or not allowed.
  static Result<std::unique_ptr<BeastListener>> listen(EventLoop& loop, HttpHandler& handler,
                                                       Options options);

  ~BeastListener();
  BeastListener(const BeastListener&) = delete;
  BeastListener& operator=(const BeastListener&) = delete;

  std::uint16_t port() const;

  /// Accepts nobody more, lets requests under way be answered, then closes.
  void stop();

  /// Clients connected; 0 some time after `stop`.
  std::size_t connections() const;

 private:
  struct Impl;
  explicit BeastListener(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;  // shared with callbacks that may outlive us by one turn of the loop
};

}  // namespace spotvane::adapters
