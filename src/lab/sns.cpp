#include "lab/sns.hpp"

#include "lab/launch_form.hpp"
#include "wire/base64.hpp"

#include <algorithm>

namespace spotvane::lab {

namespace {

constexpr std::size_t kMostBytes = 262'144;
constexpr std::size_t kLongestSubject = 100;
constexpr std::size_t kLongestTopicName = 256;

tl::unexpected<Refusal> refuse_argument(std::string_view message) {
  return refuse(400, "InvalidParameter", "Invalid parameter: {}", message);
}

Answered<sim::Topic*> find_topic(World& world, const Value& asked) {
  const auto arn = asked.has("TopicArn") ? asked["TopicArn"].text() : asked["TargetArn"].text();
  if (!arn.starts_with("arn:")) {
    return refuse_argument("TopicArn");
  }
  auto* topic = world.topics().find(arn);
  return topic != nullptr ? Answered<sim::Topic*>{topic}
                          : refuse(404, "NotFound", "Topic does not exist");
}

/// [{"key": "RawMessageDelivery", "value": "true"}].
std::string entry_of(const Value& entries, std::string_view key) {
  for (const auto& one : entries.list()) {
    if (one["key"].text() == key) {
      return one["value"].text();
    }
  }
  return {};
}

Value entries_of(const std::vector<std::pair<std::string, std::string>>& pairs) {
  Value::List list;
  for (const auto& [key, value] : pairs) {
    list.push_back(Value::object({{"key", key}, {"value", value}}));
  }
  return Value::object({{"entry", list}});
}

Answered<void> set_topic_attribute(sim::Topic& topic, const std::string& name,
                                   const std::string& value) {
  if (name == "FifoTopic" && value == "true") {
    return refuse_argument("FifoTopic: this lab's topics are standard topics");
  }
  if (name != "SignatureVersion") {
    topic.others[name] = value;
    return {};
  }
  if (value != "1" && value != "2") {
    return refuse_argument("SignatureVersion");
  }
  topic.signature_version = value == "2" ? 2 : 1;
  return {};
}

Answered<sim::MessageAttributes> read_attributes_of(const Value& entries) {
  sim::MessageAttributes attributes;
  for (const auto& one : entries.list()) {
    const auto& value = one["Value"];
    const bool is_binary = value.has("BinaryValue");
    const auto bytes = is_binary ? wire::from_base64(value["BinaryValue"].text())
                                 : std::optional{value["StringValue"].text()};
    if (!bytes || value["DataType"].text().empty()) {
      return refuse(400, "ParameterValueInvalid",
                    "The message attribute '{}' must contain a non-empty value of its type.",
                    one["Name"].text());
    }
    attributes[one["Name"].text()] = {value["DataType"].text(), *bytes, is_binary};
  }
  return attributes;
}

Answered<std::string> publish_one(World& world, sim::Topic& topic, const Value& asked) {
  auto message = asked["Message"].text();
  const auto subject = asked["Subject"].text();
  if (message.empty() || message.size() > kMostBytes) {
    return refuse_argument(message.empty() ? "Empty message" : "Message too long");
  }
  if (subject.size() > kLongestSubject || subject.find_first_of("\r\n") != std::string::npos) {
    return refuse_argument("Subject");
  }
  if (asked["MessageStructure"].text() == "json") {
    const auto forms = Value::parse(message);
    if (!forms || !(*forms)["default"].is_text()) {
      return refuse_argument("Message Structure - No default entry in JSON message body");
    }
    message = (*forms)["default"].text();
  }
  auto attributes = read_attributes_of(asked["MessageAttributes"]);
  if (!attributes) {
    return tl::unexpected(std::move(attributes.error()));
  }
  return world.deliveries().publish(topic, subject, std::move(message), *std::move(attributes));
}

Value subscription_row(const sim::Subscription& one) {
  return Value::object({{"TopicArn", one.topic},
                        {"Protocol", one.protocol},
                        {"SubscriptionArn", one.is_confirmed ? one.arn : "PendingConfirmation"},
                        {"Owner", one.owner.account},
                        {"Endpoint", one.endpoint}});
}

Answered<sim::Subscription*> find_subscription(World& world, const Value& asked) {
  auto* found = world.topics().find_subscription(asked["SubscriptionArn"].text());
  return found != nullptr ? Answered<sim::Subscription*>{found}
                          : refuse(404, "NotFound", "Subscription does not exist");
}

}  // namespace

Answered<Value> create_topic(World& world, const Call& call, const Value& asked) {
  const auto name = asked["Name"].text();
  const bool is_name = !name.empty() && name.size() <= kLongestTopicName &&
                       std::all_of(name.begin(), name.end(), [](char letter) {
                         return (letter >= 'a' && letter <= 'z') ||
                                (letter >= 'A' && letter <= 'Z') ||
                                (letter >= '0' && letter <= '9') || letter == '-' || letter == '_';
                       });
  if (!is_name) {
    return refuse_argument("Topic Name");
  }
  auto& topic = world.topics().create(owner_of(call), name);
  for (const auto& one : asked["Attributes"].list()) {
    if (auto set = set_topic_attribute(topic, one["key"].text(), one["value"].text()); !set) {
      return tl::unexpected(std::move(set.error()));
    }
  }
  return Value::object({{"TopicArn", topic.arn}});
}

Answered<Value> delete_topic(World& world, const Call& /*call*/, const Value& asked) {
  world.topics().remove(asked["TopicArn"].text());
  return Value::object();
}

Answered<Value> list_topics(World& world, const Call& call, const Value& /*asked*/) {
  Value::List rows;
  for (const auto* topic : world.topics().list(owner_of(call))) {
    rows.push_back(Value::object({{"TopicArn", topic->arn}}));
  }
  return Value::object({{"Topics", rows}});
}

Answered<Value> get_topic_attributes(World& world, const Call& /*call*/, const Value& asked) {
  const auto topic = find_topic(world, asked);
  if (!topic) {
    return tl::unexpected(topic.error());
  }
  int confirmed = 0;
  int pending = 0;
  for (const auto* one : world.topics().subscriptions_of((*topic)->arn)) {
    ++(one->is_confirmed ? confirmed : pending);
  }
  std::vector<std::pair<std::string, std::string>> pairs{
      {"TopicArn", (*topic)->arn},
      {"Owner", (*topic)->owner.account},
      {"SignatureVersion", fmt::to_string((*topic)->signature_version)},
      {"SubscriptionsConfirmed", fmt::to_string(confirmed)},
      {"SubscriptionsPending", fmt::to_string(pending)}};
  for (const auto& [name, value] : (*topic)->others) {
    pairs.emplace_back(name, value);
  }
  return Value::object({{"Attributes", entries_of(pairs)}});
}

Answered<Value> set_topic_attributes(World& world, const Call& /*call*/, const Value& asked) {
  const auto topic = find_topic(world, asked);
  if (!topic) {
    return tl::unexpected(topic.error());
  }
  const auto set =
      set_topic_attribute(**topic, asked["AttributeName"].text(), asked["AttributeValue"].text());
  return set ? Answered<Value>{Value::object()} : tl::unexpected(set.error());
}

Answered<Value> subscribe(World& world, const Call& /*call*/, const Value& asked) {
  const auto topic = find_topic(world, asked);
  if (!topic) {
    return tl::unexpected(topic.error());
  }
  const auto protocol = asked["Protocol"].text();
  const auto endpoint = asked["Endpoint"].text();
  if (protocol != "sqs" && protocol != "http" && protocol != "https") {
    return refuse_argument("Protocol: this lab's are sqs, http and https");
  }
  const bool fits = protocol == "sqs" ? endpoint.starts_with("arn:aws:sqs:")
                                      : endpoint.starts_with(protocol + "://");
  if (!fits) {
    return refuse_argument("Endpoint must match the specified protocol");
  }
  const bool is_raw = entry_of(asked["Attributes"], "RawMessageDelivery") == "true";
  if (!entry_of(asked["Attributes"], "FilterPolicy").empty()) {
    return refuse_argument("FilterPolicy: this lab's subscriptions get every message");
  }
  const auto& made = world.topics().subscribe(**topic, protocol, endpoint, is_raw);
  if (!made.is_confirmed) {
    world.deliveries().ask_to_confirm(made);
  }
  const bool tells = made.is_confirmed || asked["ReturnSubscriptionArn"].flag();
  return Value::object({{"SubscriptionArn", tells ? made.arn : "pending confirmation"}});
}

Answered<Value> confirm_subscription(World& world, const Call& /*call*/, const Value& asked) {
  const auto* confirmed = world.topics().confirm(asked["TopicArn"].text(), asked["Token"].text());
  return confirmed != nullptr
             ? Answered<Value>{Value::object({{"SubscriptionArn", confirmed->arn}})}
             : refuse_argument("Token");
}

Answered<Value> unsubscribe(World& world, const Call& /*call*/, const Value& asked) {
  world.topics().unsubscribe(asked["SubscriptionArn"].text());
  return Value::object();
}

Answered<Value> get_subscription_attributes(World& world, const Call& /*call*/,
                                            const Value& asked) {
  const auto one = find_subscription(world, asked);
  if (!one) {
    return tl::unexpected(one.error());
  }
  return Value::object(
      {{"Attributes",
        entries_of({{"SubscriptionArn", (*one)->arn},
                    {"TopicArn", (*one)->topic},
                    {"Protocol", (*one)->protocol},
                    {"Endpoint", (*one)->endpoint},
                    {"Owner", (*one)->owner.account},
                    {"RawMessageDelivery", (*one)->is_raw ? "true" : "false"},
                    {"PendingConfirmation", (*one)->is_confirmed ? "false" : "true"}})}});
}

Answered<Value> set_subscription_attributes(World& world, const Call& /*call*/,
                                            const Value& asked) {
  const auto one = find_subscription(world, asked);
  if (!one) {
    return tl::unexpected(one.error());
  }
  if (asked["AttributeName"].text() != "RawMessageDelivery") {
    return refuse_argument("AttributeName");
  }
  (*one)->is_raw = asked["AttributeValue"].text() == "true";
  return Value::object();
}

Answered<Value> list_subscriptions_by_topic(World& world, const Call& /*call*/,
                                            const Value& asked) {
  const auto topic = find_topic(world, asked);
  if (!topic) {
    return tl::unexpected(topic.error());
  }
  Value::List rows;
  for (const auto* one : world.topics().subscriptions_of((*topic)->arn)) {
    rows.push_back(subscription_row(*one));
  }
  return Value::object({{"Subscriptions", rows}});
}

Answered<Value> publish(World& world, const Call& /*call*/, const Value& asked) {
  const auto topic = find_topic(world, asked);
  if (!topic) {
    return tl::unexpected(topic.error());
  }
  const auto id = publish_one(world, **topic, asked);
  return id ? Answered<Value>{Value::object({{"MessageId", *id}})} : tl::unexpected(id.error());
}

Answered<Value> publish_batch(World& world, const Call& /*call*/, const Value& asked) {
  const auto topic = find_topic(world, asked);
  if (!topic) {
    return tl::unexpected(topic.error());
  }
  Value::List good;
  Value::List bad;
  for (const auto& entry : asked["PublishBatchRequestEntries"].list()) {
    const auto id = publish_one(world, **topic, entry);
    if (id) {
      good.push_back(Value::object({{"Id", entry["Id"].text()}, {"MessageId", *id}}));
    } else {
      bad.push_back(Value::object({{"Id", entry["Id"].text()},
                                   {"Code", id.error().code},
                                   {"Message", id.error().message},
                                   {"SenderFault", true}}));
    }
  }
  return Value::object({{"Successful", good}, {"Failed", bad}});
}

}  // namespace spotvane::lab
