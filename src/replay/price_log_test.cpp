#include "replay/price_log.hpp"

#include <gmock/gmock.h>

namespace spotvane::replay {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kTable =
    "timestamp\tregion\taz\tinstance_type\tos\tprice\n"
    "2021-03-02T14:45:01+00:00\tus-east-1\tus-east-1a\tc5.large\tLinux/UNIX\t0.0345\n"
    "2021-03-03T14:45:01+00:00\tus-east-1\tus-east-1a\tc5.large\tLinux/UNIX\t0.0350\n";

TimePoint at(std::string_view text) {
  return *parse_time(text);
}

PriceStep step(std::string_view time, double price) {
  return {at(time), Money::from_dollars(price)};
}

PriceLog read(std::string_view text) {
  auto log = parse_price_log(text);
  EXPECT_TRUE(log) << log.error().message;
  return log.value_or(PriceLog{});
}

/// Rows as the CLI prints them, of one pool.
std::string cli_text(std::initializer_list<std::pair<std::string_view, std::string_view>> rows) {
  std::string text;
  for (const auto& [time, price] : rows) {
    text +=
        fmt::format("SPOTPRICEHISTORY\tus-east-1a\tc5.large\tLinux/UNIX\t{}\t{}\n", price, time);
  }
  return text;
}

std::string cli_json(std::string_view zone, std::string_view price) {
  return fmt::format(
      R"({{"SpotPriceHistory": [{{"AvailabilityZone": "{}", "InstanceType": "t1.micro",
      "ProductDescription": "Linux/UNIX", "SpotPrice": "{}", "Timestamp": "2021-05-30T18:38:17+00:00"}},
      {{"AvailabilityZone": "{}", "InstanceType": "t1.micro", "ProductDescription": "Windows",
      "SpotPrice": "0.9", "Timestamp": "2021-05-30T18:38:17+00:00"}}]}})",
      zone, price, zone);
}

TEST(PriceLog, ReadsATableByItsNames) {
  const auto log = read(kTable);

  ASSERT_THAT(log.series, SizeIs(1));
  EXPECT_EQ(log.series[0].type, "c5.large");
  EXPECT_EQ(log.series[0].zone, "us-east-1a");
  EXPECT_THAT(log.series[0].steps, ElementsAre(step("2021-03-02T14:45:01Z", 0.0345),
                                               step("2021-03-03T14:45:01Z", 0.0350)));
  EXPECT_THAT(faults_of(log.counts), IsEmpty());
}

TEST(PriceLog, ReadsATableWithoutNamesAndWhatTheCliPrintsAsText) {
  const auto headless = read(kTable.substr(kTable.find('\n') + 1));
  const auto text = read(cli_text(
      {{"2021-03-02T14:45:01+00:00", "0.034500"}, {"2021-03-03T14:45:01.000Z", "0.035000"}}));

  EXPECT_EQ(headless.series[0].steps, read(kTable).series[0].steps);
  EXPECT_EQ(text.series[0].steps, read(kTable).series[0].steps);
}

TEST(PriceLog, ReadsJsonDocumentsOneAfterAnother) {
  const auto log = read(cli_json("us-east-1a", "0.0035") + "\n" + cli_json("us-east-1b", "0.0036"));

  EXPECT_THAT(log.series, SizeIs(2));
  EXPECT_EQ(log.counts.documents, 2U);
  EXPECT_EQ(log.counts.others, 2U);
  EXPECT_THAT(faults_of(log.counts), ElementsAre(HasSubstr("2 JSON documents")));
}

TEST(PriceLog, LeavesOutADocumentThatEndsInTheMiddle) {
  const auto whole = cli_json("us-east-1b", "0.0036");

  const auto log = read(cli_json("us-east-1a", "0.0035") + whole.substr(0, whole.size() / 2));

  EXPECT_THAT(log.series, SizeIs(1));
  EXPECT_EQ(log.counts.broken_documents, 1U);
}

TEST(PriceLog, ABadRowCostsItselfOnly) {
  for (const auto* price : {"NaN", "-0.03", "0", "", "inf", "1e3", "0,03"}) {
    const auto log =
        read(cli_text({{"2021-03-02T14:45:01Z", price}, {"2021-03-03T14:45:01Z", "0.1"}}));

    EXPECT_EQ(log.counts.bad, 1U) << price;
    EXPECT_THAT(log.series[0].steps, ElementsAre(step("2021-03-03T14:45:01Z", 0.1))) << price;
  }
  const auto torn = read(cli_text({{"2021-03-02T14:45:01Z", "0.1"}, {"yesterday", "0.2"}}) +
                         "SPOTPRICEHISTORY\tus-east-1a\n");
  EXPECT_EQ(torn.counts.bad, 2U);
}

TEST(PriceLog, PutsRowsInOrderAndSaysSo) {
  const auto log = read(cli_text({{"2021-03-02T00:00:00Z", "0.1"},
                                  {"2021-03-04T00:00:00Z", "0.3"},
                                  {"2021-03-03T00:00:00Z", "0.2"},
                                  {"2021-03-05T00:00:00Z", "0.4"}}));

  EXPECT_EQ(log.counts.unsorted, 1U);
  EXPECT_THAT(log.series[0].steps, ElementsAre(step("2021-03-02", 0.1), step("2021-03-03", 0.2),
                                               step("2021-03-04", 0.3), step("2021-03-05", 0.4)));
}

TEST(PriceLog, TakesNewestFirstForAnOrder) {
  const auto log = read(cli_text({{"2021-03-04T00:00:00Z", "0.3"},
                                  {"2021-03-03T00:00:00Z", "0.2"},
                                  {"2021-03-02T00:00:00Z", "0.1"}}));

  EXPECT_EQ(log.counts.unsorted, 0U);
  EXPECT_EQ(log.series[0].steps.front(), step("2021-03-02", 0.1));
}

TEST(PriceLog, CountsRowsThatSayTheSameOrSomethingElseOfATime) {
  const auto log = read(cli_text({{"2021-03-02T00:00:00Z", "0.1"},
                                  {"2021-03-02T00:00:00Z", "0.1"},
                                  {"2021-03-02T00:00:00Z", "0.2"},
                                  {"2021-03-09T00:00:00Z", "0.1"}}));

  EXPECT_EQ(log.counts.repeated, 1U);
  EXPECT_EQ(log.counts.conflicts, 1U);
  EXPECT_EQ(log.counts.gaps, 1U);
  EXPECT_THAT(log.series[0].steps, ElementsAre(step("2021-03-02", 0.1)));
}

TEST(PriceLog, FailsWhereNothingMakesSense) {
  for (const auto* text : {"", "hello\n", "{}", "[1, 2]", "{\"SpotPriceHistory\": 3}"}) {
    const auto log = parse_price_log(text);

    ASSERT_FALSE(log) << text;
    EXPECT_EQ(log.error().kind, ErrorKind::Corrupt);
    EXPECT_THAT(log.error().message, HasSubstr("no price in it")) << text;
  }
}

}  // namespace
}  // namespace spotvane::replay
