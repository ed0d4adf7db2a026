#include "adapters/aws/aws_queues.hpp"

#include "adapters/aws/json_fields.hpp"
#include "base/number.hpp"
#include "base/split.hpp"
#include "wire/url.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace spotvane::adapters {

namespace {

using nlohmann::json;

long long seconds(Duration duration) {
  return std::chrono::floor<std::chrono::seconds>(duration).count();
}

QueueDelivery read_delivery(const json& message) {
  QueueDelivery read{.id = json_text(message, "MessageId"),
                     .receipt = json_text(message, "ReceiptHandle"),
                     .text = json_text(message, "Body")};
  if (const auto attributes = message.find("Attributes");
      attributes != message.end() && attributes->is_object()) {
    const auto times = parse_integer(json_text(*attributes, "ApproximateReceiveCount"));
    read.times_received = times ? static_cast<int>(*times) : 1;
  }
  return read;
}

Result<std::vector<QueueDelivery>> read_deliveries(const Result<std::string>& body) {
  const auto answer =
      body && body->empty() ? Result<json>{json::object()} : json_of(body, "sqs:ReceiveMessage");
  if (!answer) {
    return tl::unexpected(answer.error());
  }
  std::vector<QueueDelivery> read;
  for (const auto& message : json_objects(*answer, "Messages")) {
    read.push_back(read_delivery(message));
  }
  return read;
}

On<std::string> without_body(On<void> on_done) {
  return [on_done = std::move(on_done)](const Result<std::string>& body) {
    on_done(body ? Result<void>{} : tl::unexpected(body.error()));
  };
}

}  // namespace

std::string region_of_queue(const std::string& queue_url, const std::string& otherwise) {
  const auto labels = split(wire::split_url(queue_url).authority, '.');
  // "sqs.us-east-1.amazonaws.com", "vpce-1-2.sqs.us-east-1.vpce.amazonaws.com"
  for (std::size_t i = 0; i + 2 < labels.size(); ++i) {
    if (labels[i] == "sqs") {
      return std::string{labels[i + 1]};
    }
  }
  return otherwise;
}

void AwsQueues::send(std::string queue_url, QueueMessage message, On<std::string> on_id) {
  json call{{"QueueUrl", queue_url}, {"MessageBody", message.text}};
  if (queue_url.ends_with(".fifo")) {
    call["MessageDeduplicationId"] = message.id;
    call["MessageGroupId"] = message.group;
  }
  client_.call({wire::kSqs, region_of_queue(queue_url, home_), "SendMessage", json_body(call)},
               [on_id = std::move(on_id)](const Result<std::string>& body) {
                 if (!body) {
                   return on_id(tl::unexpected(body.error()));
                 }
                 const auto answer = json::parse(*body, nullptr, false);
                 on_id(answer.is_object() ? json_text(answer, "MessageId") : std::string{});
               });
}

void AwsQueues::receive(std::string queue_url, QueueWait wait,
                        On<std::vector<QueueDelivery>> on_messages) {
  const json call{{"QueueUrl", queue_url},
                  {"MaxNumberOfMessages", wait.most},
                  {"WaitTimeSeconds", seconds(wait.at_most)},
                  {"VisibilityTimeout", seconds(wait.hidden_for)},
                  {"AttributeNames", {"ApproximateReceiveCount"}}};
  client_.call({wire::kSqs, region_of_queue(queue_url, home_), "ReceiveMessage", json_body(call)},
               [on_messages = std::move(on_messages)](const Result<std::string>& body) {
                 on_messages(read_deliveries(body));
               });
}

void AwsQueues::remove(std::string queue_url, std::string receipt, On<void> on_done) {
  const json call{{"QueueUrl", queue_url}, {"ReceiptHandle", receipt}};
  client_.call({wire::kSqs, region_of_queue(queue_url, home_), "DeleteMessage", json_body(call)},
               without_body(std::move(on_done)));
}

void AwsQueues::hide(std::string queue_url, std::string receipt, Duration hidden_for,
                     On<void> on_done) {
  const json call{{"QueueUrl", queue_url},
                  {"ReceiptHandle", receipt},
                  {"VisibilityTimeout", seconds(hidden_for)}};
  client_.call(
      {wire::kSqs, region_of_queue(queue_url, home_), "ChangeMessageVisibility", json_body(call)},
      without_body(std::move(on_done)));
}

}  // namespace spotvane::adapters
