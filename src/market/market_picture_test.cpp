#include "market/market_picture.hpp"

#include "support/moments.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace spotvane::market {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const model::InstanceType kType{"m5.large"};
const model::Region kRegion{"us-east-1"};

model::SpotPrice price(const std::string& zone, std::int64_t micros, TimePoint at = kNoon) {
  return {kType,        model::ZoneName{zone},      model::ZoneId{zone},
          "Linux/UNIX", Money::from_micros(micros), at};
}

model::ScoreQuery query(bool single_zone = true) {
  return {{kType}, 10, model::CapacityUnit::Units, {kRegion}, single_zone};
}

struct Picture : MarketPicture {
  Picture() { set_regions({kRegion}); }

  /// Ends the cycle; "zone sps band" of each row, "zone -" of a pool that ceased.
  std::vector<std::string> finish() {
    std::vector<std::string> rows;
    for (const auto& row : changes(kNoon)) {
      rows.push_back(row.has_ceased
                         ? fmt::format("{} -", row.pool.zone)
                         : fmt::format("{} {} {}", row.pool.zone, row.state.sps.value_or(-1),
                                       row.state.band.value_or(-1)));
    }
    accept();
    return rows;
  }

  void read_prices(const std::vector<model::SpotPrice>& prices) { apply_prices(kRegion, prices); }
  void advise(int band) {
    apply_advisor(std::vector<model::AdvisorEntry>{{kType, kRegion, "Linux", band, 60}});
  }
  void score(const std::vector<model::PlacementScore>& scores, bool single_zone = true) {
    apply_scores(query(single_zone), scores);
  }
};

TEST(MarketPicture, GivesEveryZoneWhatItsRegionIsToldToo) {
  Picture picture;
  picture.begin_cycle();
  picture.read_prices({price("az1", 5), price("az2", 6)});
  picture.advise(3);
  picture.score({{kRegion, model::ZoneId{"az1"}, 7}});

  EXPECT_THAT(picture.finish(), ElementsAre("az1 7 3", "az2 -1 3"));
}

TEST(MarketPicture, HasARegionalRowOnlyWhileNoZoneIsKnown) {
  Picture picture;
  picture.begin_cycle();
  picture.advise(3);
  EXPECT_THAT(picture.finish(), ElementsAre(" -1 3"));

  picture.begin_cycle();
  picture.read_prices({price("az1", 5)});
  EXPECT_THAT(picture.finish(), ElementsAre(" -", "az1 -1 3"));
}

TEST(MarketPicture, HasARegionalRowBesideZonesForARegionalQuery) {
  Picture picture;
  picture.begin_cycle();
  picture.read_prices({price("az1", 5)});
  picture.score({{kRegion, model::ZoneId{}, 4}}, false);
  EXPECT_THAT(picture.finish(), ElementsAre(" 4 -1", "az1 -1 -1"));

  picture.begin_cycle();
  EXPECT_THAT(picture.finish(), ElementsAre(" -"));
}

TEST(MarketPicture, KeepsWhatASourceThatFailedSaidBefore) {
  Picture picture;
  picture.begin_cycle();
  picture.read_prices({price("az1", 5)});
  picture.advise(3);
  picture.score({{kRegion, model::ZoneId{"az1"}, 7}});
  picture.finish();

  picture.begin_cycle();
  picture.keep_scores(query());

  EXPECT_THAT(picture.finish(), IsEmpty());
}

TEST(MarketPicture, ForgetsTheScoreOfAPoolThatNoQueryCovers) {
  Picture picture;
  picture.begin_cycle();
  picture.read_prices({price("az1", 5)});
  picture.score({{kRegion, model::ZoneId{"az1"}, 7}});
  picture.finish();

  picture.begin_cycle();

  EXPECT_THAT(picture.finish(), ElementsAre("az1 -1 -1"));
}

