#include "agent_app/options.hpp"

#include "base/number.hpp"
#include "base/split.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

namespace spotvane::agent_app {

namespace {

/// One option, and what to do with its value; a switch has "" or "true".
struct Option {
  std::string_view name;
  std::string_view value;  ///< what it is called in the help; empty: a switch
  std::string_view help;
  Result<void> (*take)(Options&, const std::string&);
  bool is_lasting = true;  ///< also read from the environment
};

template <auto Member>
Result<void> take_text(Options& options, const std::string& value) {
  options.*Member = value;
  return {};
}

template <auto Member>
Result<void> add_text(Options& options, const std::string& value) {
  (options.*Member).push_back(value);
  return {};
}

template <auto Member, bool Is = true>
Result<void> turn(Options& options, const std::string& value) {
  options.*Member = value == "false" ? !Is : Is;
  return {};
}

Result<void> take_poll(Options& options, const std::string& value) {
  const auto poll = parse_duration(value);
  if (!poll || *poll < std::chrono::milliseconds{100}) {
    return fail(ErrorKind::InvalidInput,
                "option '--poll' must be a time such as '1s', at least 100ms, got '{}'", value);
  }
  options.poll = *poll;
  return {};
}

/// Without a final '/', to which paths are added.
template <auto Member>
Result<void> take_endpoint(Options& options, const std::string& value) {
  auto endpoint = value;
  while (endpoint.ends_with('/')) {
    endpoint.pop_back();
  }
  if (!endpoint.starts_with("http://") && !endpoint.starts_with("https://")) {
    return fail(ErrorKind::InvalidInput, "'{}' is no address such as 'http://localhost:51678'",
                value);
  }
  options.*Member = endpoint;
  return {};
}

constexpr std::array kOptions{
    Option{"sns-topic", "ARN", "publish to this topic; may be given again",
           add_text<&Options::topics>},
    Option{"sqs-queue", "URL", "send to this queue; may be given again",
           add_text<&Options::queues>},
    Option{"webhook", "URL", "post to this address; may be given again",
           add_text<&Options::webhooks>},
    Option{"webhook-secret-file", "FILE", "sign what is posted by the secret in this file",
           take_text<&Options::webhook_secret_file>},
    Option{"command", "WORDS",
           "run this, with the message on its input and in its environment; may be given again",
           add_text<&Options::commands>},
    Option{"ecs-drain", "", "set this host to DRAINING in its ECS cluster", turn<&Options::drains>},
    Option{"no-ecs-attributes", "",
           "leave this host's attributes 'spotvane.lifecycle', '.pool' and '.rebalance' alone",
           turn<&Options::sets_attributes, false>},
    Option{"record", "FILE", "note here what was delivered, so that a restart does not repeat it",
           take_text<&Options::record_file>},
    Option{"poll", "TIME", "ask this often (1s)", take_poll},
    Option{"metadata-endpoint", "URL", "of the instance metadata service",
           take_endpoint<&Options::metadata_endpoint>},
    Option{"ecs-endpoint", "URL", "where the ECS agent tells about itself",
           take_endpoint<&Options::ecs_endpoint>},
    Option{"dry-run", "", "deliver nothing, log what would be", turn<&Options::is_dry_run>},
    Option{"print-metadata", "", "print the message an interruption would send, and end",
           turn<&Options::prints_metadata>, false},
    Option{"terminate-now", "", "send that message now, as a drill, and end",
           turn<&Options::is_drill>, false},
    Option{"help", "", "print this, and end", turn<&Options::wants_help>, false},
    Option{"version", "", "print the version, and end", turn<&Options::wants_version>, false},
};

/// No machine does more tasks a second, nor more of them.
constexpr double kMostTasksPerSecond = 1e12;
constexpr std::int64_t kMostTasks = 1'000'000'000'000'000;

Result<double> read_throughput(std::string_view name, const std::string& value) {
  const auto number = parse_real(value);
  if (!number || *number < 0.0 || *number > kMostTasksPerSecond) {
    return fail(ErrorKind::InvalidInput,
                "option '--{}' must be tasks per second, a number from 0 to {}, got '{}'", name,
                kMostTasksPerSecond, value);
  }
  return *number;
}

Result<void> take_perf(Options& options, const std::string& value) {
  return read_throughput("perf", value).map([&](double number) {
    options.report->tasks_per_second = number;
  });
}

Result<void> take_deviation(Options& options, const std::string& value) {
  return read_throughput("stdev", value).map([&](double number) {
    options.report->deviation = number;
  });
}

Result<void> take_tasks(Options& options, const std::string& value) {
  const auto number = parse_integer(value);
  if (!number || *number < 0 || *number > kMostTasks) {
    return fail(ErrorKind::InvalidInput,
                "option '--tasks' must be a whole number from 0 to {}, got '{}'", kMostTasks,
                value);
  }
  options.report->tasks = *number;
  return {};
}

Result<void> take_tasks_of(Options& options, const std::string& value) {
  if (value != "worker" && value != "job") {
    return fail(ErrorKind::InvalidInput, "option '--tasks-of' must be 'worker' or 'job', got '{}'",
                value);
  }
  options.report->counts_whole_job = value == "job";
  return {};
}

Result<void> take_job(Options& options, const std::string& value) {
  options.report->job = value;
  return {};
}

Result<void> take_manager(Options& options, const std::string& value) {
  if (!value.starts_with("http://") && !value.starts_with("https://")) {
    return fail(ErrorKind::InvalidInput,
                "option '--to' must be an address such as 'http://10.0.0.5:7400', got '{}'", value);
  }
  options.report->manager = value;
  return {};
}

/// Of `spotvane-agent report`.
constexpr std::array kReportOptions{
    Option{"perf", "N", "tasks per second of this worker, lately", take_perf, false},
    Option{"stdev", "N", "their standard deviation (0)", take_deviation, false},
    Option{"tasks", "N", "tasks completed so far", take_tasks, false},
    Option{"tasks-of", "WHOSE", "these tasks are the whole job's (job) or this worker's (worker)",
           take_tasks_of},
    Option{"job", "ID", "the job's name, for its manager", take_job},
    Option{"to", "URL", "post to the job's manager there, at /report unless a path is given",
           take_manager},
    Option{"metadata-endpoint", "URL", "of the instance metadata service",
           take_endpoint<&Options::metadata_endpoint>},
    Option{"help", "", "print this, and end", turn<&Options::wants_help>, false},
};

std::span<const Option> options_of(bool is_of_report) {
  return is_of_report ? std::span<const Option>{kReportOptions} : std::span<const Option>{kOptions};
}

Result<void> check_report(const ReportOptions& report) {
  const auto* missing = !report.tasks_per_second ? "perf" : !report.tasks ? "tasks" : nullptr;
  if (missing != nullptr) {
    return tl::unexpected(
        Error{ErrorKind::InvalidInput, fmt::format("report: option '--{}' is missing", missing),
              "as in: spotvane-agent report --perf 12.5 --stdev 0.8 --tasks 4096"});
  }
  return {};
}

const Option* find_option(std::span<const Option> options, std::string_view name) {
  // What the founding agent called them.
  name = name == "printmeta" ? "print-metadata" : name == "terminate" ? "terminate-now" : name;
  for (const auto& option : options) {
    if (option.name == name) {
      return &option;
    }
  }
  return nullptr;
}

std::string variable_of(const Option& option) {
  std::string variable = "SPOTVANE_AGENT_";
  for (const char letter : option.name) {
    variable += letter == '-' ? '_' : static_cast<char>(letter - 'a' + 'A');
  }
  return variable;
}

bool is_list(const Option& option) {
  return option.help.ends_with("may be given again");
}

/// Lists are separated by blanks there, but for commands, which hold blanks themselves.
Result<void> take_variable(const Option& option, const std::string& value, Options& options) {
  if (!is_list(option) || option.name == "command") {
    return option.take(options, value);
  }
  for (const auto word : split(value, ' ')) {
    if (!word.empty()) {
      if (auto taken = option.take(options, std::string{word}); !taken) {
        return taken;
      }
    }
  }
  return {};
}

}  // namespace

Result<Options> read_options(
    const std::vector<std::string>& arguments,
    const std::function<std::optional<std::string>(std::string_view)>& environment) {
  Options options;
  const bool is_report = !arguments.empty() && arguments.front() == "report";
  const auto known = options_of(is_report);
  if (is_report) {
    options.report.emplace();
  }
  if (const auto endpoint = environment("AWS_EC2_METADATA_SERVICE_ENDPOINT")) {
    if (auto taken = take_endpoint<&Options::metadata_endpoint>(options, *endpoint); !taken) {
      return tl::unexpected(std::move(taken.error()).during("AWS_EC2_METADATA_SERVICE_ENDPOINT"));
    }
  }
  std::vector<std::string_view> given;
  for (std::size_t i = is_report ? 1 : 0; i < arguments.size(); ++i) {
    const std::string_view word = arguments[i];
    const auto dashes = word.starts_with("--") ? 2U : word.starts_with("-") ? 1U : 0U;
    const auto equals = word.find('=');
    const auto* option =
        dashes == 0 ? nullptr : find_option(known, word.substr(dashes, equals - dashes));
    if (option == nullptr) {
      return tl::unexpected(
          Error{ErrorKind::InvalidInput, fmt::format("unknown option '{}'", word),
                is_report ? "see spotvane-agent report --help" : "see spotvane-agent --help"});
    }
    std::string value;
    if (equals != std::string_view::npos) {
      value = word.substr(equals + 1);
    } else if (!option->value.empty()) {
      if (++i == arguments.size()) {
        return fail(ErrorKind::InvalidInput, "option '--{}' needs a value", option->name);
      }
      value = arguments[i];
    }
    given.push_back(option->name);
    if (auto taken = option->take(options, value); !taken) {
      return tl::unexpected(std::move(taken.error()));
    }
  }
  for (const auto& option : known) {
    const bool is_given = std::find(given.begin(), given.end(), option.name) != given.end();
    const auto value =
        option.is_lasting && !is_given ? environment(variable_of(option)) : std::nullopt;
    if (!value || value->empty()) {
      continue;
    }
    if (auto taken = take_variable(option, *value, options); !taken) {
      return tl::unexpected(std::move(taken.error()).during(variable_of(option)));
    }
  }
  if (is_report && !options.wants_help) {
    if (auto checked = check_report(*options.report); !checked) {
      return tl::unexpected(std::move(checked.error()));
    }
  }
  return options;
}

std::string help_text(bool is_of_report) {
  std::string text =
      is_of_report
          ? "Tells how this worker gets on: to CloudWatch (namespace Performance, by the "
            "instance's\n"
            "role), or with --to to its job's manager. Once, and ends.\n\n"
            "usage: spotvane-agent report --perf N --tasks N [OPTIONS]\n\n"
          : "Watches what AWS means to do with this instance (spot interruption, rebalance\n"
            "recommendation, maintenance, end by its Auto Scaling group) and tells within a "
            "second,\n"
            "once. Nothing that the metadata service does ends it. Logs JSON lines.\n\n"
            "usage: spotvane-agent [OPTIONS]\n"
            "       spotvane-agent report --perf N --tasks N [OPTIONS]\n\n";
  for (const auto& option : options_of(is_of_report)) {
    text += fmt::format("  --{:<24} {}\n", fmt::format("{} {}", option.name, option.value),
                        option.help);
  }
  text +=
      is_of_report
          ? "\nWhat the command line leaves out is looked for in the environment, by the option's "
            "name:\nSPOTVANE_AGENT_TO, SPOTVANE_AGENT_JOB, SPOTVANE_AGENT_TASKS_OF.\n"
          : "\nWhat the command line leaves out is looked for in the environment, by the option's "
            "name:\n"
            "SPOTVANE_AGENT_SNS_TOPIC (several separated by blanks). Credentials, endpoints and\n"
            "AWS_EC2_METADATA_SERVICE_ENDPOINT are found as the AWS CLI finds them. Also "
            "-printmeta and\n"
            "-terminate, as the founding agent had them.\n";
  return text;
}

}  // namespace spotvane::agent_app
