#include "lab/sqs_messages.hpp"

#include "lab/spoken.hpp"
#include "lab/sqs_queues.hpp"
#include "wire/base64.hpp"
#include "wire/digest.hpp"

#include <algorithm>
#include <set>

namespace spotvane::lab {

namespace {

constexpr std::size_t kMostOfBatch = 10;
constexpr std::int64_t kMostReceived = 10;
constexpr std::size_t kLongestEntryId = 80;

/// AWS's length before each part of what it takes the sum of.
std::string counted(std::string_view part) {
  std::string text;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    text += static_cast<char>(part.size() >> shift & 0xffU);
  }
  return text.append(part);
}

std::string md5_of(const sim::MessageAttributes& attributes) {
  std::string text;
  for (const auto& [name, one] : attributes) {
    text += counted(name) + counted(one.type) + (one.is_binary ? '\2' : '\1') + counted(one.value);
  }
  return wire::md5_hex(text);
}

Answered<sim::MessageAttributes> read_attributes(const Value& asked) {
  sim::MessageAttributes attributes;
  for (const auto& [name, value] : asked.members()) {
    const bool is_binary = value.has("BinaryValue");
    const auto bytes = is_binary ? wire::from_base64(value["BinaryValue"].text())
                                 : std::optional{value["StringValue"].text()};
    const auto type = value["DataType"].text();
    const bool is_known =
        type.starts_with("String") || type.starts_with("Number") || type.starts_with("Binary");
    if (!bytes || !is_known || (type.starts_with("Binary") != is_binary) || bytes->empty()) {
      return refuse(400, "InvalidParameterValue",
                    "The message attribute '{}' must contain a non-empty message attribute value "
                    "of its type.",
                    name);
    }
    attributes[name] = {.type = type, .value = *bytes, .is_binary = is_binary};
  }
  return attributes;
}

bool is_printable(std::string_view body) {
  return std::none_of(body.begin(), body.end(), [](char letter) {
    return static_cast<unsigned char>(letter) < 0x20 && letter != '\t' && letter != '\n' &&
           letter != '\r';
  });
}

Answered<Value> send_one(sim::MessageQueue& queue, const Call& call, const Value& asked) {
  const auto body = asked["MessageBody"].text();
  if (body.empty()) {
    return refuse(400, "MissingParameter", "The request must contain the parameter MessageBody.");
  }
  if (body.size() > queue.settings().most_bytes) {
    return refuse(400, "InvalidParameterValue",
                  "One or more parameters are invalid. Reason: Message must be shorter than {} "
                  "bytes.",
                  queue.settings().most_bytes);
  }
  if (!is_printable(body)) {
    return refuse(400, "InvalidMessageContents",
                  "Invalid binary character found in the message body.");
  }
  const auto delay = asked["DelaySeconds"].integer();
  if (asked.has("DelaySeconds") && (!delay || *delay < 0 || *delay > 900)) {
    return refuse(400, "InvalidParameterValue",
                  "Value {} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be "
                  ">= 0 and <= 900.",
                  asked["DelaySeconds"].text());
  }
  const auto attributes = read_attributes(asked["MessageAttributes"]);
  if (!attributes) {
    return tl::unexpected(attributes.error());
  }
  const auto id = queue.send(
      body, *attributes, call.account.access_key_id,
      delay ? std::optional<Duration>{std::chrono::seconds{*delay}} : std::nullopt, call.now);
  auto answer = Value::object({{"MD5OfMessageBody", wire::md5_hex(body)}, {"MessageId", id}});
  if (!attributes->empty()) {
    answer.set("MD5OfMessageAttributes", md5_of(*attributes));
  }
  return answer;
}

Answered<Value> delete_one(sim::MessageQueue& queue, const Value& asked) {
  const auto handle = asked["ReceiptHandle"].text();
  if (queue.remove(handle) == sim::MessageQueue::Receipt::Unknown) {
    return refuse(400, "ReceiptHandleIsInvalid",
                  "The input receipt handle \"{}\" is not a valid receipt handle.", handle);
  }
  return Value::object();
}

Answered<Value> hide_one(sim::MessageQueue& queue, const Call& call, const Value& asked) {
  const auto seconds = asked["VisibilityTimeout"].integer();
  if (!seconds || *seconds < 0 || *seconds > 43'200) {
    return refuse(400, "InvalidParameterValue",
                  "Value {} for parameter VisibilityTimeout is invalid. Reason: "
                  "VisibilityTimeout must be an integer between 0 and 43200.",
                  asked["VisibilityTimeout"].text());
  }
  const auto handle = asked["ReceiptHandle"].text();
  switch (queue.hide(handle, call.now + std::chrono::seconds{*seconds}, call.now)) {
    case sim::MessageQueue::Receipt::Good:
      return Value::object();
    case sim::MessageQueue::Receipt::Gone:
      return refuse(400, "MessageNotInflight",
                    "Message does not exist or is not available for visibility timeout change.");
    case sim::MessageQueue::Receipt::Unknown:
      break;
  }
  return refuse(400, "ReceiptHandleIsInvalid",
                "The input receipt handle \"{}\" is not a valid receipt handle.", handle);
}

/// Each entry of a batch by itself: what is refused of one stops none of the others.
template <typename Act>
Answered<Value> in_batch(World& world, const Call& call, const Value& asked, Act act) {
  const auto queue = find_queue(world, call, asked);
  if (!queue) {
    return tl::unexpected(queue.error());
  }
  const auto& entries = asked["Entries"].list();
  if (entries.empty()) {
    return refuse(400, "EmptyBatchRequest", "There should be at least one entry in the request.");
  }
  if (entries.size() > kMostOfBatch) {
    return refuse(400, "TooManyEntriesInBatchRequest",
                  "Maximum number of entries per request are {}. You have sent {}.", kMostOfBatch,
                  entries.size());
  }
  std::set<std::string> ids;
  for (const auto& entry : entries) {
    const auto id = entry["Id"].text();
    if (id.empty() || id.size() > kLongestEntryId) {
      return refuse(400, "InvalidBatchEntryId",
                    "A batch entry id can only contain alphanumeric characters, hyphens and "
                    "underscores. It can be at most 80 letters long.");
    }
    if (!ids.insert(id).second) {
      return refuse(400, "BatchEntryIdsNotDistinct", "Id {} repeated.", id);
    }
  }
  Value::List good;
  Value::List bad;
  for (const auto& entry : entries) {
    auto done = act(**queue, entry);
    if (done) {
      done->set("Id", entry["Id"].text());
      good.push_back(*std::move(done));
    } else {
      bad.push_back(Value::object({{"Id", entry["Id"].text()},
                                   {"Code", done.error().code},
                                   {"SenderFault", true},
                                   {"Message", done.error().message}}));
    }
  }
  auto answer = Value::object();
  answer.set("Successful", good);
  answer.set("Failed", bad);
  return answer;
}

bool is_wanted(const Value& names, std::string_view name) {
  return std::any_of(names.list().begin(), names.list().end(), [name](const Value& one) {
    const auto wanted = one.text();
    return wanted == "All" || wanted == ".*" || wanted == name ||
           (wanted.ends_with(".*") && name.starts_with(wanted.substr(0, wanted.size() - 2)));
  });
}

std::string epoch_milliseconds(TimePoint time) {
  return fmt::to_string(time.time_since_epoch().count());
}

Value message_row(const sim::QueueMessage& message, const Value& asked) {
  auto row = Value::object({{"MessageId", message.id},
                            {"ReceiptHandle", message.handle},
                            {"MD5OfBody", wire::md5_hex(message.body)},
                            {"Body", message.body}});
  auto traits = Value::object();
  const std::array<std::pair<std::string_view, std::string>, 4> all{
      {{"ApproximateFirstReceiveTimestamp", epoch_milliseconds(message.first_received_at)},
       {"ApproximateReceiveCount", fmt::to_string(message.receipts)},
       {"SenderId", message.sender},
       {"SentTimestamp", epoch_milliseconds(message.sent_at)}}};
  for (const auto& [name, value] : all) {
    if (is_wanted(asked["AttributeNames"], name) ||
        is_wanted(asked["MessageSystemAttributeNames"], name)) {
      traits.set(name, value);
    }
  }
  if (!traits.members().empty()) {
    row.set("Attributes", traits);
  }
  sim::MessageAttributes wanted;
  auto attributes = Value::object();
  for (const auto& [name, one] : message.attributes) {
    if (is_wanted(asked["MessageAttributeNames"], name)) {
      wanted[name] = one;
      attributes.set(name,
                     Value::object({{"DataType", one.type},
                                    {one.is_binary ? "BinaryValue" : "StringValue",
                                     one.is_binary ? wire::to_base64(one.value) : one.value}}));
    }
  }
  if (!wanted.empty()) {
    row.set("MessageAttributes", attributes);
    row.set("MD5OfMessageAttributes", md5_of(wanted));
  }
  return row;
}

Answered<std::int64_t> whole_parameter(const Value& asked, std::string_view name,
                                       std::int64_t otherwise, std::int64_t least,
                                       std::int64_t most) {
  if (!asked.has(name)) {
    return otherwise;
  }
  const auto number = asked[name].integer();
  return number && *number >= least && *number <= most
             ? Answered<std::int64_t>{*number}
             : refuse(400, "InvalidParameterValue",
                      "Value {} for parameter {} is invalid. Reason: Must be >= {} and <= {}, if "
                      "provided.",
                      asked[name].text(), name, least, most);
}

}  // namespace

