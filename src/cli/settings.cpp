#include "cli/settings.hpp"

#include "base/database_url.hpp"
#include "base/number.hpp"
#include "base/spelling.hpp"
#include "base/split.hpp"
#include "market/capacity_sweep.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>

namespace spotvane::cli {

namespace {

using Values = std::vector<std::string>;

struct Setting {
  std::string_view name;
  std::string_view meaning;
  Result<void> (*assign)(Settings&, const Values&);
  bool is_list = false;  ///< its variable holds several values, with commas between
};

Result<std::string> one(const Values& values) {
  if (values.size() != 1) {
    return fail(ErrorKind::InvalidInput, "expected one value, got {}", values.size());
  }
  return values.front();
}

Result<void> assign_text(std::optional<std::string>& target, const Values& values) {
  return one(values).map([&](std::string text) { target = std::move(text); });
}

Result<int> number(const std::string& text, int least, int most) {
  return parse_integer(text).and_then([&](std::int64_t number) -> Result<int> {
    if (number < least || number > most) {
      return fail(ErrorKind::InvalidInput, "must be from {} to {}, got {}", least, most, number);
    }
    return static_cast<int>(number);
  });
}

Result<void> assign_number(int& target, const Values& values, int least, int most) {
  return one(values)
      .and_then([&](const std::string& text) { return number(text, least, most); })
      .map([&](int value) { target = value; });
}

Result<void> assign_dollars(double& target, const Values& values) {
  const auto dollars = one(values).and_then([](const auto& text) { return parse_real(text); });
  if (!dollars || *dollars < 0 || *dollars > 1e6) {
    return fail(ErrorKind::InvalidInput, "must be dollars, 0 to 1000000");
  }
  target = *dollars;
  return {};
}

Result<void> assign_capacities(std::vector<int>& target, const Values& values) {
  std::set<int> capacities;
  for (const auto& text : values) {
    const auto capacity = number(text, 1, market::kLargestSweptCapacity);
    if (!capacity) {
      return tl::unexpected(capacity.error());
    }
    capacities.insert(*capacity);
  }
  target = {capacities.begin(), capacities.end()};
  return {};
}

Result<void> assign_profiles(std::vector<std::string>& target, const Values& values) {
  std::set<std::string> names;
  for (const auto& name : values) {
    if (name.empty() || !names.insert(name).second) {
      return fail(ErrorKind::InvalidInput, "expected names of profiles, each once, got '{}'",
                  fmt::join(values, ", "));
    }
  }
  target = values;
  return {};
}

Result<void> assign_truth(bool& target, const Values& values) {
  return one(values).and_then([&](const std::string& text) -> Result<void> {
    if (text != "true" && text != "false") {
      return fail(ErrorKind::InvalidInput, "must be true or false, got '{}'", text);
    }
    target = text == "true";
    return {};
  });
}

Result<void> assign_pattern(std::string& target, const Values& values) {
  return one(values).and_then([&](const std::string& text) -> Result<void> {
    try {
      static_cast<void>(std::regex{text});
    } catch (const std::regex_error&) {
      return fail(ErrorKind::InvalidInput, "not a regular expression: '{}'", text);
    }
    target = text;
    return {};
  });
}

Result<void> assign_types(std::string& target, const Values& values) {
  return one(values).and_then([&](const std::string& text) -> Result<void> {
    if (text != "single" && text != "pool") {
      return fail(ErrorKind::InvalidInput, "must be 'single' or 'pool', got '{}'", text);
    }
    target = text;
    return {};
  });
}

// The one list of settings: file, environment and `config check` all read it.
constexpr std::array kSettings{
    Setting{"home", "the folder everything is kept in",
            [](Settings& s, const Values& v) {
              return one(v).map([&](const auto& text) { s.home = text; });
            }},
    Setting{"state.url",
            "a PostgreSQL database to share the state in; if not set, SQLite in the home",
            [](Settings& s, const Values& v) {
              return one(v).and_then([&](const std::string& url) {
                return check_database_url(url).map([&] { s.state_url = url; });
              });
            }},
    Setting{"aws.profile", "the profile of the AWS configuration to use",
            [](Settings& s, const Values& v) {
              return one(v).map([&](const auto& text) { s.aws_profiles = {text}; });
            }},
    Setting{"aws.profiles", "several, of an account each: the queries are spread over them",
            [](Settings& s, const Values& v) { return assign_profiles(s.aws_profiles, v); }, true},
    Setting{"aws.region", "the region whose endpoint answers for all regions",
            [](Settings& s, const Values& v) { return assign_text(s.aws_region, v); }},
    Setting{"aws.endpoint_url", "an address in place of AWS's, such as a lab's",
            [](Settings& s, const Values& v) { return assign_text(s.aws_endpoint_url, v); }},
    Setting{"aws.advisor_url", "where the Spot Advisor's JSON is",
            [](Settings& s, const Values& v) { return assign_text(s.advisor_url, v); }},
    Setting{"collect.regions", "regions to collect; all that the account has enabled if not set",
            [](Settings& s, const Values& v) -> Result<void> {
              s.regions.clear();
              for (const auto& name : v) {
                s.regions.emplace_back(name);
              }
              return {};
            },
            true},
    Setting{
        "collect.requests_at_once", "requests under way at the same time",
        [](Settings& s, const Values& v) { return assign_number(s.requests_at_once, v, 1, 500); }},
    Setting{"collect.requests_per_second",
            "requests of a kind to a region in a second; 0: no limit",
            [](Settings& s, const Values& v) {
              return assign_number(s.requests_per_second, v, 0, 1000);
            }},
    Setting{"sps.types", "'single' asks one type a query, 'pool' several interchangeable ones",
            [](Settings& s, const Values& v) { return assign_types(s.sps_types, v); }},
    Setting{"sps.target_capacity", "the capacity that placement scores (SPS) are asked for",
            [](Settings& s, const Values& v) {
              return assign_number(s.target_capacity, v, 1, 2'000'000'000);
            }},
    Setting{"sps.capacities",
            "capacities to sweep, one a cycle, for T2 and T3; the target's must be among them",
            [](Settings& s, const Values& v) { return assign_capacities(s.capacities, v); }, true},
    Setting{"sps.top_k", "pools of yesterday's highest daily scores to ask again",
            [](Settings& s, const Values& v) { return assign_number(s.top_k, v, 0, 100'000); }},
    Setting{
        "sps.sample_count", "pools to draw at random",
        [](Settings& s, const Values& v) { return assign_number(s.sample_count, v, 0, 100'000); }},
    Setting{"sps.sizes", "regular expression of the sizes to draw from",
            [](Settings& s, const Values& v) { return assign_pattern(s.explore_sizes, v); }},
    Setting{"sps.single_zone", "ask for scores of zones (true) or of regions (false)",
            [](Settings& s, const Values& v) { return assign_truth(s.single_zone, v); }},
    Setting{"probe.launch_top_k", "pools of yesterday's best that `probe run` takes by itself",
            [](Settings& s, const Values& v) { return assign_number(s.probe_pools, v, 1, 1000); }},
    Setting{
        "probe.max_instances", "instances of probes that may exist at once",
        [](Settings& s, const Values& v) { return assign_number(s.probe_instances, v, 0, 99999); }},
    Setting{
        "probe.max_vcpus", "vCPUs of all of them together",
        [](Settings& s, const Values& v) { return assign_number(s.probe_vcpus, v, 0, 999999); }},
    Setting{"probe.dollars_a_day", "what the probes of a UTC day may cost at most, all together",
            [](Settings& s, const Values& v) { return assign_dollars(s.probe_dollars, v); }},
};

/// Read, but no settings: where the settings are, and what tests and their tools read.
constexpr auto kOtherVariables =
    std::to_array<std::string_view>({"SPOTVANE_CONFIG", "SPOTVANE_GUARD_RULES", "SPOTVANE_BINARY",
                                     "SPOTVANE_AGENT", "SPOTVANE_SEED", "SPOTVANE_SEEDS"});

const Setting* find_setting(std::string_view name) {
  const auto* found = std::find_if(kSettings.begin(), kSettings.end(),
                                   [&](const Setting& setting) { return setting.name == name; });
  return found == kSettings.end() ? nullptr : found;
}

std::string variable_of(std::string_view name) {
  std::string variable = "SPOTVANE_";
  for (const char letter : name) {
    variable += letter == '.'
                    ? '_'
                    : static_cast<char>(letter >= 'a' && letter <= 'z' ? letter - 32 : letter);
  }
  return variable;
}

std::string value_text(const toml::node& node) {
  if (const auto* text = node.as_string()) {
    return text->get();
  }
  if (const auto* number = node.as_integer()) {
    return fmt::format("{}", number->get());
  }
  if (const auto* real = node.as_floating_point()) {
    return fmt::format("{}", real->get());
  }
  if (const auto* truth = node.as_boolean()) {
    return truth->get() ? "true" : "false";
  }
  std::ostringstream
      written;  // a date or a list within a list: as it stands there, for the setting to judge
  node.visit([&](const auto& other) { written << other; });
  return written.str();
}

Values values_of(const toml::node& node) {
  Values values;
  if (const auto* list = node.as_array()) {
    for (const auto& element : *list) {
      values.push_back(value_text(element));
    }
  } else {
    values.push_back(value_text(node));
  }
  return values;
}

int line_of(const toml::node& node) {
  return static_cast<int>(node.source().begin.line);
}

ConfigMistake unknown_key(const std::string& name, int line) {
  std::vector<std::string> known;
  for (const auto& setting : kSettings) {
    known.emplace_back(setting.name);
  }
  const auto meant = nearest(name, known);
  return {line, meant ? fmt::format("unknown setting '{}'; did you mean '{}'?", name, *meant)
                      : fmt::format("unknown setting '{}'", name)};
}

void apply_table(const toml::table& table, const std::string& prefix, Settings& settings,
                 std::vector<ConfigMistake>& mistakes) {
  for (const auto& [key, node] : table) {
    const auto name = prefix + std::string{key.str()};
    if (const auto* inner = node.as_table()) {
      apply_table(*inner, name + ".", settings, mistakes);
      continue;
    }
    const auto line = static_cast<int>(key.source().begin.line);
    const auto* setting = find_setting(name);
    if (setting == nullptr) {
      mistakes.push_back(unknown_key(name, line));
      continue;
    }
    if (const auto assigned = setting->assign(settings, values_of(node)); !assigned) {
      mistakes.push_back({line_of(node), fmt::format("'{}': {}", name, assigned.error().message)});
    }
  }
}

Values list_values(std::string_view text) {
  Values values;
  for (const auto part : split(text, ',')) {
    if (!part.empty()) {
      values.emplace_back(part);
    }
  }
  return values;
}

}  // namespace

std::vector<SettingName> setting_names() {
  std::vector<SettingName> names;
  for (const auto& setting : kSettings) {
    names.push_back(
        {std::string{setting.name}, variable_of(setting.name), std::string{setting.meaning}});
  }
  return names;
}

std::vector<ConfigMistake> apply_toml(std::string_view text, Settings& settings) {
  std::vector<ConfigMistake> mistakes;
  try {
    const auto table = toml::parse(text);
    apply_table(table, "", settings, mistakes);
    if (const auto several = table.at_path("aws.profiles");
        several && table.at_path("aws.profile")) {
      mistakes.push_back({line_of(*several.node()),
                          "'aws.profiles': there is 'aws.profile', too; give one of them"});
    }
  } catch (const toml::parse_error& error) {
    return {{static_cast<int>(error.source().begin.line), std::string{error.description()}}};
  }
  std::stable_sort(mistakes.begin(), mistakes.end(),
                   [](const auto& left, const auto& right) { return left.line < right.line; });
  return mistakes;
}

std::vector<ConfigMistake> apply_environment(const EnvironmentLookup& lookup, Settings& settings) {
  std::vector<ConfigMistake> mistakes;
  for (const auto& setting : kSettings) {
    const auto variable = variable_of(setting.name);
    const auto value = lookup(variable);
    if (!value || value->empty()) {
      continue;
    }
    const auto values = setting.is_list ? list_values(*value) : Values{*value};
    if (const auto assigned = setting.assign(settings, values); !assigned) {
      mistakes.push_back({0, fmt::format("variable {}: {}", variable, assigned.error().message)});
    }
  }
  return mistakes;
}

std::vector<ConfigMistake> check_together(const Settings& settings) {
  const auto& capacities = settings.capacities;
  if (!capacities.empty() &&
      !std::binary_search(capacities.begin(), capacities.end(), settings.target_capacity)) {
    return {{0, fmt::format("'sps.target_capacity' is {}, which 'sps.capacities' ({}) lacks: a "
                            "pool's SPS is its score for one of them",
                            settings.target_capacity, fmt::join(capacities, ", "))}};
  }
  return {};
}

std::vector<std::string> unread_variables(const std::vector<std::string>& variables) {
  std::vector<std::string> known{kOtherVariables.begin(), kOtherVariables.end()};
  for (const auto& setting : kSettings) {
    known.push_back(variable_of(setting.name));
  }
  std::vector<std::string> words;
  for (const auto& variable : variables) {
    if (std::find(known.begin(), known.end(), variable) != known.end()) {
      continue;
    }
    const auto meant = nearest(variable, known);
    words.push_back(
        meant ? fmt::format("nobody reads the variable {}; did you mean {}?", variable, *meant)
              : fmt::format("nobody reads the variable {}; see `spotvane config check`", variable));
  }
  return words;
}

LoadedSettings load_settings(const std::optional<std::string>& given_file,
                             const EnvironmentLookup& lookup) {
  LoadedSettings loaded;
  loaded.file = find_configuration(given_file, lookup);
  if (loaded.file) {
    std::error_code ignored;
    std::ifstream stream{*loaded.file};
    if (!stream || std::filesystem::is_directory(*loaded.file, ignored)) {
      loaded.mistakes.push_back(
          {0, fmt::format("cannot read the configuration file '{}'", loaded.file->string())});
    } else {
      const std::string text{std::istreambuf_iterator<char>{stream}, {}};
      loaded.mistakes = apply_toml(text, loaded.settings);
    }
  }
  for (auto& mistake : apply_environment(lookup, loaded.settings)) {
    loaded.mistakes.push_back(std::move(mistake));
  }
  for (auto& mistake : check_together(loaded.settings)) {
    loaded.mistakes.push_back(std::move(mistake));
  }
  if (loaded.settings.home.empty()) {
    loaded.settings.home = default_home(lookup);
  }
  return loaded;
}

std::string describe(const ConfigMistake& mistake, const LoadedSettings& loaded) {
  return mistake.line > 0 && loaded.file
             ? fmt::format("{}:{}: {}", loaded.file->string(), mistake.line, mistake.message)
             : mistake.message;
}

}  // namespace spotvane::cli
