#include "agent_app/options.hpp"

#include "base/split.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

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

const Option* find_option(std::string_view name) {
  // What the founding agent called them.
  name = name == "printmeta" ? "print-metadata" : name == "terminate" ? "terminate-now" : name;
  for (const auto& option : kOptions) {
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
  if (const auto endpoint = environment("AWS_EC2_METADATA_SERVICE_ENDPOINT")) {
    if (auto taken = take_endpoint<&Options::metadata_endpoint>(options, *endpoint); !taken) {
      return tl::unexpected(std::move(taken.error()).during("AWS_EC2_METADATA_SERVICE_ENDPOINT"));
    }
  }
  std::vector<std::string_view> given;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view word = arguments[i];
    const auto dashes = word.starts_with("--") ? 2U : word.starts_with("-") ? 1U : 0U;
    const auto equals = word.find('=');
    const auto* option = dashes == 0 ? nullptr : find_option(word.substr(dashes, equals - dashes));
    if (option == nullptr) {
      return tl::unexpected(Error{ErrorKind::InvalidInput, fmt::format("unknown option '{}'", word),
                                  "see spotvane-agent --help"});
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
  for (const auto& option : kOptions) {
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
  return options;
}

std::string help_text() {
  std::string text =
      "Watches what AWS means to do with this instance (spot interruption, rebalance\n"
      "recommendation, maintenance, end by its Auto Scaling group) and tells within a second,\n"
      "once. Nothing that the metadata service does ends it. Logs JSON lines.\n\n"
      "usage: spotvane-agent [OPTIONS]\n\n";
  for (const auto& option : kOptions) {
    text += fmt::format("  --{:<24} {}\n", fmt::format("{} {}", option.name, option.value),
                        option.help);
  }
  text +=
      "\nWhat the command line leaves out is looked for in the environment, by the option's name:\n"
      "SPOTVANE_AGENT_SNS_TOPIC (several separated by blanks). Credentials, endpoints and\n"
      "AWS_EC2_METADATA_SERVICE_ENDPOINT are found as the AWS CLI finds them. Also -printmeta and\n"
      "-terminate, as the founding agent had them.\n";
  return text;
}

}  // namespace spotvane::agent_app