Answered<Value> send_message(World& world, const Call& call, const Value& asked) {
  const auto queue = find_queue(world, call, asked);
  return queue ? send_one(**queue, call, asked) : tl::unexpected(queue.error());
}

Answered<Value> send_message_batch(World& world, const Call& call, const Value& asked) {
  return in_batch(world, call, asked, [&call](sim::MessageQueue& queue, const Value& entry) {
    return send_one(queue, call, entry);
  });
}

Answered<Value> delete_message(World& world, const Call& call, const Value& asked) {
  const auto queue = find_queue(world, call, asked);
  return queue ? delete_one(**queue, asked) : tl::unexpected(queue.error());
}

Answered<Value> delete_message_batch(World& world, const Call& call, const Value& asked) {
  return in_batch(world, call, asked, delete_one);
}

Answered<Value> change_message_visibility(World& world, const Call& call, const Value& asked) {
  const auto queue = find_queue(world, call, asked);
  return queue ? hide_one(**queue, call, asked) : tl::unexpected(queue.error());
}

Answered<Value> change_message_visibility_batch(World& world, const Call& call,
                                                const Value& asked) {
  return in_batch(world, call, asked, [&call](sim::MessageQueue& queue, const Value& entry) {
    return hide_one(queue, call, entry);
  });
}

