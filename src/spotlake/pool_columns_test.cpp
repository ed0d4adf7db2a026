#include "spotlake/pool_columns.hpp"

#include <gmock/gmock.h>

#include "base/split.hpp"

namespace spotvane::spotlake {
namespace {

constexpr auto kHeader = "Time,InstanceType,Region,AZ,SPS,T3,T2,IF,OndemandPrice,SpotPrice,Savings";

Result<PoolValues> read(std::string_view header, std::string_view row) {
  return PoolColumns::find(split(header, ',')).and_then([&](const PoolColumns& columns) {
    return columns.read(split(row, ','));
  });
}

TEST(PoolColumns, ReadsEveryValue) {
  const auto values = read(
      kHeader, "2024-11-01 00:10:00,m5.large,us-east-1,use1-az4,3,10,50,2.5,0.096,0.035101,63");

  ASSERT_TRUE(values) << values.error().message;
  EXPECT_EQ(values->instance_type, "m5.large");
  EXPECT_EQ(values->region, "us-east-1");
  EXPECT_EQ(values->zone, "use1-az4");
  EXPECT_EQ(values->state, (model::MarketState{.sps = 3,
                                               .t2 = 50,
                                               .t3 = 10,
                                               .band = 1,
                                               .savings = 63,
                                               .spot_price = Money::from_micros(35'101),
                                               .on_demand_price = Money::from_micros(96'000)}));
}

TEST(PoolColumns, ReadsTheVariantOf2022) {
  const auto values = read("SpotPrice,Savings,SPS,AZ,Region,InstanceType,IF,time",
                           "1.1536,73,1,usw1-az1,us-west-1,r6gd.16xlarge,2.5,"
                           "2022-07-12 04:20:02+00:00");

  ASSERT_TRUE(values) << values.error().message;
  EXPECT_EQ(values->zone, "usw1-az1");
  EXPECT_EQ(values->state, (model::MarketState{.sps = 1,
                                               .t2 = {},
                                               .t3 = {},
                                               .band = 1,
                                               .savings = 73,
                                               .spot_price = Money::from_micros(1'153'600),
                                               .on_demand_price = {}}));
}

TEST(PoolColumns, KnowsMissingValues) {
  for (const auto* missing : {"", "-1", "-1.0"}) {
    const auto values =
        read(kHeader, fmt::format("t,m5.large,us-east-1,use1-az4{}",
                                  fmt::format(",{0},{0},{0},{0},{0},{0},{0}", missing)));
    ASSERT_TRUE(values) << values.error().message;
    EXPECT_EQ(values->state, model::MarketState{}) << "'" << missing << "'";
  }
}

TEST(PoolColumns, ReadsNumbersHoweverTheyAreWritten) {
  const auto price = [](std::string_view text) {
    return read("InstanceType,Region,AZ,SPS,IF,SpotPrice",
                fmt::format("m5.large,us-east-1,use1-az4,3.0,3,{}", text))
        ->state.spot_price->micros();
  };

  EXPECT_EQ(price("12"), 12'000'000);
  EXPECT_EQ(price("0.1"), 100'000);
  EXPECT_EQ(price("0.30000000000000004"), 300'000);
  EXPECT_EQ(price("5e-05"), 50);
  EXPECT_EQ(price("000000000000000.5"), 500'000);
  EXPECT_EQ(price("98765.432101"), 98'765'432'101);
}

TEST(PoolColumns, SaysWhatMakesNoSense) {
  const auto reason = [](std::string_view row) {
    return read("InstanceType,Region,AZ,SPS,IF,SpotPrice", row).error().message;
  };

  EXPECT_EQ(reason("m5.large,us-east-1,use1-az4,x,3,1"), "SPS 'x' is not a number");
  EXPECT_EQ(reason("m5.large,us-east-1,use1-az4,2.5,3,1"), "SPS '2.5' is not a whole number");
  EXPECT_EQ(reason("m5.large,us-east-1,use1-az4,11,3,1"), "SPS '11' makes no sense");
  EXPECT_EQ(reason("m5.large,us-east-1,use1-az4,3,2.2,1"),
            "IF '2.2' stands for no interruption band");
  EXPECT_EQ(reason("m5.large,us-east-1,use1-az4,3,0.5,1"), "IF '0.5' makes no sense");
  EXPECT_EQ(reason("m5.large,us-east-1,use1-az4,3,3,-2"), "SpotPrice '-2' makes no sense");
  EXPECT_EQ(reason("m5.large,us-east-1,use1-az4,3,3,1.2.3"), "SpotPrice '1.2.3' is not a number");
  EXPECT_EQ(reason("m5.large,us-east-1,use1-az4,3,3,nan"), "SpotPrice 'nan' is not a number");
  EXPECT_EQ(reason("m5.large,us-east-1,use1-az4,3,3"), "5 fields instead of 6");
  EXPECT_EQ(reason(",us-east-1,use1-az4,3,3,1"), "the row names no instance type or no region");
  EXPECT_EQ(reason(std::string(300, 'm') + ",us-east-1,use1-az4,3,3,1"),
            "InstanceType is a name of 300 letters");
}

TEST(PoolColumns, NamesAColumnThatMustNotBeMissing) {
  EXPECT_EQ(read("InstanceType,Region,SPS,IF", "").error().message, "there is no column 'AZ'");
}

}  // namespace
}  // namespace spotvane::spotlake
