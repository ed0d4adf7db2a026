#include "cli/command.hpp"

#include "base/database_url.hpp"
#include "base/spelling.hpp"
#include "cli/version.hpp"

#include <algorithm>
#include <iterator>

namespace spotvane::cli {

namespace {

/// Options every command takes; those that are settings go straight into `settings`.
struct CommonOptions {
  std::string home = {};
  std::optional<std::string> config = {};
  std::string output = "table";
  bool is_quiet = false;

  void declare(Flags& flags, Settings& settings) {
    home = settings.home.string();
    flags.group("Options of every command");
    flags.text("home", "DIR", "keep everything below this folder", home);
    flags.text("state", "URL", "share the state in this PostgreSQL database, archive below --home",
               settings.state_url);
    flags.text("config", "FILE", "read settings from this file", config);
    flags.texts("profile", "NAME", "use this profile of the AWS configuration, or several",
                settings.aws_profiles);
    flags.text("aws-region", "REGION", "talk to this region's endpoint", settings.aws_region);
    flags.text("endpoint-url", "URL", "talk to this address instead of AWS",
               settings.aws_endpoint_url);
    flags.choice("output", {"table", "csv", "json"}, "how to print results", output);
    flags.toggle("quiet", "print results and errors only", is_quiet);
  }
};

/// The file is read before the options are declared, so it must be found ahead of them.
std::optional<std::string> config_option(std::span<const std::string> arguments) {
  constexpr std::string_view kName = "--config";
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == kName && i + 1 < arguments.size()) {
      return arguments[i + 1];
    }
    if (arguments[i].starts_with("--config=")) {
      return arguments[i].substr(kName.size() + 1);
    }
  }
  return std::nullopt;
}

bool is_help(const std::string& argument) {
  return argument == "--help" || argument == "-h";
}

tl::unexpected<Error> bad_configuration(const LoadedSettings& loaded) {
  std::vector<std::string> lines;
  for (const auto& mistake : loaded.mistakes) {
    lines.push_back(describe(mistake, loaded));
  }
  return tl::unexpected(
      Error{ErrorKind::InvalidInput,
            fmt::format("configuration: {}", fmt::join(lines, "\nerror: configuration: ")),
            "`spotvane config check` lists every setting"});
}

}  // namespace

int CommandTable::run(std::span<const std::string> arguments, World& world,
                      Console& console) const {
  const auto done = dispatch(arguments, world, console);
  console.clear_progress();
  if (done && console.has_lost_output()) {
    console.error({ErrorKind::Storage, "the output could not be written",
                   "see whether the disk it goes to is full"});
    return static_cast<int>(ExitCode::Failed);
  }
  if (done) {
    return static_cast<int>(*done);
  }
  console.error(done.error());
  return static_cast<int>(done.error().kind == ErrorKind::InvalidInput ? ExitCode::BadUsage
                                                                       : ExitCode::Failed);
}

Result<ExitCode> CommandTable::dispatch(std::span<const std::string> arguments, World& world,
                                        Console& console) const {
  if (arguments.size() > 1 && arguments[0] == "help") {
    std::vector<std::string> asked(arguments.begin() + 1, arguments.end());
    asked.emplace_back("--help");
    return dispatch(asked, world, console);
  }
  if (arguments.empty() || is_help(arguments[0]) || arguments[0] == "help") {
    console.print(overview());
    return ExitCode::Done;
  }
  if (arguments[0] == "--version") {
    console.print(fmt::format("spotvane {}\n", version()));
    return ExitCode::Done;
  }
  // "score daily" before "collect": the longer name wins.
  for (const std::size_t words : {2U, 1U}) {
    if (arguments.size() < words) {
      continue;
    }
    const auto name = fmt::format("{}", fmt::join(arguments.first(words), " "));
    const auto found = std::find_if(commands_.begin(), commands_.end(),
                                    [&](const auto& command) { return command.first == name; });
    if (found != commands_.end()) {
      return run_command(found->first, found->second, arguments.subspan(words), world, console);
    }
  }
  if (arguments.size() > 1 && is_help(arguments[1]) && !overview(arguments[0] + " ").empty()) {
    console.print(overview(arguments[0] + " "));
    return ExitCode::Done;
  }
  return unknown(arguments.size() > 1 && !arguments[1].starts_with('-')
                     ? fmt::format("{} {}", arguments[0], arguments[1])
                     : arguments[0]);
}

