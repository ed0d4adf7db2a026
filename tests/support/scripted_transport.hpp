#pragma once

#include "ports/http_transport.hpp"
#include "ports/timers.hpp"

#include <functional>
#include <utility>
#include <vector>

namespace spotvane::support {

/// A network in which one function answers every request, a moment later.
class ScriptedTransport final : public HttpTransport {
 public:
  using Script = std::function<Result<HttpResponse>(const HttpRequest&)>;

  explicit ScriptedTransport(Timers& timers) : timers_{timers} {}

  Ticket send(HttpRequest request, HttpLimits, OnResponse on_response) override {
    requests.push_back(std::move(request));
    timers_.after(Duration{1},
                  [this, sent = requests.size() - 1, on_response = std::move(on_response)] {
                    // A copy: the callback may send more, which moves the requests.
                    const auto answered = requests[sent];
                    on_response(script(answered));
                  });
    return requests.size();
  }

  void cancel(Ticket) override {}

  Script script = [](const HttpRequest&) { return HttpResponse{}; };
  std::vector<HttpRequest> requests;  ///< everything sent so far

 private:
  Timers& timers_;
};

}  // namespace spotvane::support
