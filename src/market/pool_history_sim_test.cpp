#include "market/pool_history.hpp"

#include <gmock/gmock.h>

#include "market/market_archive.hpp"
#include "sim/memory_lake.hpp"
#include "sim/memory_state_store.hpp"
#include "support/moments.hpp"

namespace spotvane::market {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Two zones and a region of one type, two changes each; ten minutes between.
struct Archive {
  sim::MemoryStateStore state;
  sim::MemoryLake lake;
  std::vector<model::MarketChange> rows;

  Archive() {
    for (const auto at : {kMidnight, kMidnight + 10min}) {
      std::vector<model::MarketChange> changes;
      for (const auto* zone : {"", "use1-az4", "use1-az6"}) {
        changes.push_back({.at = at,
                           .pool = {model::InstanceType{"m5.large"}, model::Region{"us-east-1"},
                                    model::ZoneId{zone}},
                           .state = {}});
      }
      EXPECT_TRUE(store_cycle(state, lake, {.cycle = at}, changes).result);
      rows.insert(rows.end(), changes.begin(), changes.end());
    }
  }

  Result<std::vector<model::MarketChange>> history(const std::string& pools,
                                                   TimePoint from = TimePoint::min(),
                                                   TimePoint to = TimePoint::max()) {
    return pool_history(state, lake, model::parse_pool_choice(pools).value(), from, to);
  }

  Error refusal(const std::string& pools) {
    const auto refused = history(pools);
    EXPECT_FALSE(refused);
    return refused ? Error{} : refused.error();
  }
};

TEST(PoolHistory, IsAPoolsRowsInTimeOrder) {
  Archive archive;

  EXPECT_THAT(archive.history("m5.large@use1-az4").value(),
              ElementsAre(archive.rows[1], archive.rows[4]));
  EXPECT_EQ(archive.history("m5.large@us-east-1").value(), archive.rows);
  EXPECT_THAT(archive.history("m5.large@use1-az4", kMidnight, kMidnight + 10min).value(),
              ElementsAre(archive.rows[1]));
}

TEST(PoolHistory, OfATimeWithoutChangesIsEmptyAndNoMistake) {
  Archive archive;

  EXPECT_THAT(archive.history("m5.large@use1-az4", kMidnight + 1h).value(), IsEmpty());
}

TEST(PoolHistory, SuggestsTheTypeThatMayHaveBeenMeant) {
  Archive archive;

  const auto error = archive.refusal("m5.lagre@us-east-1");

  EXPECT_EQ(error.kind, ErrorKind::InvalidInput);
  EXPECT_THAT(error.message, HasSubstr("no instance type 'm5.lagre'"));
  EXPECT_THAT(error.hint, HasSubstr("'m5.large@us-east-1'"));
}

TEST(PoolHistory, SuggestsThePlaceThatMayHaveBeenMeant) {
  Archive archive;

  EXPECT_THAT(archive.refusal("m5.large@us-esat-1").hint, HasSubstr("'m5.large@us-east-1'"));
  EXPECT_THAT(archive.refusal("m5.large@use1-az5").hint, HasSubstr("'m5.large@use1-az"));
  EXPECT_THAT(archive.refusal("m5.large@ap-northeast-2").hint, HasSubstr("in us-east-1"));
}

TEST(PoolHistory, OfAnEmptyArchiveSaysHowToFillIt) {
  sim::MemoryStateStore state;
  sim::MemoryLake lake;

  const auto history = pool_history(state, lake, {.type = model::InstanceType{"m5.large"}},
                                    TimePoint::min(), TimePoint::max());

  ASSERT_FALSE(history);
  EXPECT_EQ(history.error().kind, ErrorKind::NotFound);
  EXPECT_THAT(history.error().hint, HasSubstr("spotvane collect"));
}

}  // namespace
}  // namespace spotvane::market
