#include "lab/sqs_queues.hpp"

#include "base/number.hpp"
#include "lab/launch_form.hpp"
#include "wire/url.hpp"

#include <algorithm>
#include <array>

namespace spotvane::lab {

namespace {

constexpr std::size_t kLongestQueueName = 80;

/// A setting that is a number of seconds.
struct SpanSetting {
  std::string_view name;
  Duration sim::QueueSettings::* member;
  std::int64_t least;
  std::int64_t most;
};

constexpr std::array kSpans{
    SpanSetting{"DelaySeconds", &sim::QueueSettings::delay, 0, 900},
    SpanSetting{"MessageRetentionPeriod", &sim::QueueSettings::retention, 60, 1'209'600},
    SpanSetting{"ReceiveMessageWaitTimeSeconds", &sim::QueueSettings::wait, 0, 20},
    SpanSetting{"VisibilityTimeout", &sim::QueueSettings::visibility, 0, 43'200},
};

/// What is kept and told again, and changes nothing.
constexpr std::array<std::string_view, 5> kKept{"KmsDataKeyReusePeriodSeconds", "KmsMasterKeyId",
                                                "Policy", "RedriveAllowPolicy",
                                                "SqsManagedSseEnabled"};

std::int64_t seconds_of(Duration span) {
  return std::chrono::duration_cast<std::chrono::seconds>(span).count();
}

bool is_queue_name(std::string_view name) {
  return !name.empty() && name.size() <= kLongestQueueName &&
         std::all_of(name.begin(), name.end(), [](char letter) {
           return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                  (letter >= '0' && letter <= '9') || letter == '-' || letter == '_';
         });
}

tl::unexpected<Refusal> refuse_attribute(std::string_view name) {
  return refuse(400, "InvalidAttributeValue", "Invalid value for the parameter {}.", name);
}

Answered<void> read_redrive(const Value& value, sim::QueueSettings& settings) {
  const auto policy = Value::parse(value.text());
  if (value.text().empty()) {
    settings.dead_letters.clear();
    return {};
  }
  const auto most = policy ? (*policy)["maxReceiveCount"].integer() : std::nullopt;
  if (!most || *most < 1 || *most > 1000 || !(*policy)["deadLetterTargetArn"].is_text()) {
    return refuse_attribute("RedrivePolicy");
  }
  settings.dead_letters = (*policy)["deadLetterTargetArn"].text();
  settings.most_receipts = static_cast<int>(*most);
  return {};
}

Answered<void> read_setting(const std::string& name, const Value& value,
                            sim::QueueSettings& settings) {
  if (name == "RedrivePolicy") {
    return read_redrive(value, settings);
  }
  if (name == "FifoQueue") {
    return refuse(400, "UnsupportedOperation", "This lab's queues are standard queues.");
  }
  if (std::find(kKept.begin(), kKept.end(), name) != kKept.end()) {
    settings.others[name] = value.text();
    return {};
  }
  const auto* span = std::find_if(kSpans.begin(), kSpans.end(),
                                  [&name](const SpanSetting& one) { return one.name == name; });
  const auto number = value.integer();
  if (span != kSpans.end()) {
    if (!number || *number < span->least || *number > span->most) {
      return refuse_attribute(name);
    }
    settings.*(span->member) = std::chrono::seconds{*number};
    return {};
  }
  if (name != "MaximumMessageSize") {
    return refuse(400, "InvalidAttributeName", "Unknown Attribute {}.", name);
  }
  if (!number || *number < 1024 || *number > std::int64_t{1} << 20U) {
    return refuse_attribute(name);
  }
  settings.most_bytes = static_cast<std::size_t>(*number);
  return {};
}

Answered<sim::QueueSettings> read_settings(World& world, const Value& attributes,
                                           sim::QueueSettings settings) {
  for (const auto& [name, value] : attributes.members()) {
    if (auto read = read_setting(name, value, settings); !read) {
      return tl::unexpected(std::move(read.error()));
    }
  }
  if (!settings.dead_letters.empty() && world.queues().find(settings.dead_letters) == nullptr) {
    return refuse(400, "InvalidParameterValue",
                  "Value {} for parameter RedrivePolicy is invalid. Reason: Dead letter target "
                  "does not exist.",
                  settings.dead_letters);
  }
  return settings;
}

std::string url_of(const Call& call, const sim::MessageQueue& queue) {
  return fmt::format("{}/{}/{}", call.address, queue.owner().account, queue.name());
}

Value attributes_of(const sim::MessageQueue& queue, TimePoint now) {
  const auto& settings = queue.settings();
  const auto sizes = queue.sizes(now);
  const auto created = fmt::to_string(seconds_of(queue.created_at().time_since_epoch()));
  auto all = Value::object({
      {"QueueArn", queue.arn()},
      {"ApproximateNumberOfMessages", fmt::to_string(sizes.visible)},
      {"ApproximateNumberOfMessagesNotVisible", fmt::to_string(sizes.hidden)},
      {"ApproximateNumberOfMessagesDelayed", fmt::to_string(sizes.delayed)},
      {"CreatedTimestamp", created},
      {"LastModifiedTimestamp", created},
      {"MaximumMessageSize", fmt::to_string(settings.most_bytes)},
  });
  for (const auto& span : kSpans) {
    all.set(span.name, fmt::to_string(seconds_of(settings.*(span.member))));
  }
  if (!settings.dead_letters.empty()) {
    all.set("RedrivePolicy", Value::object({{"deadLetterTargetArn", settings.dead_letters},
                                            {"maxReceiveCount", settings.most_receipts}})
                                 .to_json());
  }
  for (const auto& [name, value] : settings.others) {
    all.set(name, value);
  }
  return all;
}

}  // namespace

bool is_queue_path(std::string_view path) {
  constexpr std::size_t kAccountDigits = 12;
  return path.size() > kAccountDigits + 2 && path[0] == '/' && path[kAccountDigits + 1] == '/' &&
         path.substr(1, kAccountDigits).find_first_not_of("0123456789") == std::string_view::npos;
}

Answered<sim::MessageQueue*> find_queue(World& world, const Call& call, const Value& asked) {
  const auto url = asked["QueueUrl"].text();
  if (url.empty()) {
    return refuse(400, "MissingParameter", "The request must contain the parameter QueueUrl.");
  }
  const auto path = wire::split_url(url).path;
  auto owner = owner_of(call);
  auto* queue = is_queue_path(path) && path.substr(1, 12) == owner.account
                    ? world.queues().find(owner, std::string{path.substr(14)})
                    : nullptr;
  return queue != nullptr ? Answered<sim::MessageQueue*>{queue}
                          : refuse(400, "QueueDoesNotExist", "The specified queue does not exist.");
}

Answered<Value> create_queue(World& world, const Call& call, const Value& asked) {
  const auto name = asked["QueueName"].text();
  if (name.ends_with(".fifo")) {
    return refuse(400, "UnsupportedOperation", "This lab's queues are standard queues.");
  }
  if (!is_queue_name(name)) {
    return refuse(400, "InvalidParameterValue",
                  "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in "
                  "length");
  }
  const auto settings = read_settings(world, asked["Attributes"], {});
  if (!settings) {
    return tl::unexpected(settings.error());
  }
  const auto queue = world.queues().create(owner_of(call), name, *settings, call.now);
  if (!queue) {
    return refuse(
        400, queue.error().code == "QueueAlreadyExists" ? "QueueNameExists" : queue.error().code,
        "{}", queue.error().message);
  }
  return Value::object({{"QueueUrl", url_of(call, **queue)}});
}

Answered<Value> delete_queue(World& world, const Call& call, const Value& asked) {
  const auto queue = find_queue(world, call, asked);
  if (!queue) {
    return tl::unexpected(queue.error());
  }
  const auto name = (*queue)->name();
  world.queues().remove(owner_of(call), name, call.now);
  return Value::object();
}

Answered<Value> get_queue_attributes(World& world, const Call& call, const Value& asked) {
  const auto queue = find_queue(world, call, asked);
  if (!queue) {
    return tl::unexpected(queue.error());
  }
  const auto all = attributes_of(**queue, call.now);
  auto given = Value::object();
  for (const auto& name : asked["AttributeNames"].list()) {
    if (name.text() == "All") {
      return Value::object({{"Attributes", all}});
    }
    if (all.has(name.text())) {
      given.set(name.text(), all[name.text()]);
    }
  }
  return given.members().empty() ? Value::object() : Value::object({{"Attributes", given}});
}

Answered<Value> get_queue_url(World& world, const Call& call, const Value& asked) {
  const auto* queue = world.queues().find(owner_of(call), asked["QueueName"].text());
  if (queue == nullptr) {
    return refuse(400, "QueueDoesNotExist", "The specified queue does not exist.");
  }
  return Value::object({{"QueueUrl", url_of(call, *queue)}});
}

Answered<Value> list_queues(World& world, const Call& call, const Value& asked) {
  const auto prefix = asked["QueueNamePrefix"].text();
  Value::List urls;
  for (const auto* queue : world.queues().list(owner_of(call))) {
    if (queue->name().starts_with(prefix)) {
      urls.emplace_back(url_of(call, *queue));
    }
  }
  return urls.empty() ? Value::object() : Value::object({{"QueueUrls", urls}});
}

Answered<Value> purge_queue(World& world, const Call& call, const Value& asked) {
  const auto queue = find_queue(world, call, asked);
  if (!queue) {
    return tl::unexpected(queue.error());
  }
  (*queue)->purge();
  return Value::object();
}

Answered<Value> set_queue_attributes(World& world, const Call& call, const Value& asked) {
  const auto queue = find_queue(world, call, asked);
  if (!queue) {
    return tl::unexpected(queue.error());
  }
  auto settings = read_settings(world, asked["Attributes"], (*queue)->settings());
  if (!settings) {
    return tl::unexpected(settings.error());
  }
  (*queue)->set(*std::move(settings));
  return Value::object();
}

}  // namespace spotvane::lab
