#include "adapters/lake/duckdb_lake.hpp"

#include "support/lake_contract.hpp"
#include "support/scratch_folder.hpp"

#include <gmock/gmock.h>

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

namespace spotvane::adapters {
namespace {

using namespace std::chrono_literals;
using support::bare_change;
using support::ceased_change;
using support::full_change;
using support::kAugust;
using support::pool;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

/// A lake in a folder whose name would be trouble in SQL or as a pattern.
struct Archive {
  support::ScratchFolder home;
  std::filesystem::path root = home / "it's [a] *lake?";
  std::unique_ptr<DuckdbLake> lake = open();

  std::unique_ptr<DuckdbLake> open() const { return std::make_unique<DuckdbLake>(root); }
};

std::shared_ptr<Lake> make_lake() {
  const auto archive = std::make_shared<Archive>();
  return {archive, archive->lake.get()};
}

Lake::IsSuperseded superseded(std::set<std::string> paths) {
  return [paths = std::move(paths)](const std::string& path) { return paths.contains(path); };
}

std::string read_text(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream{file, std::ios::binary}.rdbuf();
  return text.str();
}

/// Lets no file grow beyond `bytes`: the nearest thing to a full disk that needs no disk.
class SmallFilesOnly {
 public:
  explicit SmallFilesOnly(rlim_t bytes) {
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~SmallFilesOnly() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  SmallFilesOnly(const SmallFilesOnly&) = delete;
  SmallFilesOnly& operator=(const SmallFilesOnly&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int) = nullptr;
};

class DuckdbLakeTest : public testing::Test {
 protected:
  LakeFile stage(const std::string& path, const std::vector<model::MarketChange>& changes) {
    auto file = lake().stage(path, changes);
    EXPECT_TRUE(file) << file.error().message;
    return file.value_or(LakeFile{});
  }

  LakeFile write(const std::string& path, const std::vector<model::MarketChange>& changes) {
    auto file = stage(path, changes);
    EXPECT_TRUE(lake().publish(file));
    return file;
  }

  /// A file of three rows: full, bare, ceased.
  LakeFile write_sample() {
    return write("day=2026-08-01/cycle-000000.parquet",
                 {full_change(kAugust, pool("m5.large", "us-east-1", "use1-az4"), 3),
                  bare_change(kAugust + 1ms, pool("m5.large", "us-east-1")),
                  ceased_change(kAugust + 10min, pool("m5.large", "us-east-1", "use1-az4"))});
  }

  DuckdbLake& lake() { return *archive_.lake; }
  const std::filesystem::path& root() { return archive_.root; }
  const support::ScratchFolder& home() { return archive_.home; }
  Archive& archive() { return archive_; }

