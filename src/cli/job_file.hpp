#pragma once

#include "base/money.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "job/pits_options.hpp"
#include "model/launch.hpp"
#include "policy/fleet_catalog.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::cli {

/// What a user says of a fleet's job, in a file (docs/policies.md) and by options over it.
struct JobFile {
  std::optional<double> tasks = {};
  int nodes = 10;
  std::vector<std::string> budgets = {};  ///< dollars, as written
  std::optional<Duration> deadline = {};
  std::optional<Duration> interval = {};
  std::optional<Duration> startup = {};  ///< of a worker, from running to its first task
  std::vector<std::string> policies = {};
  double caution = 1;
  int patience = 1;
  double scaling_penalty = 0.001;
  std::string on_infeasible = "say";  ///< or "fail", which is the same, or "raise"
  double raise_by = 0.10;
  std::optional<double> raise_to = {};  ///< there must be one in order to raise
  double manager_price = 0;             ///< of an hour
  double manager_volume = 0;            ///< of an hour
  double manager_rate = 0;              ///< tasks a second
  double worker_volume = 0;             ///< of an hour
  std::optional<double> bid = {};
  std::map<std::string, policy::Throughput> performance = {};  ///< by type
  std::map<std::string, Money> on_demand = {};                 ///< by type, of an hour

  // To run it:
  std::string name = {};
  std::string engine = "command";       ///< or "pypits"
  std::string region = {};              ///< empty: the one that AWS's settings name
  std::vector<std::string> types = {};  ///< that workers may be of; empty: those with a throughput
  std::string user_data = {};           ///< what each worker runs
  std::string dataset = {};             ///< as which throughputs are kept; empty: its name
  std::map<std::string, std::string> parameters = {};
  bool calibrate = false;
  double calibrate_usd = 0.5;
  std::optional<Duration> look = {};
  std::optional<Duration> grace = {};
  bool cloudwatch = true;                   ///< read what workers publish there
  int report_port = 0;                      ///< to take reports at; 0: none are taken
  std::string report_listen = "127.0.0.1";  ///< the address of ours to take them at
  std::string report_url = {};              ///< as workers reach it, where that differs
  bool uses_on_demand = true;               ///< whether workers may be on demand
  job::PitsOptions pits = {};
  model::HostSetup setup = {};
  std::string image = {};                           ///< empty: the newest Amazon Linux
  std::map<std::string, std::string> subnets = {};  ///< by zone; empty: the zones' defaults

  // With the engine "ecs":
  std::string ecs_cluster = "default";
  std::string ecs_service = {};

  // The instance that `job launch-manager` starts:
  std::string manager_type = {};
  std::string manager_image = {};    ///< empty: the newest Amazon Linux
  std::string manager_prelude = {};  ///< what it runs first: to get spotvane there
  model::HostSetup manager_setup = {};
};

/// Reads a job's file over `job`. Fails with `InvalidInput`, naming the line and key, and what was
/// most likely meant or is missing beside it.
Result<void> apply_job_file(std::string_view text, JobFile& job);

/// Likewise that of a job which has begun, maybe under a program that asked for less: what is
/// missing beside a key is not asked for.
Result<void> apply_begun_job_file(std::string_view text, JobFile& job);

/// Whether a job may be named so: it becomes part of tags, tokens, paths and shell words. Fails
/// with `InvalidInput`, saying what a name must be.
Result<void> check_job_name(std::string_view name);

}  // namespace spotvane::cli
