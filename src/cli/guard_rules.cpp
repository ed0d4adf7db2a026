#include "cli/guard_rules.hpp"

#include "guard/scaling_step.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <cmath>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

namespace spotvane::cli {

namespace {

using Take = std::function<bool(const toml::node&)>;
using Keys = std::map<std::string, Take, std::less<>>;

Take text_to(std::string& target) {
  return [&](const toml::node& node) {
    const auto value = node.value<std::string>();
    target = value.value_or("");
    return value && !value->empty();
  };
}

Take texts_to(std::vector<std::string>& target) {
  return [&](const toml::node& node) {
    const auto* list = node.as_array();
    for (const auto& one : list != nullptr ? *list : toml::array{}) {
      if (!one.is_string()) {
        return false;
      }
      target.push_back(one.value_or(std::string{}));
    }
    return list != nullptr;
  };
}

Take whole_to(int& target) {
  return [&](const toml::node& node) {
    const auto value = node.value<int>();
    target = value.value_or(0);
    return node.is_integer() && value && *value >= 0;
  };
}

Take real_to(double& target, double most) {
  return [&target, most](const toml::node& node) {
    const auto value = node.value<double>();
    target = value.value_or(0.0);
    return value && *value > 0.0 && *value <= most;
  };
}

Take duration_to(Duration& target) {
  return [&](const toml::node& node) {
    const auto value = parse_duration(node.value_or(std::string{}));
    target = value.value_or(Duration{});
    return value && *value > Duration{0};
  };
}

Result<void> take_all(const toml::table& table, const Keys& keys, const std::string& place) {
  for (const auto& [key, node] : table) {
    const auto found = keys.find(key.str());
    if (found == keys.end()) {
      std::string known;
      for (const auto& [name, take] : keys) {
        known += (known.empty() ? "" : ", ") + name;
      }
      return tl::unexpected(Error{ErrorKind::InvalidInput,
                                  fmt::format("{}: unknown key '{}'", place, key.str()),
                                  "known are " + known});
    }
    if (!found->second(node)) {
      return fail(ErrorKind::InvalidInput, "{}: '{}' has a value that makes no sense", place,
                  key.str());
    }
  }
  return {};
}

Result<guard::FleetRule> read_fleet_rule(const toml::node& node, const std::string& region,
                                         const std::string& place) {
  guard::FleetRule rule;
  rule.region = region;
  auto& fallback = rule.fallback;
  const Keys keys{{"id", text_to(rule.fleet_id)},
                  {"region", text_to(rule.region)},
                  {"group", text_to(rule.group)},
                  {"units_per_server", real_to(rule.units_per_server, 1e6)},
                  {"settles_within", duration_to(rule.settles_within)},
                  {"fallback_interruptions", whole_to(fallback.interruptions)},
                  {"fallback_window", duration_to(fallback.window)},
                  {"fallback_calm", whole_to(fallback.calm)},
                  {"fallback_hold", duration_to(fallback.hold)},
                  {"fallback_share", real_to(fallback.share, 1.0)}};
  const auto* table = node.as_table();
  if (table == nullptr) {
    return fail(ErrorKind::InvalidInput, "{}: 'fleet' must be a list of tables, '[[fleet]]'",
                place);
  }
  if (auto taken = take_all(*table, keys, place); !taken) {
    return tl::unexpected(std::move(taken.error()));
  }
  if (rule.fleet_id.empty() || rule.region.empty()) {
    return fail(ErrorKind::InvalidInput,
                "{}: a fleet needs 'id', and 'region' where the file "
                "names none",
                place);
  }
  return rule;
}

Take step_to(int& target) {
  return [&](const toml::node& node) {
    const auto value = node.value<int>();
    target = value.value_or(0);
    return node.is_integer() && value && *value != 0;
  };
}

Take bound_to(std::optional<double>& target) {
  return [&](const toml::node& node) {
    target = node.value<double>();
    return target.has_value();
  };
}

Take number_to(double& target) {
  return [&](const toml::node& node) {
    const auto value = node.value<double>();
    target = value.value_or(0.0);
    return value && std::abs(*value) <= 1e6;
  };
}

/// [{ lower = 0, upper = 20, adjustment = 8 }, { lower = 20, adjustment = 24 }]
Take steps_to(std::vector<guard::StepBand>& target, Result<void>& good, const std::string& place) {
  return [&target, &good, place](const toml::node& node) {
    const auto* list = node.as_array();
    for (const auto& one : list != nullptr ? *list : toml::array{}) {
      const auto* table = one.as_table();
      auto& step = target.emplace_back();
      const Keys keys{{"lower", bound_to(step.lower)},
                      {"upper", bound_to(step.upper)},
                      {"adjustment", number_to(step.adjustment)}};
      const auto where = fmt::format("{}, step {}", place, target.size());
      if (good) {
        good = table != nullptr ? take_all(*table, keys, where)
                                : fail(ErrorKind::InvalidInput, "{}: must be a table", where);
      }
    }
    good = good ? guard::check_steps(target) : good;
    return list != nullptr && !list->empty();
  };
}

Take adjust_by_to(guard::AdjustBy& target) {
  return [&](const toml::node& node) {
    const auto word = node.value_or(std::string{});
    target = word == "percent" ? guard::AdjustBy::Percent
             : word == "exact" ? guard::AdjustBy::Exact
                               : guard::AdjustBy::Units;
    return word == "percent" || word == "exact" || word == "units";
  };
}

Result<guard::ScalingRule> read_scaling_rule(const toml::node& node, const std::string& region,
                                             const std::string& place) {
  guard::ScalingRule rule;
  rule.region = region;
  Result<void> good_steps;
  const Keys keys{{"alarm", text_to(rule.alarm)},
                  {"fleet", text_to(rule.fleet_id)},
                  {"region", text_to(rule.region)},
                  {"step", step_to(rule.step)},
                  {"steps", steps_to(rule.steps, good_steps, place)},
                  {"adjust_by", adjust_by_to(rule.adjust_by)},
                  {"least_change", whole_to(rule.least_change)},
                  {"cooldown", duration_to(rule.cooldown)},
                  {"least", whole_to(rule.least)},
                  {"most", whole_to(rule.most)}};
  const auto* table = node.as_table();
  if (table == nullptr) {
    return fail(ErrorKind::InvalidInput, "{}: 'scale' must be a list of tables, '[[scale]]'",
                place);
  }
  if (auto taken = take_all(*table, keys, place); !taken) {
    return tl::unexpected(std::move(taken.error()));
  }
  if (!good_steps) {
    return tl::unexpected(std::move(good_steps.error()).during(place));
  }
  const bool is_whole = !rule.alarm.empty() && !rule.fleet_id.empty() && !rule.region.empty();
  if (!is_whole || (rule.step == 0) == rule.steps.empty() || rule.least > rule.most) {
    return fail(ErrorKind::InvalidInput,
                "{}: it needs 'alarm', 'fleet' and either 'step' or 'steps', a region, and no "
                "'least' above 'most'",
                place);
  }
  return rule;
}

}  // namespace

Result<guard::Rules> read_guard_rules(std::string_view text, const std::string& origin) {
  toml::table table;
  try {
    table = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return fail(ErrorKind::InvalidInput, "{}, line {}: {}", origin, error.source().begin.line,
                error.description());
  }
  guard::Rules rules;
  const toml::array* fleets = nullptr;
  const toml::array* scalings = nullptr;
  const Keys keys{{"region", text_to(rules.region)},
                  {"clusters", texts_to(rules.clusters)},
                  {"fleet",
                   [&](const toml::node& node) {
                     fleets = node.as_array();
                     return fleets != nullptr;
                   }},
                  {"scale", [&](const toml::node& node) {
                     scalings = node.as_array();
                     return scalings != nullptr;
                   }}};
  if (auto taken = take_all(table, keys, origin); !taken) {
    return tl::unexpected(std::move(taken.error()));
  }
  for (const auto& node : fleets != nullptr ? *fleets : toml::array{}) {
    auto rule = read_fleet_rule(node, rules.region,
                                fmt::format("{}, fleet {}", origin, rules.fleets.size() + 1));
    if (!rule) {
      return tl::unexpected(std::move(rule.error()));
    }
    rules.fleets.push_back(std::move(*rule));
  }
  for (const auto& node : scalings != nullptr ? *scalings : toml::array{}) {
    auto rule = read_scaling_rule(node, rules.region,
                                  fmt::format("{}, scale {}", origin, rules.scalings.size() + 1));
    if (!rule) {
      return tl::unexpected(std::move(rule.error()));
    }
    rules.scalings.push_back(std::move(*rule));
  }
  return rules;
}

Result<guard::Rules> read_guard_rules(const std::filesystem::path& file) {
  std::ifstream stream{file};
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) {
    return fail(ErrorKind::InvalidInput, "the rules cannot be read from '{}'", file.string());
  }
  return read_guard_rules(text.str(), fmt::format("'{}'", file.string()));
}

}  // namespace spotvane::cli
