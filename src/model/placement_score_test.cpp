#include "model/placement_score.hpp"

#include <gmock/gmock.h>

namespace spotvane::model {
namespace {

ScoreQuery query() {
  return {.types = {InstanceType{"m5.large"}, InstanceType{"c5.large"}},
          .target_capacity = 10,
          .unit = CapacityUnit::Units,
          .regions = {Region{"us-west-2"}, Region{"eu-west-1"}},
          .single_zone = true};
}

TEST(ConfigurationKey, IgnoresTheOrderOfTypesAndRegions) {
  auto turned = query();
  std::swap(turned.types[0], turned.types[1]);
  std::swap(turned.regions[0], turned.regions[1]);

  EXPECT_EQ(configuration_key(turned), configuration_key(query()));
}

TEST(ConfigurationKey, DiffersInEverythingAwsCounts) {
  auto other_capacity = query();
  other_capacity.target_capacity = 1;
  auto other_unit = query();
  other_unit.unit = CapacityUnit::Vcpu;
  auto regional = query();
  regional.single_zone = false;
  auto fewer_regions = query();
  fewer_regions.regions.pop_back();

  for (const auto& other : {other_capacity, other_unit, regional, fewer_regions}) {
    EXPECT_NE(configuration_key(other), configuration_key(query()));
  }
}

TEST(ConfigurationKey, CanBeReadBack) {
  const auto key = configuration_key(query());

  const auto read = parse_configuration_key(key);

  ASSERT_TRUE(read);
  EXPECT_EQ(configuration_key(*read), key);
  EXPECT_FALSE(parse_configuration_key("nonsense"));
}

}  // namespace
}  // namespace spotvane::model
