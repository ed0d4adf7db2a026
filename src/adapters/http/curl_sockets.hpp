#pragma once

#include <functional>
#include <memory>

namespace spotvane::adapters {

class EventLoop;

/// Waits on the loop for curl's sockets and its one timer. The sockets stay curl's own.
class CurlSockets {
 public:
  static constexpr int kTimeout = -1;

  /// `on_event` is called with a socket and what it is ready for (`CURL_CSELECT_*`), or with
  /// `kTimeout` and 0.
  CurlSockets(EventLoop& loop, std::function<void(int socket, int ready)> on_event);
  ~CurlSockets();

  /// curl wants to know when `socket` is ready for `what` (`CURL_POLL_*`).
  void watch(int socket, int what);

  /// curl wants a `kTimeout` after that many milliseconds; -1: none.
  void set_timeout(long milliseconds);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;  // shared with waits that may outlive us by one turn of the loop
};

}  // namespace spotvane::adapters
