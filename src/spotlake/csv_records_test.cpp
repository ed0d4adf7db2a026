#include "spotlake/csv_records.hpp"

#include <fmt/ranges.h>
#include <gmock/gmock.h>

namespace spotvane::spotlake {
namespace {

using testing::ElementsAre;

struct Reading {
  std::vector<std::string> records;
  bool is_closed = false;
};

Reading read(const std::vector<std::string_view>& pieces, std::uint64_t first_line = 1) {
  Reading reading;
  CsvRecords records{
      [&](std::uint64_t line, const std::vector<std::string_view>& fields) {
        reading.records.push_back(fmt::format("{}:{}", line, fmt::join(fields, "|")));
      },
      first_line};
  for (const auto piece : pieces) {
    records.add(piece);
  }
  reading.is_closed = records.finish();
  return reading;
}

TEST(CsvRecords, KeepLineBreaksInsideQuotes) {
  const auto reading = read({"a,\"b\nc", "\"\nd,e", "\n,"});

  EXPECT_TRUE(reading.is_closed);
  EXPECT_THAT(reading.records, ElementsAre("1:a|b\nc", "3:d|e", "4:|"));
}

TEST(CsvRecords, TakeAByteOrderMarkBeforeTheFirstLineOnly) {
  EXPECT_THAT(read({"\xEF\xBB\xBF"
                    "a\nb"})
                  .records,
              ElementsAre("1:a", "2:b"));
  EXPECT_THAT(read({"\xEF\xBB\xBF"
                    "a"},
                   7)
                  .records,
              ElementsAre("7:\xEF\xBB\xBF"
                          "a"));
}

TEST(CsvRecords, SayWhereAQuoteWasNeverClosed) {
  const auto reading = read({"a,b\n\"c,d\ne,f\n"});

  EXPECT_FALSE(reading.is_closed);
  EXPECT_THAT(reading.records, ElementsAre("1:a|b"));
}

}  // namespace
}  // namespace spotvane::spotlake
