#pragma once

#include "adapters/http/request_reader.hpp"
#include "ports/http_handler.hpp"

#include <functional>
#include <memory>

namespace spotvane::adapters {

class EventLoop;

/// One client of a listener: reads requests, has them answered one after the other, in order.
///
/// Lives for as long as the loop has something to do for it.
class Connection {
 public:
  virtual ~Connection() = default;

  virtual void start() = 0;

  /// Closes as soon as no request is under way.
  virtual void finish() = 0;

  /// Closes at once.
  virtual void close() = 0;

  /// Closes if no byte moved since this was last called, unless it is the handler we wait for.
  virtual void close_if_idle() = 0;
};

/// Takes over the accepted `socket`. Calls `on_close` once, when it has been closed; after that
/// neither `handler` nor `on_close` is touched.
std::shared_ptr<Connection> make_connection(EventLoop& loop, int socket,
                                            RequestReader::Limits limits, HttpHandler& handler,
                                            std::function<void(const Connection&)> on_close);

}  // namespace spotvane::adapters
