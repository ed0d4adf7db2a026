#include "adapters/lake/duckdb_probe_archive.hpp"

#include "adapters/lake/duckdb_lake.hpp"
#include "support/scratch_folder.hpp"

#include <gmock/gmock.h>

#include <fstream>

namespace spotvane::adapters {

namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

constexpr TimePoint kAtNoon =
    std::chrono::sys_days{std::chrono::year{2026} / 8 / 1} + std::chrono::hours{12};

model::ProbeRow row(Duration after, std::string subject, std::string what,
                    std::string detail = {}) {
  return {.at = kAtNoon + after,
          .probe = model::ProbeId{"p1"},
          .pool = {model::InstanceType{"m5.large"}, model::Region{"us-east-1"}, {}},
          .via = model::LaunchMethod::CreateFleet,
          .instances = 2,
          .requested = kAtNoon,
          .subject = std::move(subject),
          .what = std::move(what),
          .detail = std::move(detail)};
}

class ProbeFolder : public testing::Test {
 protected:
  LakeFile stage() {
    auto file = archive_.stage("day=2026-08-01/p1.parquet", rows_);
    EXPECT_TRUE(file) << file.error().message;
    return file.value_or(LakeFile{});
  }

  std::vector<std::optional<std::string>> first_row(const LakeFile& file, const std::string& sql) {
    auto answer = lake_.query({}, {file}, sql);
    EXPECT_TRUE(answer) << answer.error().message;
    return answer && !answer->rows.empty() ? answer->rows.front()
                                           : std::vector<std::optional<std::string>>{};
  }

  support::ScratchFolder home_;
  DuckdbProbeArchive archive_{home_ / "probes"};
  DuckdbLake lake_{home_ / "archive", {}, home_ / "probes"};
  std::vector<model::ProbeRow> rows_{row(0s, "", "requested"), row(2s, "i-1", "fulfilled", "sir-1"),
                                     row(5s, "i-1", "running"), row(102s, "i-1", "ready"),
                                     row(102s, "", "ready-count", "1")};
};

TEST_F(ProbeFolder, GivesEachInstanceATimelineInARow) {
  const auto file = stage();
  ASSERT_TRUE(archive_.publish(file));

  EXPECT_EQ(file.rows, 5U);
  EXPECT_EQ(file.to, kAtNoon + 102s);
  EXPECT_THAT(first_row(file,
                        "select probe, instance, epoch(running - requested)::int, ready_s,"
                        " terminated from probe_instances"),
              ElementsAre("p1", "i-1", "5", "102.0", std::nullopt));
  EXPECT_THAT(
      first_row(file, "select * exclude (probe) from probe_counts"),
      ElementsAre("us-east-1", "m5.large", "2", "1785585600", "1785585702", "1", "12", "0"));
  EXPECT_THAT(first_row(file, "select count(*), count(az_id), count(subject) from probe_events"),
              ElementsAre("5", "0", "3"));
}

TEST_F(ProbeFolder, OffersEmptyTablesWhereThereIsNothing) {
  const auto answer = lake_.query({}, {}, "select count(*) from probe_instances, probe_counts");

  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->rows.front().front(), "0");
}

TEST_F(ProbeFolder, RemovesOnlyWhatIsStagedAndDoesNotCount) {
  const auto file = stage();
  EXPECT_EQ(archive_.sweep({}).value(), 1U);
  const auto again = stage();
  ASSERT_TRUE(archive_.publish(again));
  EXPECT_EQ(archive_.sweep({again}).value(), 0U);
  EXPECT_FALSE(archive_.sweep({})) << "what is shown may be all that is left of what was seen";
}

TEST_F(ProbeFolder, NamesADamagedFile) {
  const auto file = stage();
  ASSERT_TRUE(archive_.publish(file));
  std::ofstream{home_ / "probes" / file.path, std::ios::trunc} << "x";

  const auto answer = lake_.query({}, {file}, "from probe_events");

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::Corrupt);
  EXPECT_THAT(answer.error().message, testing::HasSubstr("p1.parquet"));
}

}  // namespace

}  // namespace spotvane::adapters
