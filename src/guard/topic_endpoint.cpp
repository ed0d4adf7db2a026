#include "guard/topic_endpoint.hpp"

#include "wire/sns_message.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace spotvane::guard {

using namespace std::chrono_literals;

namespace {

constexpr Duration kOldest = 1h;
/// A clock may be a little off.
constexpr Duration kEarliest = 5min;
/// SNS changes certificates now and then; strangers cannot make us keep many, for they must be
/// SNS's to be asked for at all.
constexpr std::size_t kMostCertificates = 32;

constexpr HttpLimits kCertificateLimits{
    .connect_timeout = 3s, .idle_timeout = 5s, .whole_timeout = 10s, .body_bytes = 64U << 10U};

}  // namespace

TopicEndpoint::TopicEndpoint(std::vector<std::string> topic_arns, Guard& guard, Topics& topics,
                             HttpTransport& transport, const Clock& clock)
    : topic_arns_{std::move(topic_arns)},
      guard_{guard},
      topics_{topics},
      transport_{transport},
      clock_{clock} {}

void TopicEndpoint::refuse(const Answer& answer, int status, const std::string& why) {
  ++refused_;
  answer({.response = {
              .status = status, .headers = {{"Content-Type", "text/plain"}}, .body = why + "\n"}});
}

void TopicEndpoint::handle(HttpRequest request, Answer answer) {
  if (request.method != "POST") {
    return refuse(answer, 405, "only SNS posts here");
  }
  const auto read = wire::read_sns_message(request.body);
  if (!read) {
    return refuse(answer, 400, read.error().message);
  }
  if (std::find(topic_arns_.begin(), topic_arns_.end(), read->topic_arn) == topic_arns_.end()) {
    return refuse(answer, 403, "the topic is not configured here");
  }
  const auto age = clock_.now() - read->sent;
  if (age > kOldest || age < -kEarliest) {
    return refuse(answer, 403, "the message is too old, or from the future");
  }
  with_certificate(read->certificate_url, [this, message = *read,
                                           answer](const Result<std::string>& certificate) {
    if (!certificate) {
      return refuse(answer, 503, "its certificate cannot be fetched");  // SNS tries again
    }
    if (const auto good = wire::verify_sns_signature(message, *certificate, clock_.now()); !good) {
      return refuse(answer, 403, good.error().message);
    }
    take(message, answer);
  });
}

void TopicEndpoint::with_certificate(const std::string& url, On<std::string> on_certificate) {
  if (const auto known = certificates_.find(url); known != certificates_.end()) {
    return on_certificate(std::string{known->second});
  }
  transport_.send({.url = url}, kCertificateLimits,
                  [this, url, on_certificate = std::move(on_certificate)](
                      const Result<HttpResponse>& response) {
                    if (!response || response->status != 200) {
                      return on_certificate(fail(ErrorKind::Unavailable, "no certificate"));
                    }
                    if (certificates_.size() >= kMostCertificates) {
                      certificates_.clear();
                    }
                    certificates_[url] = response->body;
                    on_certificate(std::string{response->body});
                  });
}

void TopicEndpoint::take(const wire::SnsMessage& message, const Answer& answer) {
  const auto finish = [answer](const Result<void>& done) {
    done
        ? answer({.response = {.status = 200}})
        : answer({.response = {.status = 500, .headers = {}, .body = done.error().message + "\n"}});
  };
  std::erase_if(taken_, [&](const auto& one) { return clock_.now() - one.second > kOldest; });
  if (!taken_.emplace(message.id, message.sent).second) {
    return finish({});  // told before: once more changes nothing
  }
  const auto forget_if_failed = [this, id = message.id, finish](const Result<void>& done) {
    if (!done) {
      taken_.erase(id);
    }
    finish(done);
  };
  if (message.type == "Notification") {
    return guard_.handle(message.text, forget_if_failed);
  }
  if (message.type == "SubscriptionConfirmation") {
    // By a call of ours: the address in the message need not be visited.
    return topics_.confirm_subscription(message.topic_arn, message.token, forget_if_failed);
  }
  finish({});
}

}  // namespace spotvane::guard