TEST(MarketPicture, TakesAPlaceLeftOutOfAnAnswerAsHavingNoScore) {
  Picture picture;
  picture.begin_cycle();
  picture.read_prices({price("az1", 5)});
  picture.score({{kRegion, model::ZoneId{"az1"}, 7}});
  picture.finish();

  picture.begin_cycle();
  picture.score({});

  EXPECT_THAT(picture.finish(), ElementsAre("az1 -1 -1"));
}

TEST(MarketPicture, EndsAPoolThatASuccessfulReadingLacks) {
  Picture picture;
  picture.begin_cycle();
  picture.read_prices({price("az1", 5), price("az2", 6)});
  picture.finish();

  picture.begin_cycle();
  picture.read_prices({price("az1", 5)});

  EXPECT_THAT(picture.finish(), ElementsAre("az2 -"));
  EXPECT_EQ(picture.pool_count(), 1);
}

TEST(MarketPicture, TakesTheLatestPriceOfAPoolInWhateverOrderTheyCome) {
  Picture picture;
  picture.begin_cycle();
  picture.read_prices({price("az1", 5, kNoon), price("az1", 6, kNoon - 1h),
                       price("az2", 7, kNoon - 1h), price("az2", 8, kNoon)});
  picture.finish();

  EXPECT_EQ(picture.book().states[0].spot_price, Money::from_micros(5));
  EXPECT_EQ(picture.book().states[1].spot_price, Money::from_micros(8));
}

TEST(MarketPicture, FindsAZonesIdByTheAccountsNameForIt) {
  Picture picture;
  picture.set_zones(kRegion, {{kRegion, model::ZoneId{"use1-az4"}, model::ZoneName{"us-east-1a"}}});
  picture.begin_cycle();
  auto named = price("us-east-1a", 5);
  named.zone_id = {};
  auto unknown = price("us-east-1z", 5);
  unknown.zone_id = {};

  EXPECT_EQ(picture.apply_prices(kRegion, std::vector{named, unknown}), 1);
  EXPECT_THAT(picture.finish(), ElementsAre("use1-az4 -1 -1"));
}

TEST(MarketPicture, GoesOnFromTheArchivesRows) {
  Picture before;
  before.begin_cycle();
  before.read_prices({price("az1", 5), price("az2", 6)});
  before.advise(3);
  const auto rows = before.changes(kNoon);

  Picture after;
  after.restore(rows);
  after.begin_cycle();
  after.read_prices({price("az1", 5), price("az2", 6), price("az3", 7)});

  EXPECT_THAT(after.finish(), ElementsAre("az3 -1 3"));  // the advisor need not be asked again
}

TEST(MarketPicture, GivesAGroupsScoreToThoseOfItsTypesThatAZoneIsKnownToOffer) {
  Picture picture;
  const model::InstanceType other{"m5a.large"};
  picture.begin_cycle();
  picture.read_prices({price("az1", 5)});
  picture.apply_scores({{kType, other}, 10, model::CapacityUnit::Units, {kRegion}},
                       std::vector<model::PlacementScore>{{kRegion, model::ZoneId{"az1"}, 9}});

  EXPECT_THAT(picture.finish(), ElementsAre("az1 9 -1"));
}

TEST(MarketPicture, CountsTheZonesThatOfferAType) {
  Picture picture;
  picture.begin_cycle();
  picture.read_prices({price("az1", 5), price("az2", 6)});

  ASSERT_THAT(picture.offered(), SizeIs(1));
  EXPECT_EQ(picture.offered()[0].zones, 2);
}

TEST(MarketPicture, LeavesThePoolsOfARegionThatIsNotCollectedAsTheyWere) {
  Picture picture;
  picture.begin_cycle();
  picture.read_prices({price("az1", 5)});
  picture.finish();

  picture.set_regions({model::Region{"eu-west-1"}});
  picture.begin_cycle();

  EXPECT_THAT(picture.finish(), IsEmpty());
  EXPECT_EQ(picture.pool_count(), 0U) << "of the regions that are collected";
  EXPECT_EQ(picture.book().is_offered[0], 1);
}

}  // namespace
}  // namespace spotvane::market
