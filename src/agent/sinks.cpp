#include "agent/sinks.hpp"

#include "wire/digest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace spotvane::agent {

using namespace std::chrono_literals;

namespace {

constexpr HttpLimits kWebhookLimits{
    .connect_timeout = 3s, .idle_timeout = 5s, .whole_timeout = 10s, .body_bytes = 1U << 20U};

On<std::string> without_id(On<void> on_done) {
  return [on_done = std::move(on_done)](const Result<std::string>& id) {
    on_done(id ? Result<void>{} : tl::unexpected(id.error()));
  };
}

/// The address without what may be secret in it.
std::string shown(const std::string& url) {
  return url.substr(0, url.find('?'));
}

}  // namespace

ContainerHost container_host(const Host& host) {
  return {.region = model::Region{host.region},
          .cluster = host.ecs.cluster,
          .arn = host.ecs.container_arn};
}

TopicSink::TopicSink(std::string topic_arn, Topics& topics)
    : topic_arn_{std::move(topic_arn)}, topics_{topics} {}

std::string TopicSink::name() const {
  return "sns " + topic_arn_;
}

void TopicSink::deliver(const Message& message, On<void> on_done) {
  topics_.publish(
      topic_arn_,
      {.text = message.json(), .id = message.event.id, .group = message.host.instance_id},
      without_id(std::move(on_done)));
}

QueueSink::QueueSink(std::string queue_url, Queues& queues)
    : queue_url_{std::move(queue_url)}, queues_{queues} {}

std::string QueueSink::name() const {
  return "sqs " + queue_url_;
}

void QueueSink::deliver(const Message& message, On<void> on_done) {
  queues_.send(queue_url_,
               {.text = message.json(), .id = message.event.id, .group = message.host.instance_id},
               without_id(std::move(on_done)));
}

WebhookSink::WebhookSink(std::string url, std::string secret, HttpTransport& transport,
                         const Clock& clock)
    : url_{std::move(url)}, secret_{std::move(secret)}, transport_{transport}, clock_{clock} {}

std::string WebhookSink::name() const {
  return "webhook " + shown(url_);
}

void WebhookSink::deliver(const Message& message, On<void> on_done) {
  HttpRequest request{
      .method = "POST",
      .url = url_,
      .headers = {{"Content-Type", "application/json"}, {"X-Spotvane-Event", message.event.id}},
      .body = message.json()};
  if (!secret_.empty()) {
    const auto timestamp = fmt::to_string(
        std::chrono::floor<std::chrono::seconds>(clock_.now()).time_since_epoch().count());
    const auto digest = wire::hmac_sha256(secret_, fmt::format("{}.{}", timestamp, request.body));
    request.headers.push_back({"X-Spotvane-Timestamp", timestamp});
    request.headers.push_back({"X-Spotvane-Signature", "sha256=" + wire::to_hex(digest)});
  }
  transport_.send(std::move(request), kWebhookLimits,
                  [on_done = std::move(on_done)](const Result<HttpResponse>& response) {
                    if (!response) {
                      return on_done(tl::unexpected(response.error()));
                    }
                    if (response->status / 100 != 2) {
                      return on_done(fail(ErrorKind::Unavailable,
                                          "the webhook answered with status {}", response->status));
                    }
                    on_done({});
                  });
}

CommandSink::CommandSink(std::vector<std::string> words, ProcessRunner& processes,
                         const Clock& clock)
    : words_{std::move(words)}, processes_{processes}, clock_{clock} {}

std::string CommandSink::name() const {
  return "command " + words_.front();
}

void CommandSink::deliver(const Message& message, On<void> on_done) {
  processes_.run(
      {.words = words_,
       .timeout = std::max<Duration>(message.deadline - clock_.now(), 1s),
       .input = message.json() + "\n",
       .environment = message.environment()},
      [on_done = std::move(on_done)](const Result<ProcessExit>& exit) {
        if (!exit) {
          return on_done(tl::unexpected(exit.error()));
        }
        if (exit->status != 0) {
          return on_done(fail(ErrorKind::Unavailable, "it ended with status {}", exit->status));
        }
        on_done({});
      });
}

bool DrainSink::wants(const Message& message) const {
  const auto kind = message.event.kind;
  return !message.host.ecs.container_arn.empty() &&
         (kind == EventKind::Interruption || kind == EventKind::ScalingTermination ||
          kind == EventKind::Drill);
}

void DrainSink::deliver(const Message& message, On<void> on_done) {
  containers_.drain(container_host(message.host),
                    [on_done = std::move(on_done)](const Result<Draining>& draining) {
                      on_done(draining ? Result<void>{} : tl::unexpected(draining.error()));
                    });
}

bool RebalanceMarkSink::wants(const Message& message) const {
  return !message.host.ecs.container_arn.empty() && message.event.kind == EventKind::Rebalance;
}

void RebalanceMarkSink::deliver(const Message& message, On<void> on_done) {
  containers_.put_attributes(container_host(message.host), {{"spotvane.rebalance", "recommended"}},
                             std::move(on_done));
}

}  // namespace spotvane::agent
