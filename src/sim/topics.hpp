#pragma once

#include "sim/message_queue.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace spotvane::sim {

struct Subscription {
  std::string arn;
  std::string topic;     ///< its ARN
  std::string protocol;  ///< "sqs", "http", "https"
  std::string endpoint;  ///< a queue's ARN, or an address
  Owner owner;
  bool is_confirmed = false;
  bool is_raw = false;
  std::string token = {};  ///< that confirms it
  std::uint64_t delivered = 0;
  std::uint64_t failed = 0;  ///< given up
};

struct Topic {
  std::string arn;
  std::string name;
  Owner owner;
  int signature_version = 1;
  std::map<std::string, std::string> others = {};  ///< kept and told, and nothing else
  std::uint64_t published = 0;
};

/// One message of a topic.
struct TopicMessage {
  std::string id;
  std::string topic;
  std::string subject = {};
  std::string body;
  MessageAttributes attributes = {};
  TimePoint published_at = {};
};

/// SNS's topics and who has subscribed to them. What is delivered, and how, is the caller's.
class Topics {
 public:
  explicit Topics(std::uint64_t seed) : seed_{seed} {}

  /// The one of that name, made where there is none.
  Topic& create(const Owner& owner, const std::string& name);
  void remove(const std::string& arn);
  Topic* find(const std::string& arn);
  std::vector<const Topic*> list(const Owner& owner) const;

  /// The one there is for that endpoint, made where there is none. Queues confirm at once.
  Subscription& subscribe(const Topic& topic, const std::string& protocol,
                          const std::string& endpoint, bool is_raw);
  /// Null where the token is no subscription's.
  Subscription* confirm(const std::string& topic, const std::string& token);
  void unsubscribe(const std::string& arn);
  Subscription* find_subscription(const std::string& arn);
  std::vector<Subscription*> subscriptions_of(const std::string& topic);
  const std::deque<Subscription>& subscriptions() const { return subscriptions_; }

  TopicMessage publish(Topic& topic, std::string subject, std::string body,
                       MessageAttributes attributes, TimePoint now);

 private:
  std::uint64_t next_key();

  std::uint64_t seed_;
  std::uint64_t things_ = 0;
  std::map<std::string, Topic> topics_;  // by ARN
  std::deque<Subscription> subscriptions_;
};

}  // namespace spotvane::sim
