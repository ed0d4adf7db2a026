#include "policy/fleet_program.hpp"

#include "base/random.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <cmath>

namespace spotvane::policy {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::Le;

/// The greatest value of all there is, by looking at everything.
std::optional<double> by_brute_force(const FleetProgram& program, std::size_t kind, int room,
                                     double weight) {
  if (kind == program.kinds.size()) {
    return weight <= program.weight_limit ? std::optional{0.0} : std::nullopt;
  }
  const auto& one = program.kinds[kind];
  std::optional<double> best;
  for (int count = 0; count <= std::min(room, one.most); ++count) {
    const auto rest = by_brute_force(program, kind + 1, room - count, weight + count * one.weight);
    if (rest && (!best || *rest + count * one.value > *best)) {
      best = *rest + count * one.value;
    }
  }
  return best;
}

/// Kinds as a budget makes them: a rate, and what it costs beyond what the budget has for its work.
FleetProgram drawn_program(Random& random, std::size_t kinds, int nodes) {
  FleetProgram program{.kinds = {}, .weight_limit = 0, .nodes = nodes};
  for (std::size_t i = 0; i < kinds; ++i) {
    const auto rate = 0.5 + 20 * random.unit();
    const auto price = rate * (0.4 + random.unit());
    program.kinds.push_back(
        {rate, price - rate * 0.9,
         1 + static_cast<int>(random.below(static_cast<std::uint64_t>(nodes)))});
  }
  program.weight_limit = -2 + 3 * random.unit();
  return program;
}

TEST(FleetProgram, TakesTheMostValuableWithinBothLimits) {
  // Two of the second weigh 2, and three of the first take that off again.
  const FleetProgram program{.kinds = {{1, -1, 10}, {5, 1, 10}}, .weight_limit = -1, .nodes = 5};

  const auto found = solve(program);

  ASSERT_TRUE(found);
  EXPECT_THAT(found->counts, ElementsAre(3, 2));
}

TEST(FleetProgram, RoundsNoFractionUp) {
  // The linear optimum takes two thirds of the second kind; whole numbers leave it out.
  const FleetProgram program{.kinds = {{1, 1, 1}, {5, 3, 1}}, .weight_limit = 2, .nodes = 2};

  EXPECT_THAT(solve(program)->counts, ElementsAre(1, 0));
}

TEST(FleetProgram, HasNoAnswerWhereNothingIsWithinTheLimits) {
  EXPECT_FALSE(solve({.kinds = {{1, -1, 2}}, .weight_limit = -3, .nodes = 9}));
  EXPECT_FALSE(solve({.kinds = {}, .weight_limit = -1, .nodes = 9}));
}

TEST(FleetProgram, FindsWhatLookingAtEverythingFinds) {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    Random random{seed};
    auto program =
        drawn_program(random, 1 + random.below(4), 1 + static_cast<int>(random.below(7)));
    if (seed % 2 == 0) {
      program.kinds.push_back(program.kinds.front());  // another zone, at the same price
    }
    const auto best = by_brute_force(program, 0, program.nodes, 0);

    const auto found = solve(program);

    ASSERT_EQ(found.has_value(), best.has_value()) << "seed " << seed;
    if (found) {
      ASSERT_THAT(found->value, DoubleNear(*best, 1e-7)) << "seed " << seed;
      ASSERT_TRUE(found->is_proved);
    }
  }
}

TEST(FleetProgram, ProvesItsAnswersForFortyTypes) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Random random{seed};
    const auto program = drawn_program(random, 40, 1 + static_cast<int>(random.below(100)));

    const auto found = solve(program);

    ASSERT_TRUE(!found || found->is_proved) << "seed " << seed;
  }
}

}  // namespace
}  // namespace spotvane::policy
