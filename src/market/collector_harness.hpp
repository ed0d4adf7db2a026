#pragma once

#include "market/collector.hpp"
#include "sim/cloud.hpp"
#include "sim/event_loop.hpp"
#include "sim/memory_lake.hpp"
#include "sim/memory_state_store.hpp"
#include "support/moments.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace spotvane::market {

using namespace std::chrono_literals;

inline const model::CredentialName kCredential{"default"};

/// Four regions, one of them not enabled, of two to four zones; `types` types.
inline std::shared_ptr<const model::Catalog> small_catalog(int types) {
  auto catalog = std::make_shared<model::Catalog>();
  const std::vector<std::pair<std::string, int>> regions{
      {"us-east-1", 4}, {"us-west-1", 2}, {"eu-west-1", 3}, {"me-south-1", 3}};
  for (const auto& [name, zones] : regions) {
    const model::Region region{name};
    catalog->regions.push_back({region, name != "me-south-1"});
    for (int zone = 0; zone < zones; ++zone) {
      catalog->zones.push_back({region, model::ZoneId{fmt::format("{}-az{}", name, zone + 1)},
                                model::ZoneName{fmt::format("{}{}", name, "abcd"[zone])}});
    }
  }
  for (int i = 0; i < types; ++i) {
    const model::InstanceType type{fmt::format("m{}.xlarge", i)};
    catalog->types.push_back(
        {.type = type, .vcpus = 4, .memory_mib = 16'384, .architectures = {"x86_64"}});
    for (const auto& zone : catalog->zones) {
      if ((i + static_cast<int>(zone.id.text().back())) % 5 != 0) {
        catalog->offerings.push_back({type, zone.id});
      }
    }
    for (const auto& [name, zones] : regions) {
      catalog->advisor.push_back({type, model::Region{name}, "Linux", i % 5, 60});
      catalog->on_demand_prices.push_back({type, model::Region{name}, Money::from_dollars(0.2)});
    }
  }
  return catalog;
}

/// What outlives the process.
struct World {
  explicit World(std::uint64_t seed, int types = 6, std::size_t limit = 50)
      : market{small_catalog(types), seed}, quota{limit} {}

  sim::SpotMarket market;
  sim::ScoreQuota quota;
  sim::CrashPoint crash;
  sim::MemoryStateStore state{&crash};
  sim::MemoryLake lake{&crash};
};

/// One cycle, from its begin to its end.
inline Result<CycleSummary> run_cycle(Collector& collector, sim::EventLoop& loop) {
  std::optional<Result<CycleSummary>> result;
  collector.run_cycle({}, [&](Result<CycleSummary> summary) { result = std::move(summary); });
  while (!result) {
    loop.run_for(1s);
  }
  return *result;
}

/// What dies with it.
struct Process {
  Process(World& the_world, TimePoint start, CollectorOptions options = {},
          sim::FaultPlan faults = {}, std::uint64_t seed = 0)
      : world{the_world},
        loop{start},
        cloud{{loop, loop, world.market, world.quota, &world.crash}, "1", Random{seed}, faults},
        collector{
            std::move(options),
            {loop, loop, {{kCredential, cloud, cloud, cloud}}, cloud, world.state, world.lake}} {}

  Result<CycleSummary> run_cycle() { return market::run_cycle(collector, loop); }

  /// Cycles at every ten minutes until `end`.
  void run_until(TimePoint end) {
    while (loop.now() < end) {
      const auto summary = run_cycle();
      ASSERT_TRUE(summary) << summary.error().message;
      loop.run_for(next_slot(loop.now(), 10min) - loop.now());
    }
  }

  World& world;
  sim::EventLoop loop;
  sim::Cloud cloud;
  Collector collector;
};

using Rows = std::map<model::Pool, model::MarketState>;

inline Rows rebuilt(World& world, TimePoint moment) {
  const auto rows = market_at(world.state, world.lake, moment);
  EXPECT_TRUE(rows) << rows.error().message;
  Rows found;
  for (const auto& row : *rows) {
    found.emplace(row.pool, row.state);
  }
  return found;
}

/// What the collector itself believes.
inline Rows believed(const Collector& collector) {
  Rows rows;
  const auto& picture = collector.picture();
  for (PoolNumber number = 0; number < picture.pools().size(); ++number) {
    if (picture.book().is_offered[number] != 0) {
      rows.emplace(picture.pools().pool(number), picture.book().states[number]);
    }
  }
  return rows;
}

/// What a faultless cycle at `moment` should know: asked of the market, pool by pool.
inline Rows truth(World& world, TimePoint moment) {
  Rows rows;
  const auto& catalog = world.market.catalog();
  std::map<model::RegionalPool, model::AdvisorEntry> advice;
  for (const auto& entry : world.market.advisor(moment)) {
    advice.emplace(model::RegionalPool{entry.type, entry.region}, entry);
  }
  for (const auto& zone : catalog.zones) {
    for (const auto& fact : catalog.types) {
      const model::Pool pool{fact.type, zone.region, zone.id};
      const auto price = world.market.price(pool, moment);
      if (!price || zone.region.text() == "me-south-1") {
        continue;
      }
      auto& state = rows[pool];
      state.spot_price = price;
      state.on_demand_price = Money::from_dollars(0.2);
      const auto& entry = advice.at({pool.type, pool.region});
      state.band = static_cast<std::int16_t>(entry.band);
      state.savings = static_cast<std::int16_t>(entry.savings_percent);
    }
  }
  for (const auto& outcome : world.state.records().at(moment).outcomes) {
    if (outcome.source != "sps") {
      continue;
    }
    const auto query = model::parse_configuration_key(outcome.asked);
    for (const auto& score : world.market.placement_scores(*query, moment)) {
      rows.at({query->types.front(), score.region, score.zone}).sps =
          static_cast<std::int16_t>(score.score);
    }
  }
  return rows;
}

/// No finished cycle has lost a row or stored one twice.
inline void audit_archive(World& world) {
  std::uint64_t promised = 0;
  for (const auto& [at, record] : world.state.records()) {
    promised += record.changes;
  }
  const auto files = world.state.files();
  const auto rows = world.lake.changes(*files, TimePoint{}, TimePoint::max());
  ASSERT_TRUE(rows) << rows.error().message;
  std::set<std::pair<TimePoint, model::Pool>> seen;
  for (const auto& row : *rows) {
    EXPECT_TRUE(seen.emplace(row.at, row.pool).second);
    EXPECT_TRUE(world.state.records().contains(row.at));
  }
  EXPECT_EQ(rows->size(), promised);
}

}  // namespace spotvane::market
