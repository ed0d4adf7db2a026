#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::agent_app {

/// What `report` was told.
struct ReportOptions {
  std::optional<double> tasks_per_second = {};
  double deviation = 0.0;
  std::optional<std::int64_t> tasks = {};
  bool counts_whole_job = true;
  std::string job = {};
  std::string manager = {};  ///< its address; empty: CloudWatch
};

/// What the program was told to do.
struct Options {
  std::vector<std::string> topics = {};
  std::vector<std::string> queues = {};
  std::vector<std::string> webhooks = {};
  std::string webhook_secret_file = {};
  std::vector<std::string> commands = {};
  bool drains = false;
  bool sets_attributes = true;
  bool is_dry_run = false;
  std::string record_file = {};
  Duration poll = std::chrono::seconds{1};
  std::string metadata_endpoint = "http://169.254.169.254";
  std::string ecs_endpoint = "http://localhost:51678";

  bool wants_help = false;
  bool wants_version = false;
  bool prints_metadata = false;
  bool is_drill = false;
  std::optional<ReportOptions> report = {};  ///< to tell, and nothing else
};

/// Reads the command line; what it does not say is looked for in the environment, by the option's
/// name: SPOTVANE_AGENT_SNS_TOPIC. Fails with `InvalidInput`.
Result<Options> read_options(
    const std::vector<std::string>& arguments,
    const std::function<std::optional<std::string>(std::string_view)>& environment);

/// What --help says: of `report`, or of all else.
std::string help_text(bool is_of_report);

}  // namespace spotvane::agent_app
