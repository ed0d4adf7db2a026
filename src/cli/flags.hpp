#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::cli {

/// The options of one command, declared once for parsing and `--help` alike.
///
/// Every option takes its value as `--name VALUE` or `--name=VALUE`. Targets keep what they hold
/// where the option is not given, so their first values are the defaults that `--help` shows.
class Flags {
 public:
  Flags(std::string command, std::string summary);
  ~Flags();
  Flags(const Flags&) = delete;
  Flags& operator=(const Flags&) = delete;

  void toggle(std::string_view name, std::string_view help, bool& target);
  void text(std::string_view name, std::string_view value, std::string_view help,
            std::string& target);
  void text(std::string_view name, std::string_view value, std::string_view help,
            std::optional<std::string>& target);
  /// May be given many times, and each time with several values between commas.
  void texts(std::string_view name, std::string_view value, std::string_view help,
             std::vector<std::string>& target);
  void choice(std::string_view name, std::vector<std::string> choices, std::string_view help,
              std::string& target);
  void number(std::string_view name, std::string_view value, std::string_view help, int& target,
              int least, int most);
  void number(std::string_view name, std::string_view value, std::string_view help,
              std::optional<int>& target, int least, int most);
  void real(std::string_view name, std::string_view value, std::string_view help, double& target,
            double least, double most);
  void real(std::string_view name, std::string_view value, std::string_view help,
            std::optional<double>& target, double least, double most);
  void seed(std::string_view name, std::string_view help, std::optional<std::uint64_t>& target);
  void duration(std::string_view name, std::string_view help, std::optional<Duration>& target);
  void month(std::string_view name, std::string_view help,
             std::optional<std::chrono::year_month>& target);
  void time(std::string_view name, std::string_view help, std::optional<TimePoint>& target);
  void day(std::string_view name, std::string_view help, std::optional<Day>& target);

  /// A bare word; required unless its target is optional.
  void positional(std::string_view name, std::string_view help, std::string& target);
  void positional(std::string_view name, std::string_view help, std::optional<std::string>& target);

  /// Any number of bare words.
  void positionals(std::string_view name, std::string_view help, std::vector<std::string>& target);

  /// Options declared from here on are listed under `title`.
  void group(std::string title);

  /// Assigns every target named in `arguments`; true where help was asked for instead.
  /// Fails with `InvalidInput`, naming the option, what it takes and what was given.
  Result<bool> parse(std::span<const std::string> arguments);

  /// The text of `--help`, ending in `example`.
  std::string help(std::string_view example) const;

  /// Every option's long name, with its dashes.
  std::vector<std::string> names() const;

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace spotvane::cli