std::optional<Duration> patience(World& world, const Call& call) {
  const auto asked = read_asked(call);
  const auto queue = asked ? find_queue(world, call, *asked) : tl::unexpected(asked.error());
  if (!queue || (*queue)->next_visible() <= call.now) {
    return std::nullopt;
  }
  const auto seconds = whole_parameter(*asked, "WaitTimeSeconds", -1, 0, 20);
  if (!seconds) {
    return std::nullopt;
  }
  const auto wait = *seconds < 0 ? (*queue)->settings().wait : std::chrono::seconds{*seconds};
  return wait > Duration::zero() ? std::optional{wait} : std::nullopt;
}

Answered<Value> receive_message(World& world, const Call& call, const Value& asked) {
  const auto queue = find_queue(world, call, asked);
  if (!queue) {
    return tl::unexpected(queue.error());
  }
  const auto most = whole_parameter(asked, "MaxNumberOfMessages", 1, 1, kMostReceived);
  const auto hidden = whole_parameter(asked, "VisibilityTimeout", -1, 0, 43'200);
  const auto wait = whole_parameter(asked, "WaitTimeSeconds", 0, 0, 20);
  if (!most || !hidden || !wait) {
    return tl::unexpected(!most ? most.error() : !hidden ? hidden.error() : wait.error());
  }
  const auto visibility =
      *hidden < 0 ? (*queue)->settings().visibility : std::chrono::seconds{*hidden};
  Value::List rows;
  for (const auto* message :
       world.queues().receive(**queue, static_cast<int>(*most), visibility, call.now)) {
    rows.push_back(message_row(*message, asked));
  }
  return rows.empty() ? Value::object() : Value::object({{"Messages", rows}});
}

}  // namespace spotvane::lab
