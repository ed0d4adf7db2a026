#include "policy/pareto.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace spotvane::policy {
namespace {

using testing::DoubleNear;
using testing::SizeIs;

FleetChoice choice(std::string type, double rate, double price) {
  return {.type = std::move(type),
          .zone = "us-east-1a",
          .rate = {rate, 0},
          .worker_price = Money::from_dollars(price)};
}

TEST(Pareto, EstimatesTimeAndCostAsTheFoundingProgramDid) {
  const std::vector choices{choice("a", 2, 0.3)};
  const std::vector nodes{20};

  const auto all = estimates(choices, nodes, 100'000, 0.001, Money::from_dollars(0.68), 1.5);

  // 100,000 tasks at 1.5 + 2 * 20 * (1 - 19 / 1,000) a second.
  const auto took = 100'000 / (1.5 + 40 * 0.981);
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_THAT(all[0].hours * 3600, DoubleNear(took, 1e-6));
  EXPECT_THAT(all[0].usd, DoubleNear(took / 3600 * (20 * 0.3 + 0.68), 1e-9));
}

TEST(Pareto, MarksWhatAnotherBeatsInBothAndNothingElse) {
  std::vector<FleetChoice> choices;
  for (int i = 0; i < 40; ++i) {
    choices.push_back(choice("t", 1 + (i * 7) % 11, 0.1 + (i * 5) % 13 * 0.05));
  }
  const std::vector nodes{1, 3, 10};

  const auto all = estimates(choices, nodes, 1e5, 0.001, Money::from_dollars(0.1), 0);

  for (const auto& one : all) {
    const auto is_beaten = std::any_of(all.begin(), all.end(), [&](const FleetEstimate& other) {
      return other.hours <= one.hours && other.usd <= one.usd &&
             (other.hours < one.hours || other.usd < one.usd);
    });
    EXPECT_EQ(one.is_dominated, is_beaten) << one.hours << " h, " << one.usd << " $";
  }
}

}  // namespace
}  // namespace spotvane::policy
