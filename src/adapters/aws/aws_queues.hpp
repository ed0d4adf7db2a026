#pragma once

#include "adapters/aws/aws_client.hpp"
#include "ports/queues.hpp"

#include <string>

namespace spotvane::adapters {

/// SQS. A queue is asked for in the region its address names.
class AwsQueues final : public Queues {
 public:
  AwsQueues(AwsClient& client, std::string home) : client_{client}, home_{std::move(home)} {}

  void send(std::string queue_url, QueueMessage message, On<std::string> on_id) override;
  void receive(std::string queue_url, QueueWait wait,
               On<std::vector<QueueDelivery>> on_messages) override;
  void remove(std::string queue_url, std::string receipt, On<void> on_done) override;
  void hide(std::string queue_url, std::string receipt, Duration hidden_for,
            On<void> on_done) override;

 private:
  AwsClient& client_;
  std::string home_;
};

/// The region an SQS queue's address names; `otherwise` where it names none.
std::string region_of_queue(const std::string& queue_url, const std::string& otherwise);

}  // namespace spotvane::adapters
