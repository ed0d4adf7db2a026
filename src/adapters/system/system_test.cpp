#include "adapters/system/entropy.hpp"
#include "adapters/system/environment.hpp"
#include "adapters/system/event_loop.hpp"
#include "adapters/system/followed_clock.hpp"
#include "adapters/system/open_files.hpp"
#include "adapters/system/system_clock.hpp"
#include "adapters/system/terminal.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <thread>

namespace spotvane::adapters {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

constexpr TimePoint kWallStart = std::chrono::sys_days{std::chrono::year{2026} / 11 / 1};
constexpr TimePoint kLabNoon = std::chrono::sys_days{std::chrono::year{2026} / 8 / 1} + 12h;

class HandClock final : public Clock {
 public:
  TimePoint now() const override { return time; }
  TimePoint time = kWallStart;
};

class TimerLog final : public Timers {
 public:
  void after(Duration delay, std::function<void()> callback) override {
    delays.push_back(delay);
    callback();
  }
  std::vector<Duration> delays;
};

TEST(SystemClock, TellsATimeOfThisCentury) {
  EXPECT_GT(SystemClock{}.now(), TimePoint{std::chrono::sys_days{std::chrono::year{2024} / 1 / 1}});
}

TEST(Entropy, DoesNotRepeatItself) {
  EXPECT_NE(entropy(), entropy());
}

TEST(Environment, TellsUnsetFromEmpty) {
  setenv("SPOTVANE_TEST_EMPTY", "", 1);

  EXPECT_EQ(environment_variable("SPOTVANE_TEST_EMPTY"), "");
  EXPECT_EQ(environment_variable("SPOTVANE_TEST_UNSET"), std::nullopt);
}

TEST(Environment, NamesVariablesByTheirBeginning) {
  setenv("SPOTVANE_TEST_B", "1=2", 1);
  setenv("SPOTVANE_TEST_A", "", 1);

  EXPECT_THAT(environment_names("SPOTVANE_TEST_"),
              testing::IsSupersetOf({"SPOTVANE_TEST_A", "SPOTVANE_TEST_B"}));
  EXPECT_THAT(environment_names("SPOTVANE_TEST_NONE"), testing::IsEmpty());
}

TEST(Terminal, TakesAFileForEightyColumnsOfNoTerminal) {
  std::FILE* file = std::tmpfile();

  EXPECT_FALSE(is_terminal(file));
  EXPECT_EQ(terminal_width(file), 80);

  std::fclose(file);
}

TEST(OpenFiles, AreRaisedAsFarAsTheAdministratorAllows) {
  EXPECT_TRUE(raise_open_file_limit(64));

  const auto raised = raise_open_file_limit(std::size_t{1} << 62U);

  ASSERT_FALSE(raised);
  EXPECT_EQ(raised.error().kind, ErrorKind::Unavailable);
}

TEST(FollowedClock, IsTheWallClockUntilALabSpeaks) {
  HandClock wall;
  FollowedClock clock{wall};

  wall.time += 5s;

  EXPECT_EQ(clock.now(), kWallStart + 5s);
  EXPECT_FALSE(clock.is_following());
}

TEST(FollowedClock, RunsAtTheLabsSpeedFromTheLabsTime) {
  HandClock wall;
  FollowedClock clock{wall};

  ASSERT_TRUE(clock.follow("2026-08-01T12:00:00Z;speed=600"));
  EXPECT_EQ(clock.now(), kLabNoon);
  wall.time += 1s;
  EXPECT_EQ(clock.now(), kLabNoon + 10min);
}

TEST(FollowedClock, StandsStillAtSpeedZeroUntilTheNextWord) {
  HandClock wall;
  FollowedClock clock{wall};

  ASSERT_TRUE(clock.follow("2026-08-01T12:00:00Z;speed=0"));
  wall.time += 1h;
  EXPECT_EQ(clock.now(), kLabNoon);
  ASSERT_TRUE(clock.follow("2026-08-01T12:10:00Z;speed=0"));
  EXPECT_EQ(clock.now(), kLabNoon + 10min);
}

TEST(FollowedClock, NeverGoesBackOnceItFollows) {
  HandClock wall;
  FollowedClock clock{wall};
  ASSERT_TRUE(clock.follow("2026-08-01T12:00:00Z;speed=600"));
  wall.time += 1s;
  const auto told = clock.now();

  ASSERT_TRUE(clock.follow("2026-08-01T12:09:00Z;speed=600"));

  EXPECT_EQ(clock.now(), told);
  wall.time += 1s;
  EXPECT_EQ(clock.now(), kLabNoon + 19min);
}

TEST(FollowedClock, KeepsItsTimeWhereTheWordMakesNoSense) {
  HandClock wall;
  FollowedClock clock{wall};
  ASSERT_TRUE(clock.follow("2026-08-01T12:00:00Z"));

  for (const auto* word : {"", "noon;speed=1", "2026-08-01T12:00:00Z;speed=-1",
                           "2026-08-01T12:00:00Z;speed=fast", "2026-08-01T12:00:00Z;pace=1"}) {
    const auto followed = clock.follow(word);
    ASSERT_FALSE(followed) << word;
    EXPECT_EQ(followed.error().kind, ErrorKind::Corrupt) << word;
  }

  EXPECT_EQ(clock.now(), kLabNoon);
}

TEST(FollowedTimers, ShortenDelaysByTheLabsSpeedUnlessItStandsStill) {
  HandClock wall;
  FollowedClock clock{wall};
  TimerLog log;
  FollowedTimers timers{log, clock};

  timers.after(10min, [] {});
  ASSERT_TRUE(clock.follow("2026-08-01T12:00:00Z;speed=600"));
  timers.after(10min, [] {});
  ASSERT_TRUE(clock.follow("2026-08-01T12:00:00Z;speed=0"));
  timers.after(10min, [] {});

  EXPECT_THAT(log.delays, ElementsAre(10min, 1s, 10min));
}

TEST(EventLoop, RunsTimersInTheOrderTheyFallDueAndNeverFromInsideAfter) {
  EventLoop loop;
  std::vector<int> ran;

  loop.after(2ms, [&] { ran.push_back(2); });
  loop.after(0ms, [&] {
    loop.after(0ms, [&] { ran.push_back(1); });
    ran.push_back(0);
  });

  EXPECT_TRUE(ran.empty());
  EXPECT_TRUE(loop.run_until([&] { return ran.size() == 3; }));
  EXPECT_THAT(ran, ElementsAre(0, 1, 2));
}

TEST(EventLoop, ReportsThatItRanDry) {
  EventLoop loop;
  bool ran = false;

  loop.post([&] { ran = true; });

  EXPECT_FALSE(loop.run_until([] { return false; }));
  EXPECT_TRUE(ran);
}

TEST(EventLoop, AsksBeforeTheFirstEvent) {
  EventLoop loop;
  bool ran = false;

  loop.post([&] { ran = true; });

  EXPECT_TRUE(loop.run_until([] { return true; }));
  EXPECT_FALSE(ran);
}

TEST(EventLoop, GoesOnAfterAStop) {
  EventLoop loop;
  std::vector<int> ran;
  loop.post([&] {
    ran.push_back(1);
    loop.stop();
  });
  loop.post([&] {
    ran.push_back(2);
    loop.stop();
  });

  loop.run();
  EXPECT_THAT(ran, ElementsAre(1));
  loop.run();
  EXPECT_THAT(ran, ElementsAre(1, 2));
}

TEST(EventLoop, TakesPostsFromOtherThreadsWhileItWaits) {
  EventLoop loop;
  const auto owner = std::this_thread::get_id();
  std::thread::id ran_on;

  std::thread poster{[&] {
    loop.post([&] {
      ran_on = std::this_thread::get_id();
      loop.stop();
    });
  }};
  loop.run();
  poster.join();

  EXPECT_EQ(ran_on, owner);
}

TEST(EventLoop, HandsOverEverySignal) {
  EventLoop loop;
  std::vector<int> signals;
  loop.on_signal({SIGUSR1, SIGUSR2}, [&](int signal) { signals.push_back(signal); });

  std::raise(SIGUSR1);
  ASSERT_TRUE(loop.run_until([&] { return signals.size() == 1; }));
  std::raise(SIGUSR2);
  ASSERT_TRUE(loop.run_until([&] { return signals.size() == 2; }));

  EXPECT_THAT(signals, ElementsAre(SIGUSR1, SIGUSR2));
}

TEST(EventLoop, DropsWhatIsPendingWhenItDies) {
  auto token = std::make_shared<int>(1);
  {
    EventLoop loop;
    loop.after(1h, [token] {});
    loop.post([token] {});
  }

  EXPECT_EQ(token.use_count(), 1);
}

}  // namespace
}  // namespace spotvane::adapters
