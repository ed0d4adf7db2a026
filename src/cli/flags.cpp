#include "cli/flags.hpp"

#include "base/number.hpp"
#include "base/spelling.hpp"
#include "base/split.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <functional>
#include <type_traits>

namespace spotvane::cli {

namespace {

std::vector<std::string> split_at_commas(const std::vector<std::string>& values) {
  std::vector<std::string> parts;
  for (const auto& value : values) {
    for (const auto part : split(value, ',')) {
      if (!part.empty()) {
        parts.emplace_back(part);
      }
    }
  }
  return parts;
}

template <typename Number>
Result<Number> parse_between(const std::string& text, Number least, Number most) {
  const auto parsed = [&] {
    if constexpr (std::is_integral_v<Number>) {
      return parse_integer(text);
    } else {
      return parse_real(text);
    }
  }();
  if (!parsed) {
    return tl::unexpected(parsed.error());
  }
  if (*parsed < least || *parsed > most) {
    return fail(ErrorKind::InvalidInput, "must be from {} to {}, got {}", least, most, *parsed);
  }
  return static_cast<Number>(*parsed);
}

}  // namespace

/// CLI11 splits the command line and lays out the help; what a value means is decided here, so that
/// every message follows the house.
struct Flags::Parser {
  Parser(std::string command, std::string summary) : app{std::move(summary), std::move(command)} {
    app.set_help_flag("-h,--help", "print this help");
    app.allow_extras();
    app.failure_message([](const CLI::App*, const CLI::Error&) { return std::string{}; });
  }

  using Assign = std::function<Result<void>(const std::string&)>;

  CLI::Option* add(std::string_view name, std::string_view value, std::string_view help,
                   const std::string& shown_default, Assign assign) {
    const std::string spelled = is_positional(name) ? std::string{name} : fmt::format("--{}", name);
    auto* option = app.add_option_function<std::string>(
        spelled,
        [this, spelled, assign = std::move(assign)](const std::string& text) {
          if (auto assigned = assign(text); !assigned && !error) {
            error = std::move(assigned.error()).during(fmt::format("option '{}'", spelled));
          }
        },
        shown_default.empty() ? std::string{help}
                              : fmt::format("{} (default {})", help, shown_default));
    option->type_name(std::string{value});
    option->group(is_positional(name) ? "Positionals" : group);
    return option;
  }

  static bool is_positional(std::string_view name) {
    return !name.empty() && name.front() >= 'A' && name.front() <= 'Z';
  }

  CLI::App app;
  std::string group = "Options";
  std::optional<Error> error;
};

Flags::Flags(std::string command, std::string summary)
    : parser_{std::make_unique<Parser>(std::move(command), std::move(summary))} {}

Flags::~Flags() = default;

void Flags::toggle(std::string_view name, std::string_view help, bool& target) {
  parser_->app.add_flag(fmt::format("--{}", name), target, std::string{help})
      ->group(parser_->group);
}

void Flags::text(std::string_view name, std::string_view value, std::string_view help,
                 std::string& target) {
  parser_->add(name, value, help, target, [&target](const std::string& text) -> Result<void> {
    target = text;
    return {};
  });
}

void Flags::text(std::string_view name, std::string_view value, std::string_view help,
                 std::optional<std::string>& target) {
  parser_->add(name, value, help, "", [&target](const std::string& text) -> Result<void> {
    target = text;
    return {};
  });
}

void Flags::texts(std::string_view name, std::string_view value, std::string_view help,
                  std::vector<std::string>& target) {
  auto* option = parser_->app.add_option_function<std::vector<std::string>>(
      fmt::format("--{}", name),
      [parser = parser_.get(), &target,
       name = std::string{name}](const std::vector<std::string>& values) {
        target = split_at_commas(values);
        if (target.empty() && !parser->error) {
          parser->error = Error{ErrorKind::InvalidInput,
                                fmt::format("option '--{}': expected at least one value", name)};
        }
      },
      std::string{help});
  option->type_name(std::string{value});
  option->type_size(1);
  option->expected(1);
  option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  option->group(parser_->group);
}

void Flags::choice(std::string_view name, std::vector<std::string> choices, std::string_view help,
                   std::string& target) {
  const auto value = fmt::format("{}", fmt::join(choices, "|"));
  parser_->add(name, value, help, target,
               [&target, choices = std::move(choices)](const std::string& text) -> Result<void> {
                 if (std::find(choices.begin(), choices.end(), text) == choices.end()) {
                   return fail(ErrorKind::InvalidInput, "must be one of {}, got '{}'",
                               fmt::join(choices, ", "), text);
                 }
                 target = text;
                 return {};
               });
}

void Flags::number(std::string_view name, std::string_view value, std::string_view help,
                   int& target, int least, int most) {
  parser_->add(
      name, value, help, fmt::format("{}", target),
      [&target, least, most](const std::string& text) {
        return parse_between<int>(text, least, most).map([&](int parsed) { target = parsed; });
      });
}

void Flags::number(std::string_view name, std::string_view value, std::string_view help,
                   std::optional<int>& target, int least, int most) {
  parser_->add(name, value, help, "", [&target, least, most](const std::string& text) {
    return parse_between<int>(text, least, most).map([&](int parsed) { target = parsed; });
  });
}

void Flags::real(std::string_view name, std::string_view value, std::string_view help,
                 double& target, double least, double most) {
  parser_->add(name, value, help, fmt::format("{}", target),
               [&target, least, most](const std::string& text) {
                 return parse_between<double>(text, least, most).map([&](double parsed) {
                   target = parsed;
                 });
               });
}

void Flags::real(std::string_view name, std::string_view value, std::string_view help,
                 std::optional<double>& target, double least, double most) {
  parser_->add(name, value, help, "", [&target, least, most](const std::string& text) {
    return parse_between<double>(text, least, most).map([&](double parsed) { target = parsed; });
  });
}

void Flags::seed(std::string_view name, std::string_view help,
                 std::optional<std::uint64_t>& target) {
  parser_->add(name, "NUMBER", help, "", [&target](const std::string& text) -> Result<void> {
    std::uint64_t parsed = 0;  // all 64 bits: a plan's seed that was drawn may be given back
    const auto* last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, parsed);
    if (error != std::errc{} || end != last) {
      return fail(ErrorKind::InvalidInput, "expected a whole number of at least 0, got '{}'", text);
    }
    target = parsed;
    return {};
  });
}

