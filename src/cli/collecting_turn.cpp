#include "cli/collecting_turn.hpp"

#include <string>
#include <utility>

namespace spotvane::cli {

namespace {

constexpr Duration kPause = std::chrono::seconds{2};
constexpr Duration kLongPause = std::chrono::seconds{5};  // where all is in trouble as it is

/// Waits on this machine's time, whatever the market's is; false where the user wants to stop.
bool pause(World& world, Duration time) {
  const auto is_over = std::make_shared<bool>(false);
  world.wall_timers().after(time, [is_over] { *is_over = true; });
  world.run_until([&] { return *is_over || world.interrupts() > 0; });
  return world.interrupts() == 0;
}

bool may_pass(const Error& error) {
  return is_passing(error.kind) || error.kind == ErrorKind::Storage;
}

void say_why(Console& console, const Error& error) {
  if (error.kind == ErrorKind::Busy) {
    console.say(fmt::format("waiting: {}", error.message));
  } else {
    console.error(error);
  }
}

}  // namespace

Result<std::unique_ptr<MarketSession>> open_in_turn(Environment& environment,
                                                    const MarketSession::Options& options,
                                                    TurnBegins begins) {
  bool is_underway = begins == TurnBegins::Underway;
  std::string said;
  for (;;) {
    auto session = MarketSession::open(environment, options);
    if (session) {
      if (!said.empty()) {
        environment.console.say("taking its place: collecting from now on");
      }
      return session;
    }
    const auto& error = session.error();
    const bool is_busy = error.kind == ErrorKind::Busy;
    if (!is_busy && !(is_underway && may_pass(error))) {
      return session;
    }
    is_underway = true;
    if (std::exchange(said, error.message) != error.message) {
      say_why(environment.console, error);
    }
    if (!pause(environment.world, is_busy ? kPause : kLongPause)) {
      return fail(ErrorKind::Cancelled, "stopped while waiting for a turn to collect");
    }
  }
}

}  // namespace spotvane::cli
