#include "market/fleet_spread.hpp"

#include "base/random.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>

namespace spotvane::market {

namespace {

using testing::ElementsAre;
using testing::SizeIs;

model::Pool fleet_pool(const std::string& type, int zone) {
  return {model::InstanceType{type}, model::Region{"us-east-1"},
          model::ZoneId{"use1-az" + std::to_string(zone)}};
}

std::vector<std::size_t> chosen_of(const std::vector<SpreadPool>& seen) {
  std::vector<std::size_t> chosen;
  for (const auto& one : seen) {
    if (one.is_chosen) {
      chosen.push_back(one.index);
    }
  }
  return chosen;
}

TEST(FleetSpread, TakesTheBestButNotTooMuchOfOneTypeZoneOrFamily) {
  const std::vector<model::Pool> pools{fleet_pool("m5.large", 1), fleet_pool("m5.large", 2),
                                       fleet_pool("m5.large", 3), fleet_pool("m5.xlarge", 1),
                                       fleet_pool("c5.large", 1), fleet_pool("c5.large", 2)};

  const auto seen =
      spread_over(pools, {.pools = 4, .of_type = 2, .of_zone = 0.5, .of_family = 0.5});

  EXPECT_THAT(chosen_of(seen), ElementsAre(0, 1, 4, 5));
  EXPECT_EQ(seen[2].why, "2 of them are m5.large already");
  EXPECT_EQ(seen[3].why, "2 of them are of m5 already");
}

TEST(FleetSpread, TakesWhatItPassedOverWhereThereIsNothingElse) {
  const std::vector<model::Pool> pools{fleet_pool("m5.large", 1), fleet_pool("m5.large", 1),
                                       fleet_pool("m5.large", 1)};
  const auto seen = spread_over(pools, {.pools = 2, .of_type = 1});

  EXPECT_THAT(chosen_of(seen), ElementsAre(0, 1));
  EXPECT_EQ(seen[1].why, "there is nothing else");
}

TEST(FleetSpread, KeepsItsBoundsWhereverThereIsEnough) {
  Random random{11};
  for (int round = 0; round < 300; ++round) {
    std::vector<model::Pool> pools;
    for (int family = 0; family < 8; ++family) {
      for (int zone = 1; zone <= 5; ++zone) {
        pools.push_back(fleet_pool("f" + std::to_string(family) + ".large", zone));
      }
    }
    for (std::size_t i = pools.size(); i > 1; --i) {
      std::swap(pools[i - 1], pools[random.below(i)]);
    }
    const FleetSpread spread{.pools = 4 + random.below(5), .of_type = 1 + random.below(3)};
    const auto chosen = chosen_of(spread_over(pools, spread));

    ASSERT_THAT(chosen, SizeIs(spread.pools));
    std::map<std::string, std::size_t> types;
    std::map<std::string, std::size_t> zones;
    for (const auto index : chosen) {
      ASSERT_LE(++types[pools[index].type.text()], spread.of_type);
      ASSERT_LE(++zones[pools[index].zone.text()], spread.pools / 2);
    }
  }
}

}  // namespace

}  // namespace spotvane::market
