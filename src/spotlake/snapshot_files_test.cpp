#include "spotlake/snapshot_files.hpp"

#include <gmock/gmock.h>

#include "spotlake/memory_files.hpp"
#include "support/damage_texts.hpp"

namespace spotvane::spotlake {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> paths(const SnapshotList& list) {
  std::vector<std::string> paths;
  for (const auto& file : list.files) {
    paths.push_back(file.path.string());
  }
  return paths;
}

TEST(SnapshotFiles, HaveTheirTimeInTheirPath) {
  const TimePoint moment = std::chrono::sys_days{2024y / 11 / 1} + 10min;

  EXPECT_EQ(time_of_path("aws/aws-2024-11/01/00-10-00.csv"), moment);
  EXPECT_EQ(time_of_path("x/2024/11/01/00-10-00.csv.gz"), moment);
  EXPECT_EQ(time_of_path("2024-11/01/00-10-00.csv"), moment);
  EXPECT_EQ(time_of_path("01/00-10-00.csv"), std::nullopt);
  EXPECT_EQ(time_of_path("aws-2024-13/01/00-10-00.csv"), std::nullopt);
  EXPECT_EQ(time_of_path("2024/11/01/README.md"), std::nullopt);
}

TEST(SnapshotFiles, AreAllThereIsUnlessAMonthIsAskedFor) {
  MemoryFiles files{{{"2024/11/01/00-10-00.csv", ""},
                     {"2024/12/01/00-10-00.csv.gz", ""},
                     {"README.md", ""},
                     {"elsewhere/00-10-00.csv", ""}}};

  const auto all = list_snapshots(files, "root");
  const auto december = list_snapshots(files, "root", 2024y / 12);
  const auto january = list_snapshots(files, "root", 2025y / 1);

  EXPECT_THAT(paths(*all), ElementsAre("2024/11/01/00-10-00.csv", "2024/12/01/00-10-00.csv.gz",
                                       "elsewhere/00-10-00.csv"));
  EXPECT_THAT(paths(*december), ElementsAre("2024/12/01/00-10-00.csv.gz"));
  ASSERT_FALSE(january);
  EXPECT_EQ(january.error().kind, ErrorKind::NotFound);
  EXPECT_EQ(january.error().message, "no snapshot of 2025-01 below 'root'");
}

TEST(SnapshotFiles, AreReadOnceWhereTheyAreBothPlainAndCompressed) {
  MemoryFiles files{{{"00-00-00.csv", ""}, {"00-00-00.csv.gz", ""}}};

  const auto list = list_snapshots(files, "root");

  EXPECT_THAT(paths(*list), ElementsAre("00-00-00.csv"));
  EXPECT_THAT(texts(list->damage),
              ElementsAre("00-00-00.csv.gz: left out: '00-00-00.csv' is the same snapshot"));
}

TEST(SnapshotFiles, MissFromAnEmptyFolder) {
  MemoryFiles files{{{"2024/11/01/00-00-00.csv", ""}}};
  files.empty_folders = {"2024/11/02"};

  EXPECT_THAT(texts(list_snapshots(files, "root")->damage),
              ElementsAre("2024/11/02: the folder is empty"));
}

TEST(SnapshotFiles, HaveToBeThere) {
  MemoryFiles files{{{"README.md", "x"}, {"2024-11.csv", "x"}}};

  const auto list = list_snapshots(files, "root");

  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().kind, ErrorKind::NotFound);
}

}  // namespace
}  // namespace spotvane::spotlake
