#include "cli/stepped_transport.hpp"

#include <utility>

namespace spotvane::cli {

HttpTransport::Ticket SteppedTransport::send(HttpRequest request, HttpLimits limits,
                                             OnResponse on_response) {
  waiting_.push_back({std::move(request), limits, std::move(on_response)});
  if (!is_busy_) {
    send_next();
  }
  return ++sent_;
}

void SteppedTransport::send_next() {
  if (waiting_.empty()) {
    return;
  }
  auto next = std::move(waiting_.front());
  waiting_.pop_front();
  is_busy_ = true;
  transport_.send(std::move(next.request), next.limits,
                  [this, on_response = std::move(next.on_response)](Result<HttpResponse> answer) {
                    is_busy_ = false;
                    on_response(std::move(answer));
                    if (!is_busy_) {
                      send_next();
                    }
                  });
}

}  // namespace spotvane::cli
