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
    if (name != "kind" && name != "action" && name != "probability" && name != "delay") {
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
                 .delay = *delay};
  if (read.probability < 0.0 || read.probability > 1.0) {
    return fail(ErrorKind::InvalidInput, "expected a probability of 0 to 1, got {}",
                read.probability);
  }
  return read;
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
    case FaultKind::Reset:
      return "reset";
    case FaultKind::Truncate:
      return "truncate";
    case FaultKind::Slow:
      return "slow";
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
      if (member.key() != "rules" && member.key() != "clock_skew") {
        return fail(ErrorKind::InvalidInput, "read fault rules: unknown member '{}'", member.key());
      }
    }
    for (const auto& element : document.at("rules")) {
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
        "read fault rules: expected an object with 'rules', each with a 'kind' and a 'probability'",
        R"(for example {"rules": [{"kind": "throttle", "action": "*", "probability": 0.1}]})"});
  }
  return scenario;
}

std::string describe_faults(const Faults& faults) {
  json document{{"rules", json::array()},
                {"clock_skew", spotvane::to_text(faults.scenario().clock_skew)},
                {"counts", json::object()}};
  for (const auto& rule : faults.scenario().rules) {
    document["rules"].push_back({{"kind", to_text(rule.kind)},
                                 {"action", rule.action},
                                 {"probability", rule.probability},
                                 {"delay", spotvane::to_text(rule.delay)}});
  }
  for (const auto kind : kFaultKinds) {
    document["counts"][std::string{to_text(kind)}] = faults.count(kind);
  }
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace spotvane::lab
