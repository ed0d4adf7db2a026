#include "spotlake/snapshot_reader.hpp"

#include <gmock/gmock.h>

#include <map>

#include "spotlake/csv_records.hpp"

namespace spotvane::spotlake {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// Files in memory, handed out three letters at a time; those that end in '~' break off there.
class FakeFiles final : public TextFiles {
 public:
  using Contents = std::map<std::filesystem::path, std::string>;

  explicit FakeFiles(Contents the_contents) : contents{std::move(the_contents)} {}

  Result<std::vector<std::filesystem::path>> list(const std::filesystem::path& /*root*/) override {
    std::vector<std::filesystem::path> paths;
    for (const auto& [path, text] : contents) {
      paths.push_back(path);
    }
    return paths;
  }

  Result<void> read(const std::filesystem::path& file,
                    const std::function<void(std::string_view)>& on_text) override {
    std::string_view text = contents.at(file.lexically_relative("root"));
    const bool is_cut = text.ends_with('~');
    text.remove_suffix(is_cut ? 1 : 0);
    for (; !text.empty(); text.remove_prefix(std::min<std::size_t>(3, text.size()))) {
      on_text(text.substr(0, 3));
    }
    return is_cut ? fail(ErrorKind::Corrupt, "cut short") : Result<void>{};
  }

  Contents contents;
};

struct Reading {
  ArchiveReading result;
  std::vector<std::string> rows;
  std::vector<std::string> damage;
};

Reading read(FakeFiles::Contents contents) {
  FakeFiles files{std::move(contents)};
  Reading reading;
  auto result = read_snapshots(files, "root", [&](const SnapshotRow& row) {
    reading.rows.push_back(fmt::format("{}/{} {} {}", row.instance_type, row.region,
                                       row.sps.value_or(-1), row.interruption_halves.value_or(-1)));
  });
  EXPECT_TRUE(result) << result.error().message;
  reading.result = *result;
  for (const auto& one : reading.result.damage) {
    reading.damage.push_back(to_text(one));
  }
  return reading;
}

TEST(SpotlakeReader, FindsColumnsByNameInAnyOrder) {
  const auto reading = read({{"a/00-10-00.csv",
                              "IF,SPS,Region,Extra,InstanceType\n"
                              "2.5,3,us-east-1,x,m5.large\n"}});

  EXPECT_THAT(reading.rows, ElementsAre("m5.large/us-east-1 3 5"));
  EXPECT_THAT(reading.damage, IsEmpty());
}

TEST(SpotlakeReader, TakesByteOrderMarksCrLfQuotesAndAMissingLastLineBreak) {
  const auto reading = read({{"00-10-00.csv",
                              "\xEF\xBB\xBFInstanceType,Region,SPS,IF\r\n"
                              "\"m5.large\",\"us-east-1\",\"3\",\"3.0\"\r\n"
                              "\r\n"
                              "\"a\"\"b,c\",us-east-1,3.0,1"}});

  EXPECT_THAT(reading.rows, ElementsAre("m5.large/us-east-1 3 6", "a\"b,c/us-east-1 3 2"));
  EXPECT_THAT(reading.damage, IsEmpty());
}

TEST(SpotlakeReader, KnowsMissingValues) {
  const auto reading = read({{"00-10-00.csv",
                              "InstanceType,Region,SPS,IF\n"
                              "a,r,-1,-1.0\n"
                              "b,r,,\n"
                              "c,r,-1.00,-1\n"}});

  EXPECT_THAT(reading.rows, ElementsAre("a/r -1 -1", "b/r -1 -1", "c/r -1 -1"));
}

TEST(SpotlakeReader, NamesWhatIsDamagedAndUsesTheRest) {
  const std::string header = "InstanceType,Region,SPS,IF\n";
  const auto reading = read({{"1/00-00-00.csv", header + "a,r,x,3.0\nb,r,3,3.0\nc,r,3\n"},
                             {"2/00-00-00.csv", ""},
                             {"3/00-00-00.csv", "InstanceType,Region,IF\na,r,3.0\n"},
                             {"4/00-00-00.csv.gz", header + "d,r,1,1.0\ne,r,1~"},
                             {"5/00-00-00.csv", header + "f,r,1,2.7\n,r,1,2.0\n"},
                             {"6/00-00-00.csv", header + "g,r,1,2.0\n\"h,r,1,2.0\n"}});

  EXPECT_THAT(reading.rows, ElementsAre("b/r 3 6", "d/r 1 2", "g/r 1 4"));
  EXPECT_THAT(
      reading.damage,
      ElementsAre("1/00-00-00.csv, line 2: SPS 'x' is not a number",
                  "1/00-00-00.csv, line 4: 3 fields instead of 4",
                  "2/00-00-00.csv: the file is empty",
                  "3/00-00-00.csv, line 1: there is no column 'SPS'",
                  "4/00-00-00.csv.gz: cut short", "5/00-00-00.csv, line 2: IF '2.7' makes no sense",
                  "5/00-00-00.csv, line 3: the row names no instance type or no region",
                  "6/00-00-00.csv: a quoted field is not closed"));
  EXPECT_EQ(reading.result.files, 6);
  EXPECT_EQ(reading.result.rows, 3);
}

TEST(SpotlakeReader, DoesNotDrownInAFileOfGarbage) {
  std::string text = "InstanceType,Region,SPS,IF\n";
  for (int i = 0; i < 1'000; ++i) {
    text += "garbage\n";
  }
  const auto reading = read({{"00-00-00.csv", text}});

  ASSERT_THAT(reading.damage, SizeIs(kDamageShown + 1));
  EXPECT_EQ(reading.damage.back(), "00-00-00.csv: 980 further lines are damaged");
}

TEST(SpotlakeReader, ReadsASnapshotOnceThatIsThereBothPlainAndCompressed) {
  const std::string text = "InstanceType,Region,SPS,IF\na,r,1,2.0\n";
  const auto reading = read({{"00-00-00.csv", text}, {"00-00-00.csv.gz", text}});

  EXPECT_THAT(reading.rows, SizeIs(1));
  EXPECT_THAT(reading.damage,
              ElementsAre("00-00-00.csv.gz: left out: '00-00-00.csv' is the same snapshot"));
}

TEST(SpotlakeReader, LooksAtSnapshotsOnly) {
  FakeFiles files{{{"README.md", "x"}, {"2024-11.csv", "x"}}};

  const auto result = read_snapshots(files, "root", [](const SnapshotRow&) {});

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::NotFound);
}

TEST(CsvRecords, KeepLineBreaksInsideQuotes) {
  std::vector<std::string> seen;
  CsvRecords records{[&](std::uint64_t line, const std::vector<std::string_view>& fields) {
    seen.push_back(fmt::format("{}:{}", line, fmt::join(fields, "|")));
  }};
  for (const auto* piece : {"a,\"b\nc", "\"\nd,e", "\n,"}) {
    records.add(piece);
  }

  EXPECT_TRUE(records.finish());
  EXPECT_THAT(seen, ElementsAre("1:a|b\nc", "3:d|e", "4:|"));
}

}  // namespace
}  // namespace spotvane::spotlake
