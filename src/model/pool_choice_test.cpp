#include "model/pool_choice.hpp"

#include <gmock/gmock.h>

namespace spotvane::model {
namespace {

using testing::HasSubstr;

Pool pool(const std::string& type, const std::string& region, const std::string& zone) {
  return {InstanceType{type}, Region{region}, ZoneId{zone}};
}

TEST(PoolChoice, TellsRegionsFromZoneIds) {
  for (const auto* region : {"us-east-1", "us-gov-west-1", "eusc-de-east-1", "cn-north-1"}) {
    const auto pools = parse_pool_choice(fmt::format("m5.large@{}", region));
    ASSERT_TRUE(pools) << pools.error().message;
    EXPECT_EQ(pools->region.text(), region);
    EXPECT_TRUE(pools->zone.empty());
  }
  for (const auto* zone : {"use1-az4", "apne1-az2", "usgw1-az1", "usw2-lax1-az1"}) {
    const auto pools = parse_pool_choice(fmt::format("u-6tb1.112xlarge@{}", zone));
    ASSERT_TRUE(pools) << pools.error().message;
    EXPECT_EQ(pools->zone.text(), zone);
    EXPECT_TRUE(pools->region.empty());
    EXPECT_EQ(pools->type.text(), "u-6tb1.112xlarge");
  }
}

TEST(PoolChoice, IsWrittenAsItIsRead) {
  for (const auto* text : {"m5.large@us-east-1", "m7i-flex.metal-24xl@use1-az4"}) {
    EXPECT_EQ(to_text(parse_pool_choice(text).value()), text);
  }
}

TEST(PoolChoice, OfARegionIncludesItsZonesAndItself) {
  const auto pools = parse_pool_choice("m5.large@us-east-1").value();

  EXPECT_TRUE(pools.includes(pool("m5.large", "us-east-1", "use1-az4")));
  EXPECT_TRUE(pools.includes(pool("m5.large", "us-east-1", "")));
  EXPECT_FALSE(pools.includes(pool("m5.large", "us-east-2", "")));
  EXPECT_FALSE(pools.includes(pool("m5.xlarge", "us-east-1", "use1-az4")));
}

TEST(PoolChoice, OfAZoneIncludesThatZoneAlone) {
  const auto pools = parse_pool_choice("m5.large@use1-az4").value();

  EXPECT_TRUE(pools.includes(pool("m5.large", "us-east-1", "use1-az4")));
  EXPECT_FALSE(pools.includes(pool("m5.large", "us-east-1", "use1-az5")));
  EXPECT_FALSE(pools.includes(pool("m5.large", "us-east-1", "")));
}

TEST(PoolChoice, RefusesWhatNamesNoPoolAndShowsTheForms) {
  for (const auto* text : {"", "m5.large", "m5.large@", "@us-east-1", "m5@us-east-1", ".large@r-1",
                           "m5.@us-east-1", "m5.large@us east 1", "m5.large@us-east-1@x",
                           "m5.large@use1-az4'", "m5'.large@us-east-1"}) {
    const auto pools = parse_pool_choice(text);
    ASSERT_FALSE(pools) << text;
    EXPECT_EQ(pools.error().kind, ErrorKind::InvalidInput);
    EXPECT_THAT(pools.error().message, HasSubstr(fmt::format("pool '{}' names", text)));
    EXPECT_THAT(pools.error().hint, HasSubstr("m5.large@use1-az4"));
  }
}

TEST(PoolChoice, ExplainsThatZonesGoByTheirIds) {
  const auto pools = parse_pool_choice("m5.large@us-east-1a");

  ASSERT_FALSE(pools);
  EXPECT_THAT(pools.error().hint, HasSubstr("zone ID"));
}

}  // namespace
}  // namespace spotvane::model
