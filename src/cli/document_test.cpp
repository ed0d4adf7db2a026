#include "cli/document.hpp"

#include <gmock/gmock.h>

namespace spotvane::cli {
namespace {

Document two_pools() {
  return {.facts = {},
          .tables = {{.name = "pools",
                      .columns = {{"instance_type"}, {"score", 2}, {"price"}},
                      .rows = {{std::string{"m5.large"}, 1.0 / 3.0, Money::from_micros(96'000)},
                               {std::string{"c5.\"x\""}, Value{}, Value{}}}}}};
}

TEST(Document, ShowsATableWithNumbersToTheRight) {
  EXPECT_EQ(render(two_pools(), OutputFormat::Table),
            "instance_type  score  price\n"
            "m5.large        0.33  0.096\n"
            "c5.\"x\"\n");
}

TEST(Document, WritesCsvWithFullPrecisionAndQuotesOnlyWhereNeeded) {
  EXPECT_EQ(render(two_pools(), OutputFormat::Csv),
            "instance_type,score,price\n"
            "m5.large,0.3333333333333333,0.096\n"
            "\"c5.\"\"x\"\"\",,\n");
}

TEST(Document, WritesJsonWithAbsentValuesAsNull) {
  EXPECT_EQ(
      render(two_pools(), OutputFormat::Json),
      "[\n"
      "  {\"instance_type\": \"m5.large\", \"score\": 0.3333333333333333, \"price\": 0.096},\n"
      "  {\"instance_type\": \"c5.\\\"x\\\"\", \"score\": null, \"price\": null}\n"
      "]\n");
}

TEST(Document, WritesSeveralWordsAsAListInJsonOnly) {
  const Document regions{.facts = {{"regions", Words{"us-east-1", "eu-\"x\""}}, {"none", Words{}}}};

  EXPECT_EQ(render(regions, OutputFormat::Json),
            "{\n  \"regions\": [\"us-east-1\", \"eu-\\\"x\\\"\"],\n  \"none\": []\n}\n");
  EXPECT_EQ(render(regions, OutputFormat::Csv), "regions,none\n\"us-east-1 eu-\"\"x\"\"\",\n");
  EXPECT_THAT(render(regions, OutputFormat::Table), testing::HasSubstr("us-east-1 eu-\"x\"\n"));
}

TEST(Document, NamesItsTablesInJsonBesideTheFacts) {
  auto document = two_pools();
  document.facts.emplace_back("quota", std::int64_t{50});
  document.tables[0].rows.clear();

  EXPECT_EQ(render(document, OutputFormat::Json), "{\n  \"quota\": 50,\n  \"pools\": []\n}\n");
}

TEST(Document, LeavesOutRowsOnATerminalOnlyAndSaysSo) {
  EXPECT_THAT(render(two_pools(), OutputFormat::Table, 1), testing::HasSubstr("... and 1 more\n"));
  EXPECT_THAT(render(two_pools(), OutputFormat::Csv, 1), testing::HasSubstr("c5."));
}

TEST(Document, WritesRowsMadeOnTheWayLikeTheOthers) {
  for (const auto format : {OutputFormat::Csv, OutputFormat::Json}) {
    auto document = two_pools();
    auto& table = document.tables[0];
    std::vector<std::vector<Value>> later{table.rows[1]};
    table.rows.pop_back();
    table.next = [later](std::vector<Value>& row) mutable {
      if (later.empty()) {
        return false;
      }
      row = later.back();
      later.pop_back();
      return true;
    };

    EXPECT_EQ(render(document, format), render(two_pools(), format));
  }
}

TEST(Document, SaysHowManyRowsWereNotAskedFor) {
  auto document = two_pools();
  document.tables[0].more = 40;

  EXPECT_THAT(render(document, OutputFormat::Table), testing::HasSubstr("... and 40 more\n"));
  EXPECT_THAT(render(document, OutputFormat::Table, 1), testing::HasSubstr("... and 41 more\n"));
}

}  // namespace
}  // namespace spotvane::cli
