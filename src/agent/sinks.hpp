#pragma once

#include "agent/message.hpp"
#include "ports/clock.hpp"
#include "ports/containers.hpp"
#include "ports/http_transport.hpp"
#include "ports/process_runner.hpp"
#include "ports/queues.hpp"
#include "ports/topics.hpp"

#include <string>
#include <vector>

namespace spotvane::agent {

/// Somebody to whom messages are passed on.
class Sink {
 public:
  virtual ~Sink() = default;

  /// For logs, and the same after a restart: "sns arn:aws:sns:...". Holds no secret.
  virtual std::string name() const = 0;

  /// Whether it has any use for such an event.
  virtual bool wants(const Message& message) const = 0;

  /// May be asked again with the same message where it failed.
  virtual void deliver(const Message& message, On<void> on_done) = 0;
};

/// Publishes to an SNS topic.
class TopicSink final : public Sink {
 public:
  TopicSink(std::string topic_arn, Topics& topics);
  std::string name() const override;
  bool wants(const Message&) const override { return true; }
  void deliver(const Message& message, On<void> on_done) override;

 private:
  std::string topic_arn_;
  Topics& topics_;
};

/// Sends to an SQS queue.
class QueueSink final : public Sink {
 public:
  QueueSink(std::string queue_url, Queues& queues);
  std::string name() const override;
  bool wants(const Message&) const override { return true; }
  void deliver(const Message& message, On<void> on_done) override;

 private:
  std::string queue_url_;
  Queues& queues_;
};

/// Posts to a web server, signed where there is a secret: `X-Spotvane-Signature` is "sha256=" and
/// the hex HMAC of the text "TIMESTAMP.BODY", `X-Spotvane-Timestamp` the seconds since 1970.
class WebhookSink final : public Sink {
 public:
  WebhookSink(std::string url, std::string secret, HttpTransport& transport, const Clock& clock);
  std::string name() const override;
  bool wants(const Message&) const override { return true; }
  void deliver(const Message& message, On<void> on_done) override;

 private:
  std::string url_;
  std::string secret_;
  HttpTransport& transport_;
  const Clock& clock_;
};

/// Runs a program with the message on its standard input and its fields in its environment.
class CommandSink final : public Sink {
 public:
  CommandSink(std::vector<std::string> words, ProcessRunner& processes, const Clock& clock);
  std::string name() const override;
  bool wants(const Message&) const override { return true; }
  void deliver(const Message& message, On<void> on_done) override;

 private:
  std::vector<std::string> words_;
  ProcessRunner& processes_;
  const Clock& clock_;
};

/// Sets the ECS container instance to DRAINING, where the instance is about to go.
class DrainSink final : public Sink {
 public:
  explicit DrainSink(Containers& containers) : containers_{containers} {}
  std::string name() const override { return "ecs-drain"; }
  bool wants(const Message& message) const override;
  void deliver(const Message& message, On<void> on_done) override;

 private:
  Containers& containers_;
};

/// Sets the container instance's attribute `spotvane.rebalance`, so that no new tasks are placed.
class RebalanceMarkSink final : public Sink {
 public:
  explicit RebalanceMarkSink(Containers& containers) : containers_{containers} {}
  std::string name() const override { return "ecs-rebalance-attribute"; }
  bool wants(const Message& message) const override;
  void deliver(const Message& message, On<void> on_done) override;

 private:
  Containers& containers_;
};

/// The host as ECS knows it.
ContainerHost container_host(const Host& host);

}  // namespace spotvane::agent
