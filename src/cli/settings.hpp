#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "model/place.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::cli {

/// What can be set once for all commands: by flags over environment (`SPOTVANE_SPS_TOP_K`) over
/// `spotvane.toml` (`top_k` in `[sps]`) over these defaults.
struct Settings {
  std::filesystem::path
      home;  ///< empty until settled: then `SPOTVANE_HOME`, else the XDG data folder
  std::optional<std::string> state_url = {};  ///< none: SQLite in the home

  std::vector<std::string> aws_profiles = {};  ///< empty: what the environment names
  std::optional<std::string> aws_region = {};
  std::optional<std::string> aws_endpoint_url = {};
  std::optional<std::string> advisor_url = {};

  std::vector<model::Region> regions = {};  ///< empty: every region enabled for the account
  int requests_at_once = 8;
  int requests_per_second = 10;

  std::string sps_types = "single";  ///< "single" or "pool"
  int target_capacity = 10;
  std::vector<int> capacities = {};  ///< to sweep, ascending; empty: the target capacity alone
  int top_k = 10;
  int sample_count = 20;
  std::string explore_sizes = "^(medium|xlarge|2xlarge|4xlarge)$";
  bool single_zone = true;

  int probe_pools = 3;        ///< of yesterday's best, where none is named
  int probe_instances = 100;  ///< that may exist at once
  int probe_vcpus = 512;      ///< of them
  double probe_dollars = 10;
};

/// One thing wrong in the configuration.
struct ConfigMistake {
  int line = 0;  ///< in the file; 0: not from the file
  std::string message;
};

/// A name's value in the environment, or none.
using EnvironmentLookup = std::function<std::optional<std::string>(std::string_view)>;

/// A setting's name in the file, its variable and what it does: for `config check` and the manual.
struct SettingName {
  std::string name;      ///< "sps.top_k"
  std::string variable;  ///< "SPOTVANE_SPS_TOP_K"
  std::string meaning;
};
std::vector<SettingName> setting_names();

/// Reads a configuration file's text into `settings`; returns every mistake there is, in order of
/// line. A setting with a mistake keeps its value.
std::vector<ConfigMistake> apply_toml(std::string_view text, Settings& settings);

/// Likewise for the `SPOTVANE_*` variables.
std::vector<ConfigMistake> apply_environment(const EnvironmentLookup& lookup, Settings& settings);

/// What is wrong with settings that are right one by one, but not together.
std::vector<ConfigMistake> check_together(const Settings& settings);

/// What to say of each of `variables`, names that begin with SPOTVANE_, that nobody reads: it is
/// most likely misspelt.
std::vector<std::string> unread_variables(const std::vector<std::string>& variables);

/// Settings as file and environment make them, and what was wrong there.
struct LoadedSettings {
  Settings settings = {};
  std::optional<std::filesystem::path> file = {};
  std::vector<ConfigMistake> mistakes = {};
};

/// Reads the configuration file, if there is one, and the environment over it; settles the home.
LoadedSettings load_settings(const std::optional<std::string>& given_file,
                             const EnvironmentLookup& lookup);

/// "spotvane.toml:3: 'sps.top_k': must be ...".
std::string describe(const ConfigMistake& mistake, const LoadedSettings& loaded);

/// Where the configuration file is: `given`, else `SPOTVANE_CONFIG`, else ./spotvane.toml, else the
/// XDG configuration folder's. None where nothing was named and nothing is there.
std::optional<std::filesystem::path> find_configuration(const std::optional<std::string>& given,
                                                        const EnvironmentLookup& lookup);

/// Where everything is kept if nothing says otherwise: the XDG data folder's `spotvane`.
std::filesystem::path default_home(const EnvironmentLookup& lookup);

}  // namespace spotvane::cli
