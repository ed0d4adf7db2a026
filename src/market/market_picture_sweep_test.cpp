#include "market/market_picture.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace spotvane::market {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr TimePoint kNoon = std::chrono::sys_days{std::chrono::year{2026} / 8 / 1} + 12h;
const model::InstanceType kType{"m5.large"};
const model::Region kRegion{"us-east-1"};

model::ScoreQuery query(int capacity, bool single_zone = true) {
  return {{kType}, capacity, model::CapacityUnit::Units, {kRegion}, single_zone};
}

std::vector<model::PlacementScore> in_zone(int score) {
  return {{kRegion, model::ZoneId{"az1"}, score}};
}

/// A market of one pool, asked at capacities 1, 10 and 50; SPS is of 10.
struct Picture : MarketPicture {
  Picture() {
    set_regions({kRegion});
    set_sweep({1, 10, 50}, 10);
  }

  void begin() {
    begin_cycle();
    apply_prices(kRegion,
                 std::vector<model::SpotPrice>{{kType, model::ZoneName{"az1"}, model::ZoneId{"az1"},
                                                "Linux/UNIX", Money::from_micros(5), kNoon}});
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
    apply_scores(query(capacity), in_zone(score));
    for (const int other : {1, 10, 50}) {
      keep_scores(query(other));
    }
    return finish();
  }
};

TEST(PictureOfASweep, TakesSpsOfOneCapacityAndReachOfAll) {
  Picture picture;

  EXPECT_THAT(picture.cycle(50, 2), ElementsAre("az1 -1 50 0"));
  EXPECT_THAT(picture.cycle(1, 3), ElementsAre("az1 -1 50 1"));
  EXPECT_THAT(picture.cycle(10, 3), ElementsAre("az1 3 50 10"));
  EXPECT_THAT(picture.cycle(50, 2), IsEmpty());
  EXPECT_THAT(picture.cycle(1, 1), ElementsAre("az1 3 0 0"));
}

TEST(PictureOfASweep, TakesTheAnswersOfSeveralCapacitiesInOneCycle) {
  Picture picture;
  picture.begin();
  picture.apply_scores(query(10), in_zone(3));
  picture.apply_scores(query(50), in_zone(1));
  picture.apply_scores(query(1), in_zone(3));

  EXPECT_THAT(picture.finish(), ElementsAre("az1 3 10 10"));
}

TEST(PictureOfASweep, KeepsWhatACapacityThatWasNotAnsweredDoesNotChange) {
  Picture picture;
  picture.cycle(10, 3);

  picture.begin();
  picture.keep_scores(query(50));
  EXPECT_THAT(picture.finish(), IsEmpty());

  picture.begin();
  picture.apply_scores(query(50), {});  // answered, without this zone
  EXPECT_THAT(picture.finish(), IsEmpty());

  picture.begin();
  picture.apply_scores(query(10), {});
  EXPECT_THAT(picture.finish(), ElementsAre("az1 -1 10 10"));
}

TEST(PictureOfASweep, ForgetsScoreAndReachOfAPoolThatNothingCoversAnyMore) {
  Picture picture;
  picture.cycle(10, 3);

  picture.begin();
  EXPECT_THAT(picture.finish(), ElementsAre("az1 -1 -1 -1"));
}

TEST(PictureOfASweep, HasNoReachOnceASingleCapacityIsAsked) {
  Picture picture;
  picture.cycle(10, 3);

  picture.set_sweep({10}, 10);
  picture.begin();
  picture.apply_scores(query(10), in_zone(3));
  EXPECT_THAT(picture.finish(), ElementsAre("az1 3 -1 -1"));
}

TEST(PictureOfASweep, GoesOnFromTheArchivesRows) {
  Picture before;
  before.begin();
  before.apply_scores(query(50), in_zone(3));
  const auto rows = before.changes(kNoon);

  Picture after;
  after.restore(rows);
  EXPECT_THAT(after.cycle(10, 1), ElementsAre("az1 1 1 1"));
}

TEST(PictureOfASweep, HasARegionalRowForARegionThatOnlyOtherCapacitiesWereAskedOf) {
  Picture picture;
  picture.begin();
  picture.apply_scores(query(50, false),
                       std::vector<model::PlacementScore>{{kRegion, model::ZoneId{}, 3}});

  EXPECT_THAT(picture.finish(), ElementsAre(" -1 50 50", "az1 -1 -1 -1"));
}

}  // namespace
}  // namespace spotvane::market
