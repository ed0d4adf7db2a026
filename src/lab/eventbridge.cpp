#include "lab/eventbridge.hpp"

#include "lab/launch_form.hpp"

#include <algorithm>

namespace spotvane::lab {

namespace {

constexpr std::size_t kMostTargets = 5;
constexpr std::size_t kMostEvents = 10;

Answered<void> check_bus(const Value& asked) {
  const auto bus = asked["EventBusName"].text();
  return bus.empty() || bus == "default" || bus.ends_with(":event-bus/default")
             ? Answered<void>{}
             : refuse(400, "ResourceNotFoundException", "Event bus {} does not exist.", bus);
}

Answered<EventRule*> find_rule(World& world, const Call& call, const Value& asked,
                               std::string_view member = "Name") {
  if (auto checked = check_bus(asked); !checked) {
    return tl::unexpected(std::move(checked.error()));
  }
  const auto name = asked[member].text();
  auto* rule = world.events().find(owner_of(call), name);
  return rule != nullptr ? Answered<EventRule*>{rule}
                         : refuse(400, "ResourceNotFoundException",
                                  "Rule {} does not exist on EventBus default.", name);
}

std::string rule_arn(const EventRule& rule) {
  return fmt::format("arn:aws:events:{}:{}:rule/{}", rule.owner.region, rule.owner.account,
                     rule.name);
}

Value rule_row(const EventRule& rule) {
  return Value::object({{"Name", rule.name},
                        {"Arn", rule_arn(rule)},
                        {"EventPattern", rule.pattern},
                        {"State", rule.is_enabled ? "ENABLED" : "DISABLED"},
                        {"EventBusName", "default"}});
}

/// Of each member either a list of what is allowed, or a pattern of its own.
bool is_pattern(const Value& pattern) {
  return pattern.is_object() && !pattern.members().empty() &&
         std::all_of(pattern.members().begin(), pattern.members().end(), [](const auto& member) {
           return (member.second.is_list() && !member.second.list().empty()) ||
                  is_pattern(member.second);
         });
}

Answered<Value> set_state(World& world, const Call& call, const Value& asked, bool is_enabled) {
  const auto rule = find_rule(world, call, asked);
  if (!rule) {
    return tl::unexpected(rule.error());
  }
  (*rule)->is_enabled = is_enabled;
  return Value::object();
}

}  // namespace

Answered<Value> put_rule(World& world, const Call& call, const Value& asked) {
  if (auto checked = check_bus(asked); !checked) {
    return tl::unexpected(std::move(checked.error()));
  }
  const auto name = asked["Name"].text();
  if (name.empty() || asked.has("ScheduleExpression")) {
    return refuse(400, "ValidationException",
                  "This lab's rules have a name and an event pattern, and no schedule.");
  }
  const auto text = asked["EventPattern"].text();
  auto pattern = Value::parse(text);
  if (!pattern || !is_pattern(*pattern)) {
    return refuse(400, "InvalidEventPatternException",
                  "Event pattern is not valid. Reason: it must be an object of arrays.");
  }
  auto& rule = world.events().put(owner_of(call), name);
  rule.pattern = text;
  rule.parsed = *std::move(pattern);
  rule.is_enabled = asked["State"].text() != "DISABLED";
  return Value::object({{"RuleArn", rule_arn(rule)}});
}

Answered<Value> delete_rule(World& world, const Call& call, const Value& asked) {
  const auto rule = world.events().find(owner_of(call), asked["Name"].text());
  if (rule != nullptr && !rule->targets.empty()) {
    return refuse(400, "ValidationException", "Rule can't be deleted since it has targets.");
  }
  world.events().remove(owner_of(call), asked["Name"].text());
  return Value::object();
}

Answered<Value> describe_rule(World& world, const Call& call, const Value& asked) {
  const auto rule = find_rule(world, call, asked);
  return rule ? Answered<Value>{rule_row(**rule)} : tl::unexpected(rule.error());
}

Answered<Value> enable_rule(World& world, const Call& call, const Value& asked) {
  return set_state(world, call, asked, true);
}

Answered<Value> disable_rule(World& world, const Call& call, const Value& asked) {
  return set_state(world, call, asked, false);
}

Answered<Value> list_rules(World& world, const Call& call, const Value& asked) {
  Value::List rows;
  for (const auto* rule : world.events().list(owner_of(call))) {
    if (rule->name.starts_with(asked["NamePrefix"].text())) {
      rows.push_back(rule_row(*rule));
    }
  }
  return Value::object({{"Rules", rows}});
}

Answered<Value> put_targets(World& world, const Call& call, const Value& asked) {
  const auto rule = find_rule(world, call, asked, "Rule");
  if (!rule) {
    return tl::unexpected(rule.error());
  }
  const auto& wanted = asked["Targets"].list();
  if (wanted.empty() || wanted.size() > kMostTargets) {
    return refuse(400, "LimitExceededException", "A rule has 1 to {} targets.", kMostTargets);
  }
  Value::List failed;
  for (const auto& one : wanted) {
    const auto arn = one["Arn"].text();
    const bool is_known = arn.starts_with("arn:aws:sqs:") || arn.starts_with("arn:aws:sns:");
    if (!is_known || one.has("InputTransformer") || one.has("InputPath")) {
      failed.push_back(Value::object(
          {{"TargetId", one["Id"].text()},
           {"ErrorCode", "ValidationException"},
           {"ErrorMessage", "This lab's targets are queues and topics, and get events whole."}}));
      continue;
    }
    auto& targets = (*rule)->targets;
    std::erase_if(targets, [&](const EventTarget& known) { return known.id == one["Id"].text(); });
    targets.push_back({one["Id"].text(), arn, one["Input"].text()});
  }
  return Value::object({{"FailedEntryCount", failed.size()}, {"FailedEntries", failed}});
}

Answered<Value> remove_targets(World& world, const Call& call, const Value& asked) {
  const auto rule = find_rule(world, call, asked, "Rule");
  if (!rule) {
    return tl::unexpected(rule.error());
  }
  for (const auto& id : asked["Ids"].list()) {
    std::erase_if((*rule)->targets,
                  [&](const EventTarget& known) { return known.id == id.text(); });
  }
  return Value::object({{"FailedEntryCount", 0}, {"FailedEntries", Value::List{}}});
}

Answered<Value> list_targets_by_rule(World& world, const Call& call, const Value& asked) {
  const auto rule = find_rule(world, call, asked, "Rule");
  if (!rule) {
    return tl::unexpected(rule.error());
  }
  Value::List rows;
  for (const auto& target : (*rule)->targets) {
    rows.push_back(Value::object({{"Id", target.id},
                                  {"Arn", target.arn},
                                  {"Input", target.input.empty() ? Value{} : target.input}}));
  }
  return Value::object({{"Targets", rows}});
}

Answered<Value> put_events(World& world, const Call& call, const Value& asked) {
  const auto& entries = asked["Entries"].list();
  if (entries.empty() || entries.size() > kMostEvents) {
    return refuse(400, "ValidationException",
                  "1 validation error detected: Value at 'entries' failed to satisfy constraint: "
                  "Member must have length between 1 and {}",
                  kMostEvents);
  }
  Value::List rows;
  int failed = 0;
  for (const auto& entry : entries) {
    auto detail = Value::parse(entry["Detail"].text());
    const auto source = entry["Source"].text();
    const auto* wrong = source.empty() || source.starts_with("aws.") ? "NotAuthorizedForSource"
                        : !detail || !detail->is_object()            ? "MalformedDetail"
                                                                     : nullptr;
    if (wrong != nullptr) {
      ++failed;
      rows.push_back(Value::object({{"ErrorCode", wrong}, {"ErrorMessage", wrong}}));
      continue;
    }
    rows.push_back(
        Value::object({{"EventId", world.events().publish(
                                       owner_of(call), call.now, source, entry["DetailType"].text(),
                                       entry["Resources"].list(), *std::move(detail))}}));
  }
  return Value::object({{"FailedEntryCount", failed}, {"Entries", rows}});
}

}  // namespace spotvane::lab
