#include "wire/advisor_file.hpp"
#include "wire/price_list.hpp"

#include <gmock/gmock.h>

namespace spotvane::wire {

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(AdvisorFile, IsReadBackAsWritten) {
  const std::vector<AdvisorRow> rows{{"eu-west-1", "Linux", "m5.large", 0, -62},
                                     {"us-east-1", "Linux", "c5.large", 4, 90},
                                     {"us-east-1", "Windows", "c5.large", 2, 0}};

  const std::vector<AdvisorType> types{{"c5.large", 2, 4.0, true}, {"t1.micro", 1, 0.613, false}};

  const auto file = read_advisor_file(write_advisor_file(rows, types));

  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->rows, rows);
  EXPECT_EQ(file->types, types);
  EXPECT_EQ(file->bad_rows, 0U);
}

TEST(AdvisorFile, LosesOnlyTheEntriesThatMakeNoSense) {
  const auto file = read_advisor_file(R"({"instance_types":{
      "a.good":{"cores":2,"ram_gb":8,"emr":true}, "b.cores":{"cores":0,"ram_gb":8,"emr":true},
      "c.ram":{"cores":2,"ram_gb":"8","emr":true}, "d.emr":{"cores":2,"ram_gb":8}, "e.null":null},
      "spot_advisor":{"us-east-1":{"Linux":{
      "a.good":{"s":58,"r":4,"new":[]},
      "b.band":{"s":58,"r":5}, "c.text":{"s":"58","r":1}, "d.none":{"s":1}, "e.null":null,
      "f.real":{"s":1.5,"r":1}, "g.huge":{"s":18446744073709551615,"r":1}},
      "Windows":[]}, "eu-west-1":3}})");

  ASSERT_TRUE(file) << file.error().message;
  EXPECT_THAT(file->rows, ElementsAre(AdvisorRow{"us-east-1", "Linux", "a.good", 4, 58}));
  EXPECT_EQ(file->bad_rows, 8U);
  EXPECT_THAT(file->types, ElementsAre(AdvisorType{"a.good", 2, 8.0, true}));
}

TEST(AdvisorFile, IsReadInAnyOrderWithAnythingBetween) {
  const auto file = read_advisor_file(R"({"new":{"spot_advisor":{"x":3},"r":[{"r":1},[2]]},
      "spot_advisor":{"us-east-1":{"Linux":{"z.a":{"s":1,"more":{"r":9,"deep":[{}]},"r":2},"b.a":{"r":0,"s":-3}}},
      "eu-west-1":{"Windows":{"b.a":{"r":1,"s":5}}}}, "ranges":[{"index":0,"max":5}],
      "instance_types":{"z.a":{"emr":false,"x":{"cores":7},"ram_gb":0.5,"cores":1},"b.a":{"cores":2,"ram_gb":4,"emr":true}}})");

  ASSERT_TRUE(file) << file.error().message;
  EXPECT_THAT(file->rows, ElementsAre(AdvisorRow{"eu-west-1", "Windows", "b.a", 1, 5},
                                      AdvisorRow{"us-east-1", "Linux", "b.a", 0, -3},
                                      AdvisorRow{"us-east-1", "Linux", "z.a", 2, 1}));
  EXPECT_EQ(file->bad_rows, 0U);
  EXPECT_THAT(file->types,
              ElementsAre(AdvisorType{"b.a", 2, 4.0, true}, AdvisorType{"z.a", 1, 0.5, false}));
}

TEST(AdvisorFile, TakesTheLastOfWhatIsThereTwice) {
  const auto file =
      read_advisor_file(R"({"spot_advisor":{"r":{"Linux":{"b":{"s":1,"r":1},"a":{"s":2,"r":2},
      "b":{"s":3,"r":3}}},"r":{"Linux":{"a":{"s":4,"r":4}}}},
      "instance_types":{"b":{"cores":1,"ram_gb":1,"emr":true},"b":{"cores":2,"ram_gb":1,"emr":true}}})");

  ASSERT_TRUE(file) << file.error().message;
  EXPECT_THAT(file->rows, ElementsAre(AdvisorRow{"r", "Linux", "a", 4, 4},
                                      AdvisorRow{"r", "Linux", "b", 3, 3}));
  EXPECT_THAT(file->types, ElementsAre(AdvisorType{"b", 2, 1.0, true}));
}

