#pragma once

#include "adapters/aws/aws_client.hpp"
#include "ports/topics.hpp"

#include <string>

namespace spotvane::adapters {

/// SNS. A topic is asked for in the region its ARN names.
class AwsTopics final : public Topics {
 public:
  AwsTopics(AwsClient& client, std::string home) : client_{client}, home_{std::move(home)} {}

  void publish(std::string topic_arn, TopicMessage message, On<std::string> on_id) override;
  void confirm_subscription(std::string topic_arn, std::string token, On<void> on_done) override;

 private:
  AwsClient& client_;
  std::string home_;
};

/// The region an ARN names; `otherwise` where it names none.
std::string region_of_arn(const std::string& arn, const std::string& otherwise);

}  // namespace spotvane::adapters
