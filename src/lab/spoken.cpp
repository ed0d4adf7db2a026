#include "lab/spoken.hpp"

#include "lab/xml_answer.hpp"

#include <algorithm>
#include <array>

namespace spotvane::lab {

namespace {

/// What forms call otherwise than JSON does. Of pairs, JSON makes the members of an object.
struct Spelling {
  std::string_view in_form;
  std::string_view in_json;
  bool is_of_pairs = false;
};

constexpr std::array kSqsSpellings{
    Spelling{"Attribute", "Attributes", true},
    Spelling{"AttributeName", "AttributeNames"},
    Spelling{"ChangeMessageVisibilityBatchRequestEntry", "Entries"},
    Spelling{"DeleteMessageBatchRequestEntry", "Entries"},
    Spelling{"MessageAttribute", "MessageAttributes", true},
    Spelling{"MessageAttributeName", "MessageAttributeNames"},
    Spelling{"MessageSystemAttributeName", "MessageSystemAttributeNames"},
    Spelling{"SendMessageBatchRequestEntry", "Entries"},
    Spelling{"Tag", "Tags", true},
    Spelling{"TagKey", "TagKeys"},
};

/// [{"Name": "a", "Value": 1}] as {"a": 1}.
Value paired(const Value& pairs) {
  auto object = Value::object();
  for (const auto& pair : pairs.list()) {
    const auto& name = pair.has("Name") ? pair["Name"] : pair["Key"];
    object.set(name.text(), pair["Value"]);
  }
  return object;
}

Value respelt(const Value& asked) {
  if (asked.is_list()) {
    Value::List list;
    for (const auto& element : asked.list()) {
      list.push_back(respelt(element));
    }
    return list;
  }
  if (!asked.is_object()) {
    return asked;
  }
  auto made = Value::object();
  for (const auto& [name, value] : asked.members()) {
    const auto* found =
        std::find_if(kSqsSpellings.begin(), kSqsSpellings.end(),
                     [&sought = name](const Spelling& one) { return one.in_form == sought; });
    if (found == kSqsSpellings.end() || !value.is_list()) {
      made.set(name, respelt(value));
    } else {
      made.set(found->in_json, found->is_of_pairs ? paired(value) : respelt(value));
    }
  }
  return made;
}

/// The other way round: {"Attributes": {"a": 1}} as {"Attribute": [{"Name": "a", "Value": 1}]}.
Value old_spelling(const Value& answer, std::string_view action) {
  constexpr std::array kSingular{
      Spelling{"Attribute", "Attributes", true},
      Spelling{"MessageAttribute", "MessageAttributes", true},
      Spelling{"Message", "Messages"},
      Spelling{"QueueUrl", "QueueUrls"},
      Spelling{"QueueUrl", "queueUrls"},
      Spelling{"BatchResultErrorEntry", "Failed"},
      Spelling{"Tag", "Tags", true},
  };
  if (answer.is_list()) {
    Value::List list;
    for (const auto& element : answer.list()) {
      list.push_back(old_spelling(element, action));
    }
    return list;
  }
  auto made = Value::object();
  for (const auto& [name, value] : answer.members()) {
    const auto* found =
        std::find_if(kSingular.begin(), kSingular.end(),
                     [&sought = name](const Spelling& one) { return one.in_json == sought; });
    if (name == "Successful") {
      made.set(fmt::format("{}ResultEntry", action), old_spelling(value, action));
    } else if (found == kSingular.end()) {
      made.set(name, value.is_object() || value.is_list() ? old_spelling(value, action) : value);
    } else if (found->is_of_pairs) {
      Value::List pairs;
      for (const auto& [key, member] : value.members()) {
        pairs.push_back(Value::object({{"Name", key}, {"Value", member}}));
      }
      made.set(found->in_form, pairs);
    } else {
      made.set(found->in_form, old_spelling(value, action));
    }
  }
  return made;
}

struct OlderCode {
  std::string_view service;
  std::string_view code;
  std::string_view older;
};

constexpr std::array kOlderCodes{
    OlderCode{"sqs", "BatchEntryIdsNotDistinct", "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"},
    OlderCode{"sqs", "EmptyBatchRequest", "AWS.SimpleQueueService.EmptyBatchRequest"},
    OlderCode{"sqs", "MessageNotInflight", "AWS.SimpleQueueService.MessageNotInflight"},
    OlderCode{"sqs", "PurgeQueueInProgress", "AWS.SimpleQueueService.PurgeQueueInProgress"},
    OlderCode{"sqs", "QueueDeletedRecently", "AWS.SimpleQueueService.QueueDeletedRecently"},
    OlderCode{"sqs", "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"},
    OlderCode{"sqs", "QueueNameExists", "QueueAlreadyExists"},
    OlderCode{"sqs", "TooManyEntriesInBatchRequest",
              "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"},
    OlderCode{"sqs", "UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation"},
    OlderCode{"monitoring", "InvalidParameterCombinationException", "InvalidParameterCombination"},
    OlderCode{"monitoring", "InvalidParameterValueException", "InvalidParameterValue"},
    OlderCode{"monitoring", "MissingRequiredParameterException", "MissingParameter"},
    OlderCode{"monitoring", "ResourceNotFoundException", "ResourceNotFound"},
};

}  // namespace

Answered<Value> read_asked(const Call& call) {
  if (call.service.protocol != wire::Protocol::Json11) {
    auto asked = Value::of(call.form);
    return call.service.name == wire::kSqs.name ? respelt(asked) : asked;
  }
  auto asked = Value::parse(call.body.empty() ? "{}" : call.body);
  if (!asked || !asked->is_object()) {
    return refuse(400, "SerializationException", "Expected a JSON object.");
  }
  return *std::move(asked);
}

std::string written(const Call& call, const Value& answer) {
  if (call.service.protocol == wire::Protocol::Json11) {
    return answer.to_json();
  }
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    if (call.service.name == wire::kSqs.name) {
      old_spelling(answer, call.action).write(xml, Value::Lists::Flat);
    } else {
      answer.write(xml, Value::Lists::Member);
    }
  });
}

std::string_view older_code(std::string_view service, std::string_view code) {
  const auto* found = std::find_if(
      kOlderCodes.begin(), kOlderCodes.end(),
      [&](const OlderCode& one) { return one.service == service && one.code == code; });
  return found == kOlderCodes.end() ? code : found->older;
}

}  // namespace spotvane::lab