Result<ExitCode> CommandTable::run_command(const std::string& name, const Make& make,
                                           std::span<const std::string> arguments, World& world,
                                           Console& console) const {
  auto loaded = load_settings(config_option(arguments), [&](std::string_view variable) {
    return world.environment(variable);
  });
  auto settings = loaded.settings;
  const auto command = make();
  Flags flags{fmt::format("spotvane {}", name), std::string{command->summary()}};
  CommonOptions common;
  command->declare(flags, settings);
  common.declare(flags, settings);

  const auto wants_help = flags.parse(arguments);
  if (!wants_help) {
    return tl::unexpected(wants_help.error());
  }
  if (*wants_help) {
    console.print(flags.help(command->example()));
    return ExitCode::Done;
  }
  if (!loaded.mistakes.empty() && !command->bears_mistakes()) {
    return bad_configuration(loaded);
  }
  settings.home = common.home;
  if (settings.state_url) {
    if (auto checked = check_database_url(*settings.state_url); !checked) {
      return tl::unexpected(std::move(checked.error()).during("option '--state'"));
    }
  }
  if (common.is_quiet) {
    console.be_quiet();
  }
  for (const auto& words : unread_variables(world.environment_names("SPOTVANE_"))) {
    console.warn(fmt::format("warning: {}", words));
  }
  Environment environment{.world = world,
                          .console = console,
                          .settings = settings,
                          .loaded = loaded,
                          .output = parse_output_format(common.output).value()};
  return command->run(environment);
}

tl::unexpected<Error> CommandTable::unknown(const std::string& words) const {
  std::vector<std::string> names;
  for (const auto& [name, make] : commands_) {
    names.push_back(name);
  }
  const auto noun = words.substr(0, words.find(' '));
  std::vector<std::string> verbs;
  std::copy_if(names.begin(), names.end(), std::back_inserter(verbs),
               [&](const std::string& name) { return name.starts_with(noun + " "); });
  Error error{ErrorKind::InvalidInput, fmt::format("unknown command '{}'", words),
              "`spotvane --help` lists them all"};
  if (const auto meant = nearest(words, names)) {
    error.hint = fmt::format("did you mean `spotvane {}`?", *meant);
  } else if (!verbs.empty()) {
    error.hint = fmt::format("there is `spotvane {}`", fmt::join(verbs, "`, `spotvane "));
  } else if (const auto near_noun = nearest(noun, names)) {
    error.hint = fmt::format("did you mean `spotvane {}`?", *near_noun);
  }
  return tl::unexpected(std::move(error));
}

std::string CommandTable::overview(const std::string& noun) const {
  std::string text;
  for (const auto& [name, make] : commands_) {
    if (name.starts_with(noun)) {
      const auto command = make();
      text += fmt::format("  {:<18} {}\n", name, command->summary());
      text += fmt::format("  {:<18}   {}\n", "", command->example());
    }
  }
  return text.empty() ? text : fmt::format("Commands, each with an example:\n{}", text);
}

std::string CommandTable::overview() const {
  std::string text =
      "spotvane: where EC2 Spot capacity is, how fast you get it, and how to keep working on it\n\n"
      "Usage: spotvane COMMAND [OPTIONS]\n\nCommands:\n";
  for (const auto& [name, make] : commands_) {
    text += fmt::format("  {:<18} {}\n", name, make()->summary());
  }
  text +=
      "\n`spotvane COMMAND --help` tells a command's options, with an example.\n\n"
      "Example:\n  spotvane demo\n";
  return text;
}

}  // namespace spotvane::cli
