#include "lab/faults.hpp"

#include "lab/filter.hpp"
#include "sim/value_noise.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace spotvane::lab {

namespace {

using nlohmann::json;

Result<FaultKind> parse_kind(const std::string& text) {
  const auto found = std::find_if(kFaultKinds.begin(), kFaultKinds.end(),
                                  [&text](FaultKind kind) { return to_text(kind) == text; });
  if (found == kFaultKinds.end()) {
    return fail(ErrorKind::InvalidInput, "unknown kind of fault '{}'", text);
  }
  return *found;
}

Result<FaultRule> parse_rule(const json& rule) {
  for (const auto& [name, value] : rule.items()) {
    if (name != "kind" && name != "action" && name != "probability" && name != "delay" &&
        name != "after") {
      return fail(ErrorKind::InvalidInput, "unknown member '{}'", name);
    }
  }
  const auto kind = parse_kind(rule.at("kind").get<std::string>());
  const auto delay = parse_duration(rule.value("delay", "1s"));
  if (!kind || !delay) {
    return tl::unexpected(!kind ? kind.error() : delay.error());
  }
  FaultRule read{.kind = *kind,
                 .action = rule.value("action", "*"),
                 .probability = rule.at("probability").get<double>(),
                 .delay = *delay,
                 .is_after = rule.value("after", false)};
  if (read.is_after && read.kind != FaultKind::Error && read.kind != FaultKind::Busy) {
    return fail(ErrorKind::InvalidInput,
                "only faults of kind 'error' and 'busy' can come 'after', not '{}'",
                to_text(read.kind));
  }
  if (read.kind == FaultKind::Missing && !read.action.starts_with(kMetadataAction)) {
    return fail(ErrorKind::InvalidInput, "only '{}...' can be 'missing', not '{}'", kMetadataAction,
                read.action);
  }
  if (read.probability < 0.0 || read.probability > 1.0) {
    return fail(ErrorKind::InvalidInput, "expected a probability of 0 to 1, got {}",
                read.probability);
  }
  return read;
}

struct ShareOf {
  const char* name;
  double sim::MarketConditions::* member;
  double most;
};

constexpr std::array kShares{
    ShareOf{"capacity_factor", &sim::MarketConditions::capacity_factor, 1e6},
    ShareOf{"launch_factor", &sim::MarketConditions::launch_factor, 1e6},
    ShareOf{"late_fulfilment", &sim::MarketConditions::late_fulfilment, 1.0},
    ShareOf{"launch_failures", &sim::MarketConditions::launch_failures, 1.0},
    ShareOf{"never_ready", &sim::MarketConditions::never_ready, 1.0},
    ShareOf{"shortage", &sim::MarketConditions::shortage, 1.0},
    ShareOf{"interruptions_per_hour", &sim::MarketConditions::interruptions_per_hour, 1e6},
};

struct LimitOf {
  const char* name;
  int sim::MarketConditions::* member;
};

constexpr double kMostVcpus = 1e9;

constexpr std::array kLimits{LimitOf{"spot_vcpus", &sim::MarketConditions::spot_vcpus},
                             LimitOf{"on_demand_vcpus", &sim::MarketConditions::on_demand_vcpus}};

Result<sim::MarketConditions> parse_conditions(const json& document) {
  sim::MarketConditions conditions;
  if (!document.is_object()) {
    return fail(ErrorKind::InvalidInput, "expected an object");
  }
  for (const auto& [name, value] : document.items()) {
    const auto* share = std::find_if(kShares.begin(), kShares.end(),
                                     [&name](const ShareOf& one) { return name == one.name; });
    const auto* limit = std::find_if(kLimits.begin(), kLimits.end(),
                                     [&name](const LimitOf& one) { return name == one.name; });
    if (share != kShares.end()) {
      const auto number = value.get<double>();
      if (number < 0.0 || number > share->most) {
        return fail(ErrorKind::InvalidInput, "expected '{}' of 0 to {}, got {}", name, share->most,
                    number);
      }
      conditions.*(share->member) = number;
    } else if (limit != kLimits.end()) {
      conditions.*(limit->member) =
          static_cast<int>(std::clamp(value.get<double>(), 0.0, kMostVcpus));
    } else if (name == "visible_within" || name == "rebalance_lead") {
      const auto span = parse_duration(value.get<std::string>());
      if (!span) {
        return tl::unexpected(span.error());
      }
      (name == "visible_within" ? conditions.visible_within : conditions.rebalance_lead) = *span;
    } else {
      return fail(ErrorKind::InvalidInput, "unknown member '{}'", name);
    }
  }
  return conditions;
}

Result<sim::QueueConditions> parse_queues(const json& document) {
  sim::QueueConditions conditions;
  for (const auto& [name, value] : document.items()) {
    const auto share = value.get<double>();
    if (share < 0.0 || share > 1.0) {
      return fail(ErrorKind::InvalidInput, "expected '{}' of 0 to 1, got {}", name, share);
    }
    if (name != "duplicates" && name != "reordering") {
      return fail(ErrorKind::InvalidInput, "unknown member '{}'", name);
    }
    (name == "duplicates" ? conditions.duplicates : conditions.reordering) = share;
  }
  return conditions;
}

json to_json(const sim::MarketConditions& conditions) {
  json document{{"visible_within", spotvane::to_text(conditions.visible_within)},
                {"rebalance_lead", spotvane::to_text(conditions.rebalance_lead)}};
  for (const auto& share : kShares) {
    document[share.name] = conditions.*(share.member);
  }
  for (const auto& limit : kLimits) {
    document[limit.name] = conditions.*(limit.member);
  }
  return document;
}

/// "20m" ahead, "-20m" behind.
Result<Duration> parse_skew(std::string_view text) {
  const bool is_behind = text.starts_with('-');
  return parse_duration(text.substr(is_behind ? 1 : 0)).map([is_behind](Duration skew) {
    return is_behind ? -skew : skew;
  });
}

}  // namespace