 private:
  Archive archive_;
};

// Files.

TEST_F(DuckdbLakeTest, StagesUnderANameNoReaderTakesForParquet) {
  const auto file =
      stage("day=2026-08-01/a.parquet", {full_change(kAugust, pool("m5.large", "us-east-1"), 3)});

  EXPECT_FALSE(std::filesystem::exists(root() / file.path));
  EXPECT_EQ(std::filesystem::file_size(root() / "day=2026-08-01/.a.parquet.staged"), file.bytes);
  ASSERT_TRUE(lake().publish(file));
  EXPECT_EQ(std::filesystem::file_size(root() / file.path), file.bytes);
}

TEST_F(DuckdbLakeTest, AWriterThatDiesBetweenStageAndPublishLosesNothingThatCounts) {
  const auto committed =
      stage("day=2026-08-01/a.parquet", {full_change(kAugust, pool("m5.large", "us-east-1"), 3)});
  stage("day=2026-08-01/b.parquet", {full_change(kAugust, pool("m5.large", "us-east-1"), 4)});
  archive().lake.reset();

  archive().lake = archive().open();

  EXPECT_EQ(lake().changes({committed}, kAugust, kAugust + 1h).value().size(), 1U)
      << "readers find it before it is published";
  EXPECT_TRUE(lake().publish(committed));
  EXPECT_EQ(lake().sweep({committed}, superseded({})).value(), 1U);
  EXPECT_EQ(lake().changes({committed}, kAugust, kAugust + 1h).value().size(), 1U);
}

TEST_F(DuckdbLakeTest, AReplacementThatNeverCountedDoesNotDisturbTheFileThatDoes) {
  const auto file = write_sample();
  stage(file.path, {full_change(kAugust, pool("c5.large", "us-east-1"), 8)});

  EXPECT_TRUE(lake().publish(file));
  EXPECT_EQ(lake().sweep({file}, superseded({})).value(), 1U);
  EXPECT_EQ(lake().changes({file}, kAugust, kAugust + 1h).value().size(), 3U);
}

TEST_F(DuckdbLakeTest, SweepLeavesWhatIsNotItsOwn) {
  const auto file = write_sample();
  std::ofstream{root() / "README"} << "mine";

  EXPECT_EQ(lake().sweep({file}, superseded({})).value(), 0U);
  EXPECT_TRUE(std::filesystem::exists(root() / "README"));
}

TEST_F(DuckdbLakeTest, SweepRemovesWhatProcessesThatAreNoMoreHadSpilled) {
  const auto file = write_sample();
  const auto of_the_dead = root() / ".spill-2147483647-1";  // beyond any process's number
  const auto of_ours = root() / fmt::format(".spill-{}-1000", getpid());
  for (const auto& folder : {of_the_dead, of_ours}) {
    std::filesystem::create_directory(folder);
    std::ofstream{folder / "duckdb_temp_storage_DEFAULT-0.tmp"} << "rows";
  }

  EXPECT_TRUE(lake().sweep({file}, superseded({})));

  EXPECT_FALSE(std::filesystem::exists(of_the_dead));
  EXPECT_TRUE(std::filesystem::exists(of_ours));
}

TEST_F(DuckdbLakeTest, SweepLeavesNoEmptyFolderOfWhatItRemoved) {
  const auto kept = write_sample();
  const auto merged_away =
      write("day=2026-08-02/a.parquet", {full_change(kAugust + 24h, pool("m5.large", "r"), 3)});

  EXPECT_TRUE(lake().sweep({kept}, superseded({merged_away.path})));

  EXPECT_FALSE(std::filesystem::exists(root() / "day=2026-08-02"));
  EXPECT_TRUE(std::filesystem::exists(root() / kept.path));
}

TEST_F(DuckdbLakeTest, SweepRemovesAShownFileOnlyWhereAnotherHoldsItsRows) {
  const auto file = write_sample();

  const auto refused = lake().sweep({}, superseded({}));

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Corrupt);
  EXPECT_THAT(refused.error().message, HasSubstr(file.path));
  EXPECT_TRUE(std::filesystem::exists(root() / file.path)) << "the state may have been lost";
  EXPECT_EQ(lake().sweep({}, superseded({file.path})).value(), 1U);
  EXPECT_FALSE(std::filesystem::exists(root() / file.path));
}

TEST_F(DuckdbLakeTest, SweepOfAnArchiveThatDoesNotExistYetRemovesNothing) {
  EXPECT_EQ(lake().sweep({}, superseded({})).value(), 0U);
}

TEST_F(DuckdbLakeTest, SixtyThousandRowsComeBackEqual) {
  std::vector<model::MarketChange> changes;
  for (int i = 0; i < 60'000; ++i) {
    auto change =
        full_change(kAugust + std::chrono::milliseconds{i / 1000},
                    pool(fmt::format("m{}.large", i), "us-east-1", fmt::format("az{}", i % 7)),
                    static_cast<std::int16_t>(i % 10));
    change.state.spot_price = Money::from_micros(i * 1'000'003LL);
    if (i % 3 == 0) {
      change.state.sps.reset();
      change.pool.zone = {};
    }
    changes.push_back(change);
  }
  std::sort(changes.begin(), changes.end(), [](const auto& a, const auto& b) {
    return std::tie(a.at, a.pool) < std::tie(b.at, b.pool);
  });

  const auto file = write("day=2026-08-01/a.parquet", changes);

  EXPECT_TRUE(lake().changes({file}, kAugust, kAugust + 1h).value() == changes);
  EXPECT_EQ(lake().state_at({file}, kAugust + 1h).value().size(), changes.size());
}

// Damage.

TEST_F(DuckdbLakeTest, NamesAMissingFile) {
  const auto file = write_sample();
  std::filesystem::remove(root() / file.path);

  const auto state = lake().state_at({file}, kAugust + 1h);

  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().kind, ErrorKind::Corrupt);
  EXPECT_EQ(state.error().message,
            "read archive: archive file 'day=2026-08-01/cycle-000000.parquet' is missing");
  EXPECT_THAT(state.error().hint, HasSubstr("backup"));
}

TEST_F(DuckdbLakeTest, NamesATruncatedFile) {
  const auto file = write_sample();
  std::filesystem::resize_file(root() / file.path, file.bytes - 1);

  const auto answer = lake().query({file}, {}, "from market");

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::Corrupt);
  EXPECT_THAT(answer.error().message, AllOf(HasSubstr(file.path), HasSubstr("bytes long")));
}

TEST_F(DuckdbLakeTest, NamesAFileThatDuckdbCannotRead) {
  const auto file = write_sample();
  std::ofstream{root() / file.path, std::ios::binary} << std::string(file.bytes, '\0');

  const auto answer = lake().query({file}, {}, "from market");

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::Corrupt);
  EXPECT_THAT(answer.error().message, AllOf(HasSubstr(file.path), HasSubstr("checksum")));
}

