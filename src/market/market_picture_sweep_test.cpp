#include "market/market_picture.hpp"

#include "support/moments.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace spotvane::market {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

const model::InstanceType kSweptType{"m5.large"};
const model::Region kSweptRegion{"us-east-1"};

model::ScoreQuery asked(int capacity, bool single_zone = true) {
  return {{kSweptType}, capacity, model::CapacityUnit::Units, {kSweptRegion}, single_zone};
}

std::vector<model::PlacementScore> in_zone(int score) {
  return {{kSweptRegion, model::ZoneId{"az1"}, score}};
}

/// A market of one pool, asked at capacities 1, 10 and 50; SPS is of 10.
struct SweptPicture : MarketPicture {
  SweptPicture() {
    set_regions({kSweptRegion});
    set_sweep({1, 10, 50}, 10);
  }

  void begin() {
    begin_cycle();
    apply_prices(kSweptRegion, std::vector<model::SpotPrice>{{kSweptType, model::ZoneName{"az1"},
                                                              model::ZoneId{"az1"}, "Linux/UNIX",
                                                              Money::from_micros(5), kNoon}});
  }

  /// Ends the cycle; "zone sps t2 t3" of each row.
  std::vector<std::string> finish() {
    std::vector<std::string> rows;
    for (const auto& row : changes(kNoon)) {
      rows.push_back(fmt::format("{} {} {} {}", row.pool.zone, row.state.sps.value_or(-1),
                                 row.state.t2.value_or(-1), row.state.t3.value_or(-1)));
    }
    accept();
    return rows;
  }

  /// A cycle in which the capacity's turn brings the score; the other capacities wait.
  std::vector<std::string> cycle(int capacity, int score) {
    begin();
    apply_scores(asked(capacity), in_zone(score));
    for (const int other : {1, 10, 50}) {
      keep_scores(asked(other));
    }
    return finish();
  }
};

TEST(PictureOfASweep, TakesSpsOfOneCapacityAndReachOfAll) {
  SweptPicture picture;

  EXPECT_THAT(picture.cycle(50, 2), ElementsAre("az1 -1 50 0"));
  EXPECT_THAT(picture.cycle(1, 3), ElementsAre("az1 -1 50 1"));
  EXPECT_THAT(picture.cycle(10, 3), ElementsAre("az1 3 50 10"));
  EXPECT_THAT(picture.cycle(50, 2), IsEmpty());
  EXPECT_THAT(picture.cycle(1, 1), ElementsAre("az1 3 0 0"));
}

TEST(PictureOfASweep, TakesTheAnswersOfSeveralCapacitiesInOneCycle) {
  SweptPicture picture;
  picture.begin();
  picture.apply_scores(asked(10), in_zone(3));
  picture.apply_scores(asked(50), in_zone(1));
  picture.apply_scores(asked(1), in_zone(3));

  EXPECT_THAT(picture.finish(), ElementsAre("az1 3 10 10"));
}

TEST(PictureOfASweep, KeepsWhatACapacityThatWasNotAnsweredDoesNotChange) {
  SweptPicture picture;
  picture.cycle(10, 3);

  picture.begin();
  picture.keep_scores(asked(50));
  EXPECT_THAT(picture.finish(), IsEmpty());

  picture.begin();
  picture.apply_scores(asked(50), {});  // answered, without this zone
  EXPECT_THAT(picture.finish(), IsEmpty());

  picture.begin();
  picture.apply_scores(asked(10), {});
  EXPECT_THAT(picture.finish(), ElementsAre("az1 -1 10 10"));
}

TEST(PictureOfASweep, ForgetsScoreAndReachOfAPoolThatNothingCoversAnyMore) {
  SweptPicture picture;
  picture.cycle(10, 3);

  picture.begin();
  EXPECT_THAT(picture.finish(), ElementsAre("az1 -1 -1 -1"));
}

TEST(PictureOfASweep, HasNoReachOnceASingleCapacityIsAsked) {
  SweptPicture picture;
  picture.cycle(10, 3);

  picture.set_sweep({10}, 10);
  picture.begin();
  picture.apply_scores(asked(10), in_zone(3));
  EXPECT_THAT(picture.finish(), ElementsAre("az1 3 -1 -1"));
}

TEST(PictureOfASweep, GoesOnFromTheArchivesRows) {
  SweptPicture before;
  before.begin();
  before.apply_scores(asked(50), in_zone(3));
  const auto rows = before.changes(kNoon);

  SweptPicture after;
  after.restore(rows);
  EXPECT_THAT(after.cycle(10, 1), ElementsAre("az1 1 1 1"));
}

TEST(PictureOfASweep, HasARegionalRowForARegionThatOnlyOtherCapacitiesWereAskedOf) {
  SweptPicture picture;
  picture.begin();
  picture.apply_scores(asked(50, false),
                       std::vector<model::PlacementScore>{{kSweptRegion, model::ZoneId{}, 3}});

  EXPECT_THAT(picture.finish(), ElementsAre(" -1 50 50", "az1 -1 -1 -1"));
}

}  // namespace
}  // namespace spotvane::market