std::string_view to_text(FaultKind kind) {
  switch (kind) {
    case FaultKind::Throttle:
      return "throttle";
    case FaultKind::Error:
      return "error";
    case FaultKind::Busy:
      return "busy";
    case FaultKind::Deny:
      return "deny";
    case FaultKind::Reset:
      return "reset";
    case FaultKind::Lost:
      return "lost";
    case FaultKind::Truncate:
      return "truncate";
    case FaultKind::Slow:
      return "slow";
    case FaultKind::Stale:
      return "stale";
    case FaultKind::Missing:
      return "missing";
  }
  return "error";
}

void Faults::set(Scenario scenario) {
  scenario_ = std::move(scenario);
  counts_.clear();
}

std::optional<FaultRule> Faults::strike(std::string_view action, std::uint64_t request) {
  for (std::size_t i = 0; i < scenario_.rules.size(); ++i) {
    const auto& rule = scenario_.rules[i];
    if (fits(rule.action, action) &&
        sim::uniform(sim::derive(sim::derive(seed_, i), request)) < rule.probability) {
      ++counts_[rule.kind];
      return rule;
    }
  }
  return std::nullopt;
}

std::uint64_t Faults::count(FaultKind kind) const {
  const auto found = counts_.find(kind);
  return found == counts_.end() ? 0 : found->second;
}

Result<Scenario> parse_scenario(std::string_view text) {
  Scenario scenario;
  try {
    const auto document = json::parse(text);
    const auto skew = parse_skew(document.value("clock_skew", "0s"));
    if (!skew) {
      auto error = skew.error();
      return tl::unexpected(std::move(error).during("read fault rules: 'clock_skew'"));
    }
    scenario.clock_skew = *skew;
    for (const auto& member : document.items()) {
      if (member.key() != "rules" && member.key() != "clock_skew" && member.key() != "instances" &&
          member.key() != "queues") {
        return fail(ErrorKind::InvalidInput, "read fault rules: unknown member '{}'", member.key());
      }
    }
    auto conditions = parse_conditions(document.value("instances", json::object()));
    if (!conditions) {
      return tl::unexpected(std::move(conditions.error()).during("read fault rules: 'instances'"));
    }
    scenario.instances = *conditions;
    const auto queues = parse_queues(document.value("queues", json::object()));
    if (!queues) {
      auto error = queues.error();
      return tl::unexpected(std::move(error).during("read fault rules: 'queues'"));
    }
    scenario.queues = *queues;
    const bool has_rules = document.contains("rules") ||
                           (!document.contains("instances") && !document.contains("queues"));
    for (const auto& element : has_rules ? document.at("rules") : json::array()) {
      auto rule = parse_rule(element);
      if (!rule) {
        return tl::unexpected(std::move(rule.error()).during("read fault rules"));
      }
      scenario.rules.push_back(*std::move(rule));
    }
  } catch (const json::parse_error& error) {
    return fail(ErrorKind::InvalidInput, "read fault rules: not JSON, from byte {} on", error.byte);
  } catch (const json::exception&) {
    return tl::unexpected(Error{
        ErrorKind::InvalidInput,
        "read fault rules: expected an object with 'rules', each with a 'kind' and a "
        "'probability', or 'instances'",
        R"(for example {"rules": [{"kind": "throttle", "action": "*", "probability": 0.1}]})"});
  }
  return scenario;
}

std::string describe_faults(const Faults& faults) {
  json document{{"rules", json::array()},
                {"instances", to_json(faults.scenario().instances)},
                {"queues",
                 {{"duplicates", faults.scenario().queues.duplicates},
                  {"reordering", faults.scenario().queues.reordering}}},
                {"clock_skew", spotvane::to_text(faults.scenario().clock_skew)},
                {"counts", json::object()}};
  for (const auto& rule : faults.scenario().rules) {
    document["rules"].push_back({{"kind", to_text(rule.kind)},
                                 {"action", rule.action},
                                 {"probability", rule.probability},
                                 {"delay", spotvane::to_text(rule.delay)},
                                 {"after", rule.is_after}});
  }
  for (const auto kind : kFaultKinds) {
    document["counts"][std::string{to_text(kind)}] = faults.count(kind);
  }
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace spotvane::lab
