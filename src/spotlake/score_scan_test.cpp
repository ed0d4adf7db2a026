#include "spotlake/score_scan.hpp"

#include "base/random.hpp"

#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include "spotlake/memory_files.hpp"
#include "spotlake/plain_scan.hpp"
#include "support/damage_texts.hpp"

namespace spotvane::spotlake {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

struct Row {
  std::string type;
  std::string region;
  std::optional<int> sps;
  std::optional<int> interruption_halves;
};

std::vector<market::PoolVariation> pools(const std::vector<Row>& rows) {
  market::PoolVariations table;
  for (const auto& row : rows) {
    table.add(row.type, row.region, row.sps, row.interruption_halves);
  }
  return table.pools();
}

ScoreScan scan(MemoryFiles::Contents contents, std::size_t piece = 3, int threads = 1) {
  MemoryFiles files{std::move(contents), piece};
  const auto list = list_snapshots(files, "root");
  EXPECT_TRUE(list) << list.error().message;
  return scan_scores(files, *list, threads, [](const ScanProgress&) { return true; });
}

TEST(ScoreScan, FindsColumnsByNameInAnyOrder) {
  const auto result = scan({{"a/00-10-00.csv",
                             "IF,SPS,Region,Extra,InstanceType\n"
                             "2.5,3,us-east-1,x,m5.large\n"}});

  EXPECT_EQ(in_order(result.pools), pools({{"m5.large", "us-east-1", 3, 5}}));
  EXPECT_THAT(result.damage, IsEmpty());
}

TEST(ScoreScan, TakesByteOrderMarksCrLfQuotesAndAMissingLastLineBreak) {
  const auto result = scan({{"00-10-00.csv",
                             "\xEF\xBB\xBFInstanceType,Region,SPS,IF\r\n"
                             "m5.large,us-east-2,3,2.5\r\n"
                             "\"m5.large\",\"us-east-1\",\"3\",\"3.0\"\r\n"
                             "\r\n"
                             "\"a\"\"b,c\",us-east-1,3.0,1"}});

  EXPECT_EQ(in_order(result.pools), pools({{"m5.large", "us-east-2", 3, 5},
                                           {"m5.large", "us-east-1", 3, 6},
                                           {"a\"b,c", "us-east-1", 3, 2}}));
  EXPECT_THAT(result.damage, IsEmpty());
}

TEST(ScoreScan, LeavesMissingValuesOutColumnByColumn) {
  const auto result = scan({{"00-10-00.csv",
                             "InstanceType,Region,SPS,IF\n"
                             "a,r,-1,3.0\n"
                             "b,r,3,\n"
                             "c,r,-1.00,-1\n"}});

  EXPECT_EQ(in_order(result.pools),
            pools({{"a", "r", {}, 6}, {"b", "r", 3, {}}, {"c", "r", {}, {}}}));
  EXPECT_EQ(result.rows, 3);
}

TEST(ScoreScan, TakesNamesOfAnyLength) {
  const std::string long_type(40, 't');
  const std::string long_region(16, 'r');
  const std::string longest_short_type(31, 't');
  const std::string longest_short_region(15, 'r');
  const auto result =
      scan({{"00-10-00.csv",
             fmt::format("InstanceType,Region,SPS,IF\n{},r,1,1.0\nt,{},2,1.0\n{},{},3,1.0\n",
                         long_type, long_region, longest_short_type, longest_short_region)}});

  EXPECT_EQ(in_order(result.pools), pools({{long_type, "r", 1, 2},
                                           {"t", long_region, 2, 2},
                                           {longest_short_type, longest_short_region, 3, 2}}));
}

TEST(ScoreScan, NamesWhatIsDamagedAndUsesTheRest) {
  const std::string header = "InstanceType,Region,SPS,IF\n";
  const auto result = scan({{"1/00-00-00.csv", header + "a,r,x,3.0\nb,r,3,3.0\nc,r,3\n"},
                            {"2/00-00-00.csv", ""},
                            {"3/00-00-00.csv", "InstanceType,Region,IF\na,r,3.0\n"},
                            {"4/00-00-00.csv.gz", header + "d,r,1,1.0\ne,r,1~"},
                            {"5/00-00-00.csv", header + "f,r,1,2.7\n,r,1,2.0\n"},
                            {"6/00-00-00.csv", header + "g,r,1,2.0\n\"h,r,1,2.0\n"}});

  EXPECT_EQ(in_order(result.pools), pools({{"b", "r", 3, 6}, {"d", "r", 1, 2}, {"g", "r", 1, 4}}));
  EXPECT_THAT(
      texts(result.damage),
      ElementsAre("1/00-00-00.csv, line 2: SPS 'x' is not a number",
                  "1/00-00-00.csv, line 4: 3 fields instead of 4",
                  "2/00-00-00.csv: the file is empty",
                  "3/00-00-00.csv, line 1: there is no column 'SPS'",
                  "4/00-00-00.csv.gz: cut short", "5/00-00-00.csv, line 2: IF '2.7' makes no sense",
                  "5/00-00-00.csv, line 3: the row names no instance type or no region",
                  "6/00-00-00.csv, line 3: a quoted field is not closed"));
  EXPECT_EQ(result.progress.files_done, 6);
  EXPECT_EQ(result.rows, 3);
}

TEST(ScoreScan, DoesNotDrownInAFileOfGarbage) {
  std::string text = "InstanceType,Region,SPS,IF\n";
  for (int i = 0; i < 1'000; ++i) {
    text += "garbage\n";
  }
  const auto damage = texts(scan({{"00-00-00.csv", text}}).damage);

  ASSERT_THAT(damage, SizeIs(kDamageShown + 1));
  EXPECT_EQ(damage.back(), "00-00-00.csv: 980 further lines are damaged");
}

TEST(ScoreScan, GivesUpOnARecordWithoutEnd) {
  const auto result = scan(
      {{"00-00-00.csv", "InstanceType,Region,SPS,IF\na,r,1,1.0\n" + std::string(3'000'000, 'x')}},
      1U << 20U);

  EXPECT_EQ(in_order(result.pools), pools({{"a", "r", 1, 2}}));
  EXPECT_THAT(texts(result.damage),
              ElementsAre("00-00-00.csv, line 3: the record does not end within 1 MiB"));
}

TEST(ScoreScan, StopsWhenItIsToldTo) {
  MemoryFiles files{{{"00-00-00.csv", "InstanceType,Region,SPS,IF\n"}}};
  const auto list = list_snapshots(files, "root");

  const auto result = scan_scores(files, *list, 2, [](const ScanProgress&) { return false; });

  EXPECT_TRUE(result.is_stopped);
}

/// A snapshot with whatever real and broken ones have in them.
std::string random_snapshot(Random& random) {
  const std::vector<std::string> cells{
      "m5.large",  "us-east-1", "3",   "2.5",   "1.0", "-1",      "",         "10",        "-1.0",
      "c5.xlarge", "x",         "3.0", "\"3\"", "1",   "\"a,b\"", "\"q\nq\"", "eu-west-1", "2.7"};
  const double irregular = random.chance(0.5) ? 0.0 : 0.01;
  std::string text = random.chance(0.2) ? "\xEF\xBB\xBF" : "";
  const std::string line_break = random.chance(0.3) ? "\r\n" : "\n";
  text +=
      random.chance(0.5) ? "Time,InstanceType,Region,AZ,SPS,IF" : "IF,Region,x,SPS,y,InstanceType";
  text += line_break;
  const auto rows = random.below(3'000);
  for (std::uint64_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < (random.chance(irregular) ? 5U : 6U); ++column) {
      const bool is_odd = random.chance(irregular);
      text += column > 0 ? "," : "";
      text += is_odd ? cells[random.below(cells.size())]
                     : fmt::format("{}{}", column == 1 || column == 5 ? "t" : "", random.below(4));
    }
    text += random.chance(irregular) ? "\n\n" : line_break;
  }
  text += random.chance(0.2) ? "t1,r1,x,1,1" : "";
  return text;
}

TEST(ScoreScan, FindsInAnyTextWhatThePlainestReaderFinds) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Random random{seed};
    const auto text = random_snapshot(random);
    const auto plain = scan_plainly("00-00-00.csv", text);

