#pragma once

#include "adapters/http/beast_listener.hpp"
#include "adapters/system/event_loop.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace spotvane::adapters {

/// For tests: answers by a function, and remembers what was asked.
class ScriptedHandler final : public HttpHandler {
 public:
  using Script = std::function<void(const HttpRequest&, Answer)>;

  explicit ScriptedHandler(Script script) : script_{std::move(script)} {}

  void handle(HttpRequest request, Answer answer) override {
    requests.push_back(request);
    script_(requests.back(), std::move(answer));
  }

  std::vector<HttpRequest> requests;

 private:
  Script script_;
};

/// Answers a request with its own method, target and body.
void echo(const HttpRequest& request, const HttpHandler::Answer& answer);

/// Fails the test if it cannot listen.
std::unique_ptr<BeastListener> listen_on_loopback(EventLoop& loop, HttpHandler& handler,
                                                  BeastListener::Options options = {});

/// Runs the loop until `is_done`; false where it takes so long that it will never be.
bool run_until(EventLoop& loop, const std::function<bool()>& is_done);

/// A client that sends what it is told to, HTTP or not.
class RawClient {
 public:
  RawClient(EventLoop& loop, std::uint16_t port);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void send(const std::string& bytes);
  const std::string& received() const;
  bool is_closed() const;  ///< by the server, in whatever manner
  bool was_reset() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace spotvane::adapters
