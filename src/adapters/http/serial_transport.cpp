#include "adapters/http/serial_transport.hpp"

#include <algorithm>
#include <utility>

namespace spotvane::adapters {

HttpTransport::Ticket SerialTransport::send(HttpRequest request, HttpLimits limits,
                                            OnResponse on_response) {
  waiting_.push_back({++last_, std::move(request), limits, std::move(on_response)});
  if (waiting_.size() == 1) {
    send_first();
  }
  return last_;
}

void SerialTransport::send_first() {
  auto& first = waiting_.front();
  inner_ticket_ =
      inner_.send(std::move(first.request), first.limits, [this](Result<HttpResponse> response) {
        // It still counts while it is heard: what it leads to is sent after what waits already.
        const auto on_response = std::move(waiting_.front().on_response);
        waiting_.front().ticket = 0;  // too late to cancel
        on_response(std::move(response));
        waiting_.pop_front();
        if (!waiting_.empty()) {
          send_first();
        }
      });
}

void SerialTransport::cancel(Ticket ticket) {
  const auto found = std::find_if(waiting_.begin(), waiting_.end(),
                                  [&](const Waiting& one) { return one.ticket == ticket; });
  if (found == waiting_.end()) {
    return;
  }
  if (found != waiting_.begin()) {
    waiting_.erase(found);
    return;
  }
  inner_.cancel(inner_ticket_);
  waiting_.pop_front();
  if (!waiting_.empty()) {
    send_first();
  }
}

}  // namespace spotvane::adapters