    const auto fast = scan({{"00-00-00.csv", text}}, 1 + random.below(300'000));

    EXPECT_EQ(in_order(fast.pools), plain.table.pools()) << seed;
    EXPECT_EQ(fast.rows, plain.rows) << seed;
    EXPECT_EQ(texts(fast.damage), texts(plain.damage)) << seed;
  }
}

/// Snapshots as archives have them: most rows come again as they were, in the same order.
MemoryFiles::Contents random_series(Random& random) {
  const bool has_time = random.chance(0.7);
  std::vector<std::string> rows;
  const auto new_row = [&] {
    return fmt::format("t{}.{},region-{},use1-az{},{},{},0.{}", random.below(200),
                       random.chance(0.02) ? std::string(random.below(120), 'x') : "large",
                       random.below(4), random.below(6), static_cast<int>(random.below(12)) - 1,
                       random.chance(0.1) ? "-1.0" : fmt::format("{}.5", random.below(3)),
                       random.below(100'000));
  };
  for (int i = 0; i < 2'000; ++i) {
    rows.push_back(new_row());
  }
  MemoryFiles::Contents contents;
  const double rate = random.chance(0.7) ? 0.03 : 0.4;
  for (int file = 0; file < 12; ++file) {
    const auto time = fmt::format("2024-11-01 00:{:02}:00", file);
    const bool is_other = random.chance(0.1);
    std::string text = has_time || is_other ? "Time," : "";
    text += "InstanceType,Region,AZ,SPS,IF,SpotPrice\n";
    for (const auto& row : rows) {
      text += has_time || is_other ? (random.chance(0.001) ? "" : time) + "," : "";
      text += random.chance(0.001) ? random.chance(0.5) ? "\"a\"" : "x,y" : row;
      text += random.chance(0.001) ? "\r\n" : "\n";
    }
    contents[fmt::format("{:02}/00-00-00.csv", file)] = text;
    for (auto& row : rows) {
      row = random.chance(rate) ? new_row() : row;
    }
    if (random.chance(0.5)) {
      rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(random.below(rows.size())));
      rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(random.below(rows.size())), new_row());
    }
    if (random.chance(0.1)) {
      std::reverse(rows.begin(), rows.end());
    }
  }
  return contents;
}

TEST(ScoreScan, FindsInSnapshotsThatAreMuchTheSameWhatThePlainestReaderFinds) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Random random{seed};
    const auto contents = random_series(random);
    market::PoolVariations plain;
    std::vector<std::string> damage;
    for (const auto& [path, text] : contents) {
      const auto one = scan_plainly(path.string(), text);
      plain.add(one.table);
      std::ranges::move(texts(one.damage), std::back_inserter(damage));
    }

    const auto fast = scan(contents, 1 + random.below(300'000), 1 + static_cast<int>(seed % 3));

    EXPECT_EQ(in_order(fast.pools), plain.pools()) << seed;
    EXPECT_EQ(texts(fast.damage), damage) << seed;
  }
}

TEST(ScoreScan, GivesTheSameForAnyNumberOfThreads) {
  Random random{7};
  MemoryFiles::Contents contents;
  for (int file = 0; file < 20; ++file) {
    contents[fmt::format("{:02}/00-00-00.csv", file)] = random_snapshot(random);
  }
  const auto alone = scan(contents, 100'000, 1);

  for (const int threads : {2, 3, 40}) {
    const auto together = scan(contents, 100'000, threads);
    EXPECT_EQ(in_order(together.pools), in_order(alone.pools));
    EXPECT_EQ(together.rows, alone.rows);
    EXPECT_EQ(texts(together.damage), texts(alone.damage));
  }
}

}  // namespace
}  // namespace spotvane::spotlake