TEST_F(DuckdbLakeTest, DoesNotMergeAFileWithASingleFlippedByte) {
  const auto file = write_sample();
  auto bytes = read_text(root() / file.path);
  bytes[40] = static_cast<char>(bytes[40] ^ 1);
  std::ofstream{root() / file.path, std::ios::binary} << bytes;

  const auto merged = lake().stage_merged("day=2026-08-01/day.parquet", {file}, RowOrder::ByTime);

  ASSERT_FALSE(merged);
  EXPECT_EQ(merged.error().kind, ErrorKind::Corrupt);
  EXPECT_THAT(merged.error().message, StartsWith("merge archive files: archive file"));
}

TEST_F(DuckdbLakeTest, SaysWhatStandsInTheWayOfAFolder) {
  std::filesystem::create_directories(root());
  std::ofstream{root() / "day=2026-08-01"} << "not a folder";

  const auto file = lake().stage("day=2026-08-01/a.parquet",
                                 std::vector{full_change(kAugust, pool("m5.large", "r"), 3)});

  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().kind, ErrorKind::Storage);
  EXPECT_THAT(file.error().message, StartsWith("write archive: create folder"));
  EXPECT_THAT(file.error().hint, HasSubstr("move it away"));
}

TEST_F(DuckdbLakeTest, AFullDiskLeavesNoFileBehindAndSaysWhatToDo) {
  std::vector<model::MarketChange> changes;
  for (int i = 0; i < 20'000; ++i) {
    changes.push_back(full_change(kAugust, pool(fmt::format("m{}.large", i * 7919), "r"), 3));
  }
  const SmallFilesOnly limit{10'000};

  const auto file = lake().stage("day=2026-08-01/a.parquet", changes);

  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().kind, ErrorKind::Storage);
  EXPECT_THAT(file.error().message, StartsWith("write archive: IO Error"));
  EXPECT_THAT(file.error().hint, HasSubstr("free some space"));
  EXPECT_TRUE(std::filesystem::is_empty(root() / "day=2026-08-01"));
}

// SQL.

TEST_F(DuckdbLakeTest, AnswersSqlWithAbsentValuesAbsent) {
  const auto file = write_sample();

  const auto answer = lake().query(
      {file}, {}, "select time, az_id, sps, spot_price, ceased from market order by time; ");

  ASSERT_TRUE(answer) << answer.error().message;
  std::vector<std::string> names;
  for (const auto& column : answer->columns) {
    names.push_back(column.name + (column.is_number ? "#" : ""));
  }
  EXPECT_THAT(names, ElementsAre("time", "az_id", "sps#", "spot_price#", "ceased#"));
  EXPECT_THAT(
      answer->rows,
      ElementsAre(
          ElementsAre("2026-08-01 00:00:00", "use1-az4", "3", "1.23457", "false"),
          ElementsAre("2026-08-01 00:00:00.001", std::nullopt, std::nullopt, std::nullopt, "false"),
          ElementsAre("2026-08-01 00:10:00", "use1-az4", std::nullopt, std::nullopt, "true")));
}

TEST_F(DuckdbLakeTest, AnEmptyArchiveIsAnEmptyTable) {
  const auto answer =
      lake().query({}, {}, "select count(*) as n, min(spot_price) as p from market");

  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_THAT(answer->rows, ElementsAre(ElementsAre("0", std::nullopt)));
}

TEST_F(DuckdbLakeTest, TakesTheUsualFormsOfQuestions) {
  const auto file = write_sample();
  for (const auto* sql :
       {"from market", "describe market", "with m as (from market) select * from m", "values (1)",
        "select 1 as a, 2 as a", "select [1], {'k': 2}, null, 'nan'::double",
        "select 1 -- with a comment", "show tables"}) {
    const auto answer = lake().query({file}, {}, sql);
    EXPECT_TRUE(answer) << sql << ": " << answer.error().message;
  }
}

TEST_F(DuckdbLakeTest, LeavesOutNumbersThatJsonCannotWrite) {
  const auto answer = lake().query({}, {}, "select 'nan'::double, 'inf'::float, 0.5");

  EXPECT_THAT(answer.value().rows, ElementsAre(ElementsAre(std::nullopt, std::nullopt, "0.5")));
}

