#include "sim/price_process.hpp"

#include "support/moments.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace spotvane::sim {

namespace {

using namespace std::chrono_literals;

constexpr PoolTraits kTraits{.vcpus = 4, .savings = 0.6, .on_demand_usd = 1.0};

/// A pool like no other, in every way.
PoolKeys keys(std::uint64_t number) {
  return {.own = derive(number, 1),
          .type = derive(number, 2),
          .regional_pool = derive(number, 3),
          .family_in_region = derive(number, 4),
          .family_in_zone = derive(number, 5)};
}

PriceProcess price_process(std::uint64_t number, const PoolTraits& traits = kTraits) {
  return {keys(number), traits, CapacityProcess{keys(number), traits}};
}

TEST(PriceProcess, TellsOfEveryChangeAndOfNoOther) {
  for (std::uint64_t pool = 0; pool < 50; ++pool) {
    const auto process = price_process(pool);
    auto last = process.row_at(kMarketStart);
    EXPECT_LE(last.at, kMarketStart);
    for (const auto& row : process.rows(kMarketStart, kMarketStart + 24h * 20)) {
      EXPECT_GT(row.at, last.at);
      EXPECT_EQ(process.price(row.at - 1ms), last.price);
      EXPECT_EQ(process.price(row.at), row.price);
      last = row;
    }
  }
}

TEST(PriceProcess, TheLastRowIsTheLastOfTheRows) {
  for (std::uint64_t pool = 0; pool < 50; ++pool) {
    const auto process = price_process(pool);
    for (auto at = kMarketStart; at < kMarketStart + 24h * 4; at += 5h) {
      const auto rows = process.rows(at - 24h * 5, at);
      ASSERT_FALSE(rows.empty());
      EXPECT_EQ(process.row_at(at).at, rows.back().at);
      EXPECT_EQ(process.row_at(at).price, rows.back().price);
    }
  }
}

TEST(PriceProcess, ChangesAtMostEachFourAndAHalfHoursAndIsToldAtLeastEachThirtySeven) {
  for (std::uint64_t pool = 0; pool < 50; ++pool) {
    const auto rows = price_process(pool).rows(kMarketStart, kMarketStart + 24h * 60);
    auto changed = kMarketStart - 24h;
    for (std::size_t i = 1; i < rows.size(); ++i) {
      EXPECT_LE(rows[i].at - rows[i - 1].at, 37h);
      if (rows[i].price != rows[i - 1].price) {
        EXPECT_GE(rows[i].at - changed, 4h + 30min);
        changed = rows[i].at;
      }
    }
  }
}

TEST(PriceProcess, RestsAtTheAdvisorsSavingsAndNeverExceedsOnDemand) {
  int at_rest = 0;
  for (std::uint64_t pool = 0; pool < 200; ++pool) {
    for (const double savings : {0.6, 0.05}) {
      auto traits = kTraits;
      traits.savings = savings;
      const auto process = price_process(pool, traits);
      for (auto at = kMarketStart; at < kMarketStart + 24h * 60; at += 48h) {
        const auto price = process.price(at).micros();
        const auto least = std::llround((1.0 - savings) * 1e6);
        EXPECT_GE(price, least);
        EXPECT_LE(price, 1'000'000);
        at_rest += price == least ? 1 : 0;
      }
    }
  }
  EXPECT_NEAR(at_rest / (200.0 * 2 * 30), 0.45, 0.15);
}

TEST(PriceProcess, CostsOnDemandWhereTheAdvisorSawNoSavings) {
  auto traits = kTraits;
  traits.savings = -0.62;
  EXPECT_EQ(price_process(1, traits).price(kMarketStart), Money::from_micros(1'000'000));
}

TEST(PriceProcess, RisesWhereCapacityIsShortForWeeks) {
  double sum = 0.0;
  for (std::uint64_t pool = 0; pool < 300; ++pool) {
    const CapacityProcess capacity{keys(pool), kTraits};
    const PriceProcess process{keys(pool), kTraits, capacity};
    auto weeks = capacity.weeks();
    for (auto at = kMarketStart; at < kMarketStart + 24h * 200; at += 24h * 5) {
      const double before = process.price(at).dollars();
      const double change = std::log(process.price(at + 24h * 5).dollars() / before);
      sum += change * (weeks.at(at + 24h * 5) - weeks.at(at));
    }
  }
  EXPECT_LT(sum, -1.0);
}

}  // namespace

}  // namespace spotvane::sim