TEST(AdvisorFile, IsCorruptWhereTheWholeIsSomethingElse) {
  for (const auto* text : {"", "<html>", "{}", "[]", R"({"spot_advisor":[]})", "{\"spot_adv"}) {
    const auto file = read_advisor_file(text);
    ASSERT_FALSE(file) << text;
    EXPECT_EQ(file.error().kind, ErrorKind::Corrupt);
  }
}

TEST(PriceList, IsReadBackAsWritten) {
  const PriceListPage page{.items = {{"m5.large", "us-east-1", Money::from_micros(96'000)},
                                     {"c5.large", "us-east-1", Money::from_micros(85'000)}},
                           .next_token = "opaque"};

  const auto read = read_price_list_page(write_price_list_page(page));

  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->items, page.items);
  EXPECT_EQ(read->bad_items, 0U);
  EXPECT_EQ(read->next_token, "opaque");
}

TEST(PriceList, ReadsAnElementAsAwsWritesIt) {
  const auto page = read_price_list_page(
      R"({"FormatVersion":"aws_v1","PriceList":["{\"product\":{\"productFamily\":\"Compute Instance\",)"
      R"(\"attributes\":{\"instanceType\":\"m5.large\",\"regionCode\":\"us-east-1\"},\"sku\":\"6C86\"},)"
      R"(\"terms\":{\"OnDemand\":{\"6C86.JR\":{\"offerTermCode\":\"JR\",\"priceDimensions\":)"
      R"({\"6C86.JR.6Y\":{\"unit\":\"Hrs\",\"pricePerUnit\":{\"USD\":\"0.0960000000\"}}}}}}}"]})");

  ASSERT_TRUE(page) << page.error().message;
  EXPECT_THAT(page->items,
              ElementsAre(PriceListItem{"m5.large", "us-east-1", Money::from_micros(96'000)}));
  EXPECT_EQ(page->next_token, "");
}

TEST(PriceList, SkipsZeroPricesAndCountsWhatMakesNoSense) {
  const auto zero =
      write_price_list_page({.items = {{"m5.large", "us-east-1", Money::from_micros(0)}}});
  const auto nonsense = read_price_list_page(
      R"({"PriceList":[3,"not json","[]","{}","{\"product\":3,\"terms\":{\"OnDemand\":{}}}"]})");

  EXPECT_THAT(read_price_list_page(zero)->items, IsEmpty());
  EXPECT_EQ(read_price_list_page(zero)->bad_items, 0U);
  EXPECT_EQ(nonsense->bad_items, 5U);
  EXPECT_FALSE(read_price_list_page("{}"));
  EXPECT_FALSE(read_price_list_page("<html>"));
}

TEST(PriceList, UnderstandsItsOwnRequests) {
  const PriceListRequest request{.filters = {{"regionCode", "us-east-1"}, {"tenancy", "Shared"}},
                                 .max_results = 50,
                                 .next_token = "t"};

  const auto read = read_price_list_request(write_price_list_request(request));

  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->service_code, "AmazonEC2");
  EXPECT_EQ(read->filters, request.filters);
  EXPECT_EQ(read->max_results, 50);
  EXPECT_EQ(read->next_token, "t");
  EXPECT_FALSE(read_price_list_request("[]"));
  EXPECT_FALSE(read_price_list_request(R"({"MaxResults":101})"));
  EXPECT_FALSE(read_price_list_request(R"({"Filters":[{"Type":"NONE_OF"}]})"));
}

}  // namespace

}  // namespace spotvane::wire