void Flags::duration(std::string_view name, std::string_view help,
                     std::optional<Duration>& target) {
  parser_->add(name, "TIME", help, "", [&target](const std::string& text) -> Result<void> {
    return parse_duration(text).map([&](Duration parsed) { target = parsed; });
  });
}

void Flags::time(std::string_view name, std::string_view help, std::optional<TimePoint>& target) {
  parser_->add(name, "TIME", help, "", [&target](const std::string& text) -> Result<void> {
    return parse_time(text).map([&](TimePoint parsed) { target = parsed; });
  });
}

void Flags::day(std::string_view name, std::string_view help, std::optional<Day>& target) {
  parser_->add(name, "DAY", help, "", [&target](const std::string& text) -> Result<void> {
    return parse_day(text).map([&](Day parsed) { target = parsed; });
  });
}

void Flags::month(std::string_view name, std::string_view help,
                  std::optional<std::chrono::year_month>& target) {
  parser_->add(name, "MONTH", help, "", [&target](const std::string& text) -> Result<void> {
    return parse_month(text).map([&](std::chrono::year_month parsed) { target = parsed; });
  });
}

void Flags::positional(std::string_view name, std::string_view help, std::string& target) {
  parser_
      ->add(name, "", help, "",
            [&target](const std::string& text) -> Result<void> {
              target = text;
              return {};
            })
      ->required();
}

void Flags::positional(std::string_view name, std::string_view help,
                       std::optional<std::string>& target) {
  parser_->add(name, "", help, "", [&target](const std::string& text) -> Result<void> {
    target = text;
    return {};
  });
}

void Flags::positionals(std::string_view name, std::string_view help,
                        std::vector<std::string>& target) {
  parser_->app
      .add_option_function<std::vector<std::string>>(
          std::string{name}, [&target](const std::vector<std::string>& words) { target = words; },
          std::string{help})
      ->type_name("")
      ->group("Positionals");
}

void Flags::group(std::string title) {
  parser_->group = std::move(title);
}

Result<bool> Flags::parse(std::span<const std::string> arguments) {
  auto& app = parser_->app;
  parser_->error.reset();
  // CLI11 takes its arguments last first.
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    app.parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    return true;
  } catch (const CLI::RequiredError& error) {
    // What CLI11 says is "ARCHIVE is required".
    const std::string what = error.what();
    return tl::unexpected(
        Error{ErrorKind::InvalidInput,
              fmt::format("argument {} is missing", what.substr(0, what.find(' '))),
              fmt::format("see `{} --help`", app.get_name())});
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string what = error.what();
    return tl::unexpected(
        Error{ErrorKind::InvalidInput,
              fmt::format("option '{}' takes one value", what.substr(0, what.find(':'))),
              fmt::format("see `{} --help`", app.get_name())});
  } catch (const CLI::ParseError& error) {
    return tl::unexpected(Error{ErrorKind::InvalidInput, error.what(),
                                fmt::format("see `{} --help`", app.get_name())});
  }
  if (parser_->error) {
    return tl::unexpected(*parser_->error);
  }
  if (const auto extras = app.remaining(); !extras.empty()) {
    const auto& word = extras.front();
    Error error{ErrorKind::InvalidInput,
                fmt::format("unknown {} '{}'", word.starts_with('-') ? "option" : "argument", word),
                fmt::format("see `{} --help`", app.get_name())};
    if (const auto meant = nearest(word, names())) {
      error.hint = fmt::format("did you mean '{}'?", *meant);
    }
    return tl::unexpected(std::move(error));
  }
  return false;
}

std::string Flags::help(std::string_view example) const {
  auto text = parser_->app.help();
  text.erase(text.find_last_not_of('\n') + 1);
  return fmt::format("{}\n\nExample:\n  {}\n", text, example);
}

std::vector<std::string> Flags::names() const {
  std::vector<std::string> names;
  for (const auto* option : parser_->app.get_options()) {
    for (const auto& name : option->get_lnames()) {
      names.push_back("--" + name);
    }
  }
  return names;
}

}  // namespace spotvane::cli
