#pragma once

#include "base/result.hpp"
#include "cli/console.hpp"
#include "cli/document.hpp"
#include "cli/exit_code.hpp"
#include "cli/flags.hpp"
#include "cli/settings.hpp"
#include "cli/world.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spotvane::cli {

/// What a command works with.
struct Environment {
  World& world;
  Console& console;
  const Settings& settings;
  const LoadedSettings& loaded;
  OutputFormat output = OutputFormat::Table;

  Result<std::unique_ptr<Home>> open_home(HomeUse use) {
    return world.open_home({settings.home, settings.state_url}, use);
  }
  /// For who leaves the archive alone.
  Result<std::unique_ptr<Home>> open_state(HomeUse use) {
    return world.open_home({settings.home, settings.state_url, true}, use);
  }

  /// Prints what a command found, in the form the user asked for.
  void show(const Document& document, std::optional<std::size_t> rows_most = std::nullopt) {
    console.print(render(document, output, rows_most));
  }
};

/// One verb of the command line.
class Command {
 public:
  virtual ~Command() = default;
  virtual std::string_view summary() const = 0;
  virtual std::string_view example() const = 0;

  /// `settings` are as file and environment left them: an option over a setting takes its member as
  /// target.
  virtual void declare(Flags& flags, Settings& settings) = 0;
  virtual Result<ExitCode> run(Environment& environment) = 0;

  /// Whether it runs although the configuration has mistakes.
  virtual bool bears_mistakes() const { return false; }
};

/// Every command of the binary, by its full name ("score daily").
class CommandTable {
 public:
  template <typename T>
  void add(std::string name) {
    commands_.emplace_back(std::move(name), [] { return std::make_unique<T>(); });
  }

  /// Runs what `arguments` ask for and prints what went wrong; the process's exit status.
  int run(std::span<const std::string> arguments, World& world, Console& console) const;

 private:
  using Make = std::function<std::unique_ptr<Command>()>;
  Result<ExitCode> dispatch(std::span<const std::string> arguments, World& world,
                            Console& console) const;
  Result<ExitCode> run_command(const std::string& name, const Make& make,
                               std::span<const std::string> arguments, World& world,
                               Console& console) const;
  tl::unexpected<Error> unknown(const std::string& words) const;
  std::string overview() const;
  /// The commands of one noun ("score "); empty where there is no such noun.
  std::string overview(const std::string& noun) const;

  std::vector<std::pair<std::string, Make>> commands_;  // in the order of the overview
};

}  // namespace spotvane::cli
