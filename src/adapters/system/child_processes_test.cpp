#include "adapters/system/child_processes.hpp"

#include <gmock/gmock.h>

#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>

namespace spotvane::adapters {

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::SizeIs;

class Processes : public testing::Test {
 protected:
  Result<ProcessExit> result_of(ProcessCommand command) {
    std::optional<Result<ProcessExit>> result;
    processes_.run(std::move(command), [&](Result<ProcessExit> exit) {
      EXPECT_FALSE(result) << "answered twice";
      result = std::move(exit);
    });
    EXPECT_FALSE(result) << "answered from inside the call";
    loop_.run_until([&] { return result.has_value(); });
    return result.value_or(fail(ErrorKind::Corrupt, "never answered"));
  }

  Result<ProcessExit> shell(const std::string& script, Duration timeout = 1min) {
    return result_of({.words = {"sh", "-c", script}, .timeout = timeout});
  }

  EventLoop loop_;
  ChildProcesses processes_{loop_};
};

TEST_F(Processes, GiveWhatTheyWriteAndHowTheyEnd) {
  const auto exit = shell("echo one; echo two; exit 3");

  ASSERT_TRUE(exit) << exit.error().message;
  EXPECT_EQ(exit->output, "one\ntwo\n");
  EXPECT_EQ(exit->status, 3);
}

TEST_F(Processes, GetTheirArgumentsAsTheyAre) {
  const auto exit = result_of({.words = {"printf", "%s|", "a b", "", "$HOME", "'*'"}});

  EXPECT_EQ(exit->output, "a b||$HOME|'*'|");
}

TEST_F(Processes, TellTheSignalThatEndedThem) {
  EXPECT_EQ(shell("kill -TERM $$")->status, 128 + SIGTERM);
}

TEST_F(Processes, EndOnABrokenPipeThoughWeIgnoreIt) {
  const auto old = std::signal(SIGPIPE, SIG_IGN);
  const auto exit = shell("kill -PIPE $$; echo survived");
  std::signal(SIGPIPE, old);

  EXPECT_EQ(exit->status, 128 + SIGPIPE);
}

TEST_F(Processes, MayWriteMoreThanAPipeHolds) {
  const auto exit =
      result_of({.words = {"sh", "-c", "head -c 300000 /dev/zero"}, .output_bytes = 1U << 20U});

  EXPECT_THAT(exit->output, SizeIs(300'000));
}

TEST_F(Processes, AreGivenUpWhereTheyWriteTooMuch) {
  const auto exit = shell("yes secret");

  ASSERT_FALSE(exit);
  EXPECT_EQ(exit.error().kind, ErrorKind::Corrupt);
  EXPECT_EQ(exit.error().message, "'sh' wrote more than 65536 bytes");
}

TEST_F(Processes, AreGivenUpWhereTheyTakeTooLong) {
  const auto exit = shell("exec sleep 1000", 50ms);

  ASSERT_FALSE(exit);
  EXPECT_EQ(exit.error().kind, ErrorKind::Unavailable);
  EXPECT_EQ(exit.error().message, "'sh' did not end within 50ms");
}

TEST_F(Processes, AreGivenUpWhereTheyFallSilentButDoNotEnd) {
  EXPECT_EQ(shell("exec >&-; exec sleep 1000", 100ms).error().kind, ErrorKind::Unavailable);
}

TEST_F(Processes, LeaveNoChildBehind) {
  ASSERT_TRUE(shell("true"));
  ASSERT_FALSE(shell("exec sleep 1000", 20ms));

  errno = 0;
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST_F(Processes, SayWhichProgramCannotBeRun) {
  const auto missing = result_of({.words = {"/no/such/program", "secret"}});
  EXPECT_EQ(missing.error().kind, ErrorKind::NotFound);
  EXPECT_EQ(missing.error().message, "there is no program '/no/such/program'");

  const auto file = std::filesystem::path{testing::TempDir()} / "spotvane_not_executable";
  std::ofstream{file} << "#!/bin/sh\n";
  const auto forbidden = result_of({.words = {file.string()}});
  std::filesystem::remove(file);
  EXPECT_EQ(forbidden.error().kind, ErrorKind::Denied);
  EXPECT_THAT(forbidden.error().message, HasSubstr("cannot be run"));
}

}  // namespace

}  // namespace spotvane::adapters
