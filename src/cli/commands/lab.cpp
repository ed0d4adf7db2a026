#include "cli/commands/lab.hpp"

#include "base/number.hpp"
#include "lab/lab.hpp"
#include "ports/machines.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace spotvane::cli {

namespace {

constexpr double kSpeedMost = 100'000.0;

Result<double> parse_speed(const std::string& text) {
  if (text == "step") {
    return 0.0;
  }
  const auto speed = parse_real(text);
  if (!speed || *speed <= 0.0 || *speed > kSpeedMost) {
    return fail(ErrorKind::InvalidInput,
                "option '--speed': must be 'step' or a number above 0 and up to {}, got '{}'",
                kSpeedMost, text);
  }
  return *speed;
}

Result<std::string> read_file(const std::string& path) {
  std::error_code ignored;
  std::ifstream stream{path};
  if (!stream || std::filesystem::is_directory(path, ignored)) {
    return fail(ErrorKind::InvalidInput, "cannot read '{}'", path);
  }
  return std::string{std::istreambuf_iterator<char>{stream}, {}};
}

template <typename T>
Result<T> in_file(const std::string& path, Result<T> result) {
  if (!result) {
    auto error = result.error();
    return tl::unexpected(std::move(error).during(fmt::format("'{}'", path)));
  }
  return result;
}

}  // namespace

void LabCommand::declare(Flags& flags, Settings& /*settings*/) {
  flags.number("port", "PORT", "where to listen on 127.0.0.1; 0: any free port", port_, 0, 65535);
  flags.text("speed", "N|step", "how fast the lab's clock runs; 'step': only when told", speed_);
  flags.seed("seed", "of the market (default 1)", seed_);
  flags.text("start", "TIME", "the lab's time at the start (default: now)", start_);
  flags.text("credentials", "FILE", "keys to accept besides test/test, as an AWS credentials file",
             credentials_);
  flags.text("scenario", "FILE", "faults to begin with (JSON, see docs/lab.md)", scenario_);
  flags.text(
      "instances", "modelled|process",
      "what instances do: report progress of their own making, or really run their user data",
      instances_);
  flags.number("score-limit", "N", "new placement score configurations allowed in 24 h",
               score_configurations_, 1, 1'000'000);
  flags.toggle("all-regions", "every region is enabled, not only the default ones",
               enables_all_regions_);
}

Result<ExitCode> LabCommand::run(Environment& environment) {
  auto speed = parse_speed(speed_);
  if (!speed) {
    return tl::unexpected(speed.error());
  }
  if (instances_ != "modelled" && instances_ != "process") {
    return fail(ErrorKind::InvalidInput,
                "option '--instances': must be 'modelled' or 'process', got '{}'", instances_);
  }
  const bool runs_processes = instances_ == "process";
  if (runs_processes && *speed == 0.0) {
    return tl::unexpected(Error{ErrorKind::InvalidInput,
                                "option '--instances process' needs time that passes by itself",
                                "processes know nothing of step time: take --speed 60, say"});
  }
  lab::LabOptions options{
      .world = {.seed = seed_.value_or(1),
                .score_configurations = static_cast<std::size_t>(score_configurations_),
                .enables_all_regions = enables_all_regions_},
      .speed = *speed};
  if (start_) {
    const auto start = parse_time(*start_);
    if (!start) {
      auto error = start.error();
      return tl::unexpected(std::move(error).during("option '--start'"));
    }
    options.start = *start;
  }
  if (credentials_) {
    auto accounts = read_file(*credentials_).and_then([&](const std::string& text) {
      return in_file(*credentials_, lab::parse_accounts(text));
    });
    if (!accounts) {
      return tl::unexpected(accounts.error());
    }
    options.accounts = std::move(*accounts);
  }
  if (scenario_) {
    auto scenario = read_file(*scenario_).and_then([&](const std::string& text) {
      return in_file(*scenario_, lab::parse_scenario(text));
    });
    if (!scenario) {
      return tl::unexpected(scenario.error());
    }
    options.scenario = std::move(*scenario);
  }
  auto catalog = lab::load_catalog_data();
  if (!catalog) {
    return tl::unexpected(catalog.error());
  }
  auto machines = runs_processes ? environment.world.machines()
                                 : Result<std::unique_ptr<Machines>>{std::unique_ptr<Machines>{}};
  if (!machines) {
    return tl::unexpected(machines.error());
  }
  lab::Lab lab{std::move(options), std::move(*catalog), environment.world.wall_clock()};
  lab.wait_by(environment.world.wall_timers());
  lab.reach_out_by([&environment] { return environment.world.http(); });
  auto listening = environment.world.listen(port_, lab);
  if (!listening) {
    return tl::unexpected(listening.error());
  }
  const auto address = fmt::format("http://127.0.0.1:{}", (*listening)->port());
  if (*machines) {
    lab.host_on(**machines, address);
  }
  environment.console.print(fmt::format("listening on {}\n", address));
  environment.console.say(
      fmt::format("keys test/test, account 123456789012; the lab's time is {}. Ctrl-C ends it.",
                  to_iso8601(lab.clock().now())));
  environment.world.run_until([&] { return environment.world.interrupts() > 0; });
  return ExitCode::Done;
}

}  // namespace spotvane::cli
