#pragma once

#include "ports/cloud.hpp"

#include <string>

namespace spotvane {

/// What is published to a topic.
struct TopicMessage {
  std::string text;
  std::string id = {};     ///< the same for the same message: topics that keep order take it once
  std::string group = {};  ///< such topics keep order within it
};

/// SNS: what is published reaches every subscriber.
class Topics {
 public:
  virtual ~Topics() = default;

  /// Answers the message's ID.
  virtual void publish(std::string topic_arn, TopicMessage message, On<std::string> on_id) = 0;

  /// Accepts a subscription by the token that was sent to its endpoint.
  virtual void confirm_subscription(std::string topic_arn, std::string token, On<void> on_done) = 0;
};

}  // namespace spotvane
