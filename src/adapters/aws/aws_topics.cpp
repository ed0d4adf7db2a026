#include "adapters/aws/aws_topics.hpp"

#include "adapters/aws/xml_fields.hpp"
#include "base/split.hpp"
#include "wire/form.hpp"

#include <utility>

namespace spotvane::adapters {

namespace {

Result<std::string> read_message_id(const Result<std::string>& body) {
  const auto document = xml_of(body, "sns:Publish");
  if (!document) {
    return tl::unexpected(document.error());
  }
  return std::string{document->root().child("PublishResult").child_text("MessageId")};
}

}  // namespace

std::string region_of_arn(const std::string& arn, const std::string& otherwise) {
  const auto parts = split(arn, ':');
  return parts.size() > 5 && parts[0] == "arn" && !parts[3].empty() ? std::string{parts[3]}
                                                                    : otherwise;
}

void AwsTopics::publish(std::string topic_arn, TopicMessage message, On<std::string> on_id) {
  auto form = wire::Form::call("Publish", wire::kSns.version);
  form.add("TopicArn", topic_arn);
  form.add("Message", message.text);
  if (topic_arn.ends_with(".fifo")) {
    form.add("MessageDeduplicationId", message.id);
    form.add("MessageGroupId", message.group);
  }
  client_.call({wire::kSns, region_of_arn(topic_arn, home_), "Publish", form.encode()},
               [on_id = std::move(on_id)](const Result<std::string>& body) {
                 on_id(read_message_id(body));
               });
}

void AwsTopics::confirm_subscription(std::string topic_arn, std::string token, On<void> on_done) {
  auto form = wire::Form::call("ConfirmSubscription", wire::kSns.version);
  form.add("TopicArn", topic_arn);
  form.add("Token", token);
  client_.call({wire::kSns, region_of_arn(topic_arn, home_), "ConfirmSubscription", form.encode()},
               [on_done = std::move(on_done)](const Result<std::string>& body) {
                 on_done(body ? Result<void>{} : tl::unexpected(body.error()));
               });
}

}  // namespace spotvane::adapters
