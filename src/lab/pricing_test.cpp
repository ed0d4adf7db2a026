#include "lab/lab_harness.hpp"
#include "wire/price_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spotvane::lab {

namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

wire::PriceListPage ask(const wire::PriceListRequest& request) {
  const auto response =
      shared_lab().pricing("GetProducts", wire::write_price_list_request(request));
  return wire::read_price_list_page(response.body).value_or(wire::PriceListPage{});
}

TEST(GetProducts, TellsTheRealPrice) {
  const auto page = ask({.filters = {{"regionCode", "us-east-1"},
                                     {"instanceType", "m5.large"},
                                     {"operatingSystem", "Linux"},
                                     {"tenancy", "Shared"}}});
  ASSERT_THAT(page.items, SizeIs(1));
  EXPECT_EQ(to_text(page.items[0].price_per_hour), "0.096");
}

TEST(GetProducts, DescribesAProductAsFarAsTheCatalogKnowsIt) {
  const wire::PriceListRequest request{
      .filters = {{"regionCode", "us-east-1"}, {"vcpu", "2"}, {"memory", "8 GiB"}}};
  const auto response =
      shared_lab().pricing("GetProducts", wire::write_price_list_request(request));

  EXPECT_THAT(ask(request).items, Contains(Field(&wire::PriceListItem::type, "m5.large")));
  EXPECT_THAT(response.body,
              AllOf(HasSubstr(R"(\"memory\":\"8 GiB\")"), HasSubstr(R"(\"vcpu\":\"2\")"),
                    HasSubstr(R"(\"operation\":\"RunInstances\")"),
                    HasSubstr(R"(\"servicecode\":\"AmazonEC2\")")));
  EXPECT_THAT(response.body, Not(HasSubstr(R"(\"vcpu\":\"4\")")));
}

TEST(GetProducts, PagesByAHundred) {
  wire::PriceListRequest request{.filters = {{"regionCode", "eu-west-3"}}};
  std::size_t count = 0;
  do {
    const auto page = ask(request);
    ASSERT_FALSE(page.items.empty());
    EXPECT_LE(page.items.size(), 100u);
    count += page.items.size();
    request.next_token = page.next_token;
  } while (!request.next_token.empty());
  EXPECT_GT(count, 300u);
}

TEST(GetProducts, FindsNothingUnderOtherTerms) {
  EXPECT_THAT(ask({.filters = {{"operatingSystem", "Windows"}}}).items, IsEmpty());
  EXPECT_THAT(ask({.service_code = "AmazonRDS"}).items, IsEmpty());
}

TEST(GetProducts, TellsWhatVolumesCost) {
  const auto storage = shared_lab().pricing(
      "GetProducts", wire::write_price_list_request({.filters = {{"regionCode", "us-east-1"},
                                                                 {"productFamily", "Storage"},
                                                                 {"volumeApiName", "io1"}}}));
  EXPECT_THAT(storage.body,
              AllOf(HasSubstr(R"(\"USD\":\"0.1250000000\")"), HasSubstr(R"(\"unit\":\"GB-Mo\")"),
                    HasSubstr("EBS:VolumeUsage.piops"), Not(HasSubstr("0.0650000000"))));
  const auto iops = shared_lab().pricing(
      "GetProducts", wire::write_price_list_request({.filters = {{"regionCode", "us-east-1"},
                                                                 {"group", "EBS IOPS"},
                                                                 {"volumeApiName", "io1"}}}));
  EXPECT_THAT(iops.body, AllOf(HasSubstr(R"(\"USD\":\"0.0650000000\")"),
                               HasSubstr(R"(\"unit\":\"IOPS-Mo\")")));
}

TEST(GetProducts, RefusesWhatAwsRefuses) {
  EXPECT_EQ(verdict(shared_lab().pricing("GetProducts", "[]")), "400 InvalidParameterException");
  EXPECT_EQ(verdict(shared_lab().pricing("GetProducts", "{}")), "400 InvalidParameterException");
  EXPECT_EQ(verdict(shared_lab().pricing("GetProducts",
                                         R"({"ServiceCode": "AmazonEC2", "NextToken": "x"})")),
            "400 InvalidNextTokenException");
}

}  // namespace

}  // namespace spotvane::lab
