#include "market/latest_market.hpp"

#include "market/advised_types.hpp"
#include "market/collector_harness.hpp"
#include "market/collector_memory.hpp"
#include "market/zone_names.hpp"

#include <gmock/gmock.h>

namespace spotvane::market {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr auto kNote = "latest_market";

Rows latest(World& world) {
  const auto market = latest_market(world.state, world.lake);
  EXPECT_TRUE(market && *market);
  Rows rows;
  for (const auto& [pool, state] : (*market)->pools) {
    EXPECT_TRUE(rows.emplace(pool, state).second);
  }
  return rows;
}

/// The lake that nobody may ask.
std::optional<LatestMarket> kept(World& world) {
  sim::MemoryLake empty;
  const auto market = latest_market(world.state, empty);
  return market ? *market : std::nullopt;
}

void run_cycles(World& world, int count, TimePoint start = kMidnight) {
  Process process{world, start};
  ASSERT_TRUE(process.collector.recover());
  process.run_until(start + count * 10min);
}

TEST(LatestMarket, IsNothingBeforeTheFirstCycle) {
  World world{1};

  const auto market = latest_market(world.state, world.lake);

  ASSERT_TRUE(market);
  EXPECT_EQ(*market, std::nullopt);
}

TEST(LatestMarket, IsWhatTheArchiveSaysAfterEveryCycle) {
  World world{2};
  for (int cycle = 0; cycle < 6; ++cycle) {
    const auto start = kMidnight + cycle * 10min;
    run_cycles(world, 1, start);

    const auto market = kept(world);

    ASSERT_TRUE(market) << "it is kept, and the archive not read";
    EXPECT_EQ(market->cycle, world.state.latest_cycle().value());
    EXPECT_EQ(latest(world), rebuilt(world, market->cycle));
  }
}

TEST(LatestMarket, IsReadFromTheArchiveWhereWhatWasKeptIsOfAnEarlierCycle) {
  World world{3};
  run_cycles(world, 1);
  const auto stale = world.state.note(kNote).value().value();
  run_cycles(world, 1, kMidnight + 10min);
  const auto now = rebuilt(world, world.state.latest_cycle().value().value());

  for (const auto& text : {stale, std::string{}, std::string{"certainly something else"}}) {
    ASSERT_TRUE(world.state.save_note(kNote, text));
    EXPECT_EQ(latest(world), now);
  }
}

LatestMarket example() {
  const model::InstanceType type{"m5.large"};
  const model::Region region{"us-east-1"};
  model::MarketState full{.sps = 9, .t2 = 50, .t3 = 5, .band = 0, .savings = -12};
  full.spot_price = Money::from_micros(34'200);
  full.on_demand_price = Money::from_micros(96'000);
  return {.cycle = kMidnight + 250ms,
          .pools = {{{type, region, model::ZoneId{"use1-az1"}}, full},
                    {{type, region, {}}, {}},
                    {{type, region, model::ZoneId{"use1-az2"}}, {.t3 = 0}},
                    {{model::InstanceType{"x1.a"}, model::Region{"eu-west-1"}, {}}, {.sps = 1}}}};
}

TEST(LatestMarket, SurvivesBeingWrittenDown) {
  EXPECT_EQ(parse_latest_market(latest_market_text(example())), example());
}

TEST(LatestMarket, IsNotTakenFromAPartOfItsText) {
  const auto text = latest_market_text(example());
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_EQ(parse_latest_market(text.substr(0, length)), std::nullopt) << text.substr(0, length);
  }
  EXPECT_EQ(parse_latest_market(text + "x"), std::nullopt);
}

TEST(LatestMarket, IsNotWrittenWhereANameWouldBreakItsLines) {
  for (const auto* name : {"", "m5 large", "m5\nlarge"}) {
    auto market = example();
    market.pools[0].pool.type = model::InstanceType{name};
    EXPECT_THAT(latest_market_text(market), IsEmpty());
  }
}

TEST(SourceFacts, OfACycleAreKeptForWhoAsksLater) {
  World world{5};
  run_cycles(world, 1);

  const auto types = advised_types(world.state);
  ASSERT_TRUE(types && *types);
  ASSERT_EQ((*types)->size(), 6);
  EXPECT_EQ((*types)->front(), (model::AdvisedType{model::InstanceType{"m0.xlarge"}, 4, 16.0}));
  const auto names = ZoneNames::known(world.state, {model::Region{"us-west-1"}});
  ASSERT_TRUE(names);
  EXPECT_EQ(names->name(model::ZoneId{"us-west-1-az2"}).text(), "us-west-1b");
  EXPECT_EQ(names->zone("us-west-1b").value().text(), "us-west-1-az2");
  EXPECT_EQ(names->zone("usw1-az9").value().text(), "usw1-az9");
}

TEST(SourceFacts, AreAskedForAnewWhereAnOlderProgramKeptNone) {
  World world{6};
  run_cycles(world, 1);
  World older{6};
  const auto advisor = world.state.note("advisor").value().value();
  {
    Process process{older, kMidnight};
    ASSERT_TRUE(process.run_cycle());
  }
  // An older program's home: it knows the advisor's file, and nothing of its types.
  sim::MemoryStateStore fresh;
  ASSERT_TRUE(fresh.commit_cycle(older.state.records().begin()->second));
  ASSERT_TRUE(fresh.save_note("advisor", advisor));

  CollectorMemory memory;
  ASSERT_TRUE(remember(fresh, older.lake, memory));
  EXPECT_THAT(memory.advisor.etag, IsEmpty());

  ASSERT_TRUE(remember(world.state, world.lake, memory = {}));
  EXPECT_THAT(memory.advisor.etag, Not(IsEmpty()));
}

TEST(ZoneNames, FindPoolsByTheAccountsName) {
  World world{7};
  run_cycles(world, 1);

  EXPECT_EQ(find_pools(world.state, "m1.xlarge@us-east-1c").value().zone.text(), "us-east-1-az3");
  EXPECT_EQ(find_pools(world.state, "m1.xlarge@use1-az3").value().zone.text(), "use1-az3");
  EXPECT_EQ(find_pools(world.state, "m1.xlarge@us-east-1").value().region.text(), "us-east-1");
  const auto unknown = find_pools(world.state, "m1.xlarge@us-east-1f");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, ErrorKind::InvalidInput);
  EXPECT_THAT(unknown.error().message, HasSubstr("'us-east-1f'"));
}

}  // namespace
}  // namespace spotvane::market
