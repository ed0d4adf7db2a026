#include "adapters/system/detached_folder.hpp"

#include "support/scratch_folder.hpp"

#include <gmock/gmock.h>

#include <ctime>
#include <fstream>

namespace spotvane::adapters {
namespace {

class Detached : public testing::Test {
 protected:
  /// Waits for what another process does.
  static bool comes_true(const std::function<bool()>& is_so) {
    constexpr timespec kMoment{.tv_sec = 0, .tv_nsec = 5'000'000};
    for (int look = 0; look < 4000 && !is_so(); ++look) {
      nanosleep(&kMoment, nullptr);
    }
    return is_so();
  }

  std::string text_of(const std::string& file) const {
    return programs.read("one", file)->value_or("");
  }

  support::ScratchFolder scratch;
  DetachedFolder programs{scratch.path() / "jobs"};
};

TEST_F(Detached, WorksInItsFolderUntilItEnds) {
  ASSERT_TRUE(programs.write("one", "given", "a word"));
  ASSERT_TRUE(programs.start("one", {"sh", "-c", "cat given; echo; pwd; read -r line"}));
  EXPECT_TRUE(comes_true([&] { return !programs.is_alive("one"); }));  // it reads nothing
  EXPECT_EQ(text_of("log"), fmt::format("a word\n{}\n", programs.folder("one")));
  EXPECT_FALSE(programs.is_alive("another"));
}

TEST_F(Detached, IsFoundAndEndedByWhoComesLater) {
  ASSERT_TRUE(programs.start("one", {"sh", "-c", "sleep 1000 & echo begun; wait"}));
  DetachedFolder later{scratch.path() / "jobs"};
  EXPECT_TRUE(comes_true([&] { return text_of("log") == "begun\n"; }));
  EXPECT_TRUE(later.is_alive("one"));
  EXPECT_EQ(later.start("one", {"true"}).error().kind, ErrorKind::Busy);

  later.kill("one");
  EXPECT_TRUE(comes_true([&] { return !programs.is_alive("one"); }));
  EXPECT_TRUE(programs.start("one", {"true"}));
}

TEST_F(Detached, SaysWhatThereIsNot) {
  const auto started = programs.start("one", {"no-such-program"});
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().kind, ErrorKind::NotFound);
  EXPECT_EQ(started.error().message, "'no-such-program' cannot be run: No such file or directory");
  EXPECT_FALSE(programs.read("one", "result")->has_value());

  ASSERT_TRUE(programs.write("one", "nodes/a", "1"));
  programs.remove("one", "nodes/a");
  EXPECT_FALSE(programs.read("one", "nodes/a")->has_value());
}

}  // namespace
}  // namespace spotvane::adapters
