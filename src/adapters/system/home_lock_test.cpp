#include "adapters/system/home_lock.hpp"

#include "support/scratch_folder.hpp"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

namespace spotvane::adapters {
namespace {

using testing::HasSubstr;

TEST(HomeLock, SaysWhoHoldsIt) {
  const support::ScratchFolder scratch;
  const auto home = scratch / "not/there/yet";
  const auto held = HomeLock::take(home);
  ASSERT_TRUE(held) << held.error().message;

  const auto refused = HomeLock::take(home);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Busy);
  EXPECT_THAT(refused.error().message,
              HasSubstr(fmt::format("'{}' is in use by process {} (", home.native(), getpid())));
  EXPECT_FALSE(refused.error().hint.empty());
}

TEST(HomeLock, IsFreeAgainWhenItsHolderIsGone) {
  const support::ScratchFolder home;
  {
    const auto held = HomeLock::take(home.path());
  }

  EXPECT_TRUE(HomeLock::take(home.path()));
}

TEST(HomeLock, MovesWithItsHolder) {
  const support::ScratchFolder home;
  auto held = HomeLock::take(home.path());
  ASSERT_TRUE(held);
  const HomeLock moved{std::move(*held)};

  EXPECT_FALSE(HomeLock::take(home.path()));
}

TEST(HomeLock, IsFreeAgainWhenItsHolderDies) {
  const support::ScratchFolder home;
  const auto child = fork();
  if (child == 0) {
    const auto held = HomeLock::take(home.path());
    _exit(held ? 7 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_EQ(WEXITSTATUS(status), 7);

  EXPECT_TRUE(HomeLock::take(home.path()));
}

TEST(HomeLock, SaysSoWhereTheHomeIsNoFolder) {
  const support::ScratchFolder scratch;
  std::ofstream{scratch / "home"} << "a file";

  const auto refused = HomeLock::take(scratch / "home");

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Storage);
  EXPECT_THAT(refused.error().hint, HasSubstr("--home"));
}

}  // namespace
}  // namespace spotvane::adapters