TEST_F(DuckdbLakeTest, RefusesEverythingButReading) {
  const auto file = write_sample();
  const auto target = (home() / "stolen.parquet").native();
  for (const auto& sql : std::vector<std::string>{
           "drop table market", "delete from market", "update market set sps = 1",
           "create table t (a int)", "set threads = 64", "attach ':memory:' as m",
           "copy (select 1) to '" + target + "'",
           "explain analyze copy (select 1) to '" + target + "'", "install httpfs",
           "pragma disable_optimizer", "select 1; select 2", "", "  ;"}) {
    const auto answer = lake().query({file}, {}, sql);
    ASSERT_FALSE(answer) << sql;
    EXPECT_EQ(answer.error().kind, ErrorKind::InvalidInput) << sql;
    EXPECT_THAT(answer.error().message, StartsWith("query: ")) << sql;
  }
  EXPECT_FALSE(std::filesystem::exists(target));
  EXPECT_EQ(lake().query({file}, {}, "from market").value().rows.size(), 3U);
}

TEST_F(DuckdbLakeTest, ExplainsAMistakeInTheSql) {
  const auto file = write_sample();

  const auto answer = lake().query({file}, {}, "select spot_pric from market");

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::InvalidInput);
  EXPECT_EQ(answer.error().message,
            "query: Binder Error: Referenced column \"spot_pric\" not found in FROM clause!");
  EXPECT_THAT(answer.error().hint, HasSubstr("\"spot_price\""));
}

// Exports.

TEST_F(DuckdbLakeTest, ExportsCsvThatReadsBackAsItWas) {
  const auto file = write_sample();
  const auto target = home() / "market.csv";

  const auto rows = lake().export_to({file}, {}, "from market order by time", "csv", target);

  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(*rows, 3U);
  EXPECT_EQ(
      read_text(target),
      "time,instance_type,region,az_id,sps,t2,t3,if_band,savings,spot_price,ondemand_price,"
      "ceased\n"
      "2026-08-01 00:00:00,m5.large,us-east-1,use1-az4,3,50,10,0,-7,1.23457,98765.4321,false\n"
      "2026-08-01 00:00:00.001,m5.large,us-east-1,,,,,,,,,false\n"
      "2026-08-01 00:10:00,m5.large,us-east-1,use1-az4,,,,,,,,true\n");
}

TEST_F(DuckdbLakeTest, ExportsJsonWithAbsentValuesAsNull) {
  const auto file = write_sample();
  const auto target = home() / "market.json";

  ASSERT_TRUE(lake().export_to(
      {file}, {},
      "select az_id, sps, 'nan'::double as \"odd\"\"name\" from market order by time limit 2",
      "json", target));

  EXPECT_EQ(read_text(target),
            "[\n\t{\"az_id\":\"use1-az4\",\"sps\":3,\"odd\\\"name\":null},\n"
            "\t{\"az_id\":null,\"sps\":null,\"odd\\\"name\":null}\n]\n");
}

TEST_F(DuckdbLakeTest, ExportsParquetThatReadsBackAsItWas) {
  const auto file = write_sample();
  const auto target = home() / "market.parquet";

  ASSERT_TRUE(lake().export_to({file}, {}, "from market order by time", "parquet", target));

  const auto before = lake().query({file}, {}, "from market order by time");
  const auto after = lake().query({}, {}, fmt::format("from '{}' order by time", target.native()));
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_EQ(after->rows, before.value().rows);
}

TEST_F(DuckdbLakeTest, AFailedExportLeavesWhatWasThere) {
  const auto file = write_sample();
  const auto target = home() / "market.csv";
  std::ofstream{target} << "yesterday's";

  const auto rows =
      lake().export_to({file}, {}, "select error('in the middle') from market", "csv", target);

  EXPECT_FALSE(rows);
  EXPECT_EQ(read_text(target), "yesterday's");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator{home().path()},
                          std::filesystem::directory_iterator{}),
            2)
      << "the archive and the old file";
}

TEST_F(DuckdbLakeTest, RefusesTargetsAndFormatsThatMakeNoSense) {
  const auto refusal = [&](const std::string& format, const std::filesystem::path& target) {
    const auto rows = lake().export_to({}, {}, "from market", format, target);
    EXPECT_FALSE(rows);
    EXPECT_EQ(rows.error().kind, ErrorKind::InvalidInput);
    return rows.error().message;
  };

  EXPECT_EQ(refusal("xml", home() / "x"), "export: unknown format 'xml'");
  EXPECT_THAT(refusal("csv", home() / "nowhere" / "x.csv"),
              StartsWith("export: there is no folder"));
  EXPECT_THAT(refusal("csv", home().path()), HasSubstr("is not a file"));
  EXPECT_EQ(refusal("csv", "/dev/null"), "export: '/dev/null' is not a file");
}

}  // namespace
}  // namespace spotvane::adapters

namespace spotvane::support {
INSTANTIATE_TEST_SUITE_P(DuckdbLake, LakeContract,
                         testing::Values(LakeFactory{&adapters::make_lake}));
}  // namespace spotvane::support
