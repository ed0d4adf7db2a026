#include "market/score_round.hpp"

#include "sim/cloud.hpp"
#include "sim/event_loop.hpp"
#include "sim/memory_state_store.hpp"
#include "support/moments.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>

namespace spotvane::market {
namespace {

using namespace std::chrono_literals;

const model::CredentialName kCredential{"default"};
const model::Region kRegion{"us-east-1"};

/// An account with a limit of ten, asked for thirty configurations.
class ScoreRoundSim : public testing::Test {
 protected:
  ScoreRoundSim() {
    for (int i = 0; i < 30; ++i) {
      queries_.push_back({.query = {.types = {model::InstanceType{fmt::format("m{}.large", i)}},
                                    .target_capacity = 10,
                                    .regions = {kRegion}},
                          .credential = kCredential});
    }
  }

  static std::shared_ptr<const model::Catalog> catalog() {
    auto catalog = std::make_shared<model::Catalog>();
    catalog->regions.push_back({kRegion, true});
    return catalog;
  }

  sim::Cloud cloud(sim::FaultPlan faults = {}) {
    return {{loop_, loop_, market_, quota_}, "1", Random{1}, faults};
  }

  ScoreRoundResult run(sim::Cloud& cloud) {
    std::optional<Result<ScoreRoundResult>> result;
    const auto round = std::make_shared<ScoreRound>(
        ScoreRound::Ports{loop_, state_, {{kCredential, cloud, cloud, cloud}}}, std::size_t{8});
    round->run(queries_, [] {}, [&](Result<ScoreRoundResult> done) { result = std::move(done); });
    loop_.run_for(10min);
    EXPECT_TRUE(result && *result);
    return **result;
  }

  Quota learned() { return load_quota(state_, kCredential, loop_.now()).value(); }

  sim::EventLoop loop_{kMidnight};
  sim::SpotMarket market_{catalog(), 1};
  sim::ScoreQuota quota_{10};
  sim::MemoryStateStore state_;
  std::vector<model::PlannedQuery> queries_;
};

TEST_F(ScoreRoundSim, IsRefusedOnceAndKnowsTheLimit) {
  auto aws = cloud();

  const auto first = run(aws);
  const auto second = run(aws);

  EXPECT_EQ(aws.refusals(), 1U);
  EXPECT_EQ(learned().limit(), 10);
  EXPECT_EQ(first.answers.size(), 11U);
  EXPECT_EQ(first.held_back, 19U);
  EXPECT_EQ(second.answers.size(), 10U);
  EXPECT_EQ(second.held_back, 20U);
}

TEST_F(ScoreRoundSim, WritesHowEachUseEnded) {
  auto aws = cloud();
  run(aws);
  auto down = cloud({.server_error = 1.0});
  run(down);

  std::map<std::optional<model::Outcome>, int> ended;
  const auto uses = state_.uses_since(kCredential, TimePoint{});
  for (const auto& use : *uses) {
    ++ended[use.outcome];
  }
  EXPECT_EQ(ended, (std::map<std::optional<model::Outcome>, int>{{model::Outcome::Error, 10},
                                                                 {model::Outcome::Refused, 1}}));
}

TEST_F(ScoreRoundSim, DoesNotSayHowAUseEndedBeforeItHas) {
  auto aws = cloud({.latency_max = 10min});
  const auto round = std::make_shared<ScoreRound>(
      ScoreRound::Ports{loop_, state_, {{kCredential, aws, aws, aws}}}, std::size_t{8});
  round->run(queries_, [] {}, [](const Result<ScoreRoundResult>& /*done*/) {});

  const auto uses = state_.uses_since(kCredential, TimePoint{});

  ASSERT_EQ(uses->size(), 1U);
  EXPECT_FALSE(uses->front().outcome);
  EXPECT_EQ(learned().live(), 1) << "it counts all the same";
}

TEST_F(ScoreRoundSim, OpensNothingMoreInAnOutageAndLearnsTheLimitAfterIt) {
  auto down = cloud({.server_error = 1.0});
  for (int round = 0; round < 20; ++round) {
    EXPECT_EQ(run(down).answers.size(), 1U);
  }
  EXPECT_EQ(learned().live(), 1);

  auto aws = cloud();
  run(aws);
  run(aws);

  EXPECT_EQ(aws.refusals(), 1U);
  EXPECT_EQ(learned().limit(), 10);
}

TEST_F(ScoreRoundSim, FillsAKnownLimitWhateverGoesUnanswered) {
  ASSERT_TRUE(state_.save_quota_limit({.credential = kCredential,
                                       .largest_accepted = 10,
                                       .refused_beyond = 10,
                                       .refused_at = kMidnight - 48h}));
  auto down = cloud({.server_error = 1.0});
  EXPECT_EQ(run(down).answers.size(), 10U);

  auto aws = cloud();
  EXPECT_EQ(run(aws).answers.size(), 10U);
  EXPECT_EQ(aws.refusals(), 0U);
}

}  // namespace
}  // namespace spotvane::market
