#pragma once

#include "guard/guard.hpp"
#include "ports/http_handler.hpp"
#include "ports/http_transport.hpp"
#include "ports/topics.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace spotvane::wire {
struct SnsMessage;
}

namespace spotvane::guard {

/// Takes what SNS posts and hands it to a guard: of configured topics alone, with a signature that
/// fits a certificate of SNS's own, no older than an hour, each message once. Subscriptions of
/// these topics are confirmed, others never.
///
/// Stands behind whatever ends TLS. What it borrows must outlive it.
class TopicEndpoint final : public HttpHandler {
 public:
  TopicEndpoint(std::vector<std::string> topic_arns, Guard& guard, Topics& topics,
                HttpTransport& transport, const Clock& clock);

  void handle(HttpRequest request, Answer answer) override;

  /// Requests that were turned away.
  int refused() const { return refused_; }

 private:
  void with_certificate(const std::string& url, On<std::string> on_certificate);
  void take(const wire::SnsMessage& message, const Answer& answer);
  void refuse(const Answer& answer, int status, const std::string& why);

  std::vector<std::string> topic_arns_;
  Guard& guard_;
  Topics& topics_;
  HttpTransport& transport_;
  const Clock& clock_;
  std::map<std::string, std::string> certificates_;  // by address
  std::map<std::string, TimePoint> taken_;           // messages, and when they were sent
  int refused_ = 0;
};

}  // namespace spotvane::guard
