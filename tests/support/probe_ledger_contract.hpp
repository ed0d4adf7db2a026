#pragma once

// What any StateStore's ProbeLedger must do. Include in one test file of an implementation, as
// state_store_contract.hpp, and there:
//   INSTANTIATE_TEST_SUITE_P(MyStore, ProbeLedgerContract,
//                            testing::Values(StateStoreFactory{&make_my_store}));

#include "ports/state_store.hpp"
#include "support/state_store_contract.hpp"

#include <gmock/gmock.h>

namespace spotvane::support {

class ProbeLedgerContract : public testing::TestWithParam<StateStoreFactory> {
 protected:
  static constexpr TimePoint kNoon =
      std::chrono::sys_days{std::chrono::year{2026} / 8 / 1} + std::chrono::hours{12};

  static model::ProbePlan plan(const std::string& id, TimePoint intended = kNoon) {
    return {.id = model::ProbeId{id},
            .pool = {model::InstanceType{"m5.large"}, model::Region{"us-east-1"},
                     model::ZoneId{"use1-az4"}},
            .zone_name = model::ZoneName{"us-east-1a"},
            .image = model::ImageId{"ami-1"},
            .via = model::LaunchMethod::CreateFleet,
            .count = 7,
            .vcpus = 2,
            .price = Money::from_dollars(0.096),
            .max_price = Money::from_dollars(0.05),
            .cost_most = Money::from_dollars(1.5),
            .timeout = 10min,
            .interval = 3s,
            .intended = intended};
  }

  void SetUp() override {
    if (store_ == nullptr) {
      GTEST_SKIP() << "its server is not installed";
    }
  }

  ProbeLedger& ledger() { return store_->probes(); }

 private:
  std::shared_ptr<StateStore> store_ = GetParam()();
};

TEST_P(ProbeLedgerContract, KeepsWhatAProbeIsAboutToDo) {
  ASSERT_TRUE(ledger().begin(plan("p1")));

  const auto records = ledger().uncleared();

  ASSERT_TRUE(records) << records.error().message;
  ASSERT_EQ(records->size(), 1U);
  EXPECT_EQ(records->front(), (model::ProbeRecord{.plan = plan("p1")}));
}

TEST_P(ProbeLedgerContract, TakesAProbeOnce) {
  ASSERT_TRUE(ledger().begin(plan("p1")));

  EXPECT_FALSE(ledger().begin(plan("p1", kNoon + 1h)));
  EXPECT_EQ(ledger().uncleared()->front().plan.intended, kNoon);
}

TEST_P(ProbeLedgerContract, AddsToWhatIsKnown) {
  using Kind = model::ProbeResource::Kind;
  ASSERT_TRUE(ledger().begin(plan("p1")));
  const model::ProbeId id{"p1"};
  ASSERT_TRUE(ledger().add({.probe = id,
                            .requested = kNoon + 1ms,
                            .resources = {{Kind::SpotRequest, "sir-1"}},
                            .events = {{kNoon, "sir-1", "status", "fulfilled"}},
                            .ready = {{kNoon + 5s, 1}}}));
  ASSERT_TRUE(
      ledger().add({.probe = id,
                    .resources = {{Kind::SpotRequest, "sir-1"}, {Kind::Instance, "i-1"}},
                    .events = {{kNoon, "i-1", "ready", ""}},
                    .ready = {{kNoon + 9s, 2}},
                    .end = model::ProbeEnd{kNoon + 9s, model::ProbeOutcome::TimedOut, "n"}}));

  const auto record = ledger().uncleared()->front();
  EXPECT_EQ(record.requested, kNoon + 1ms);
  EXPECT_EQ(record.end, (model::ProbeEnd{kNoon + 9s, model::ProbeOutcome::TimedOut, "n"}));
  EXPECT_EQ(ledger().resources(id)->size(), 2U);
  EXPECT_THAT(*ledger().events(id),
              testing::ElementsAre(model::ProbeEvent{kNoon, "sir-1", "status", "fulfilled"},
                                   model::ProbeEvent{kNoon, "i-1", "ready", ""}));
  EXPECT_THAT(*ledger().ready_counts(id), testing::ElementsAre(model::ReadyCount{kNoon + 5s, 1},
                                                               model::ReadyCount{kNoon + 9s, 2}));
}

TEST_P(ProbeLedgerContract, ForgetsToWatchAProbeOnlyOnceItIsCleared) {
  ASSERT_TRUE(ledger().begin(plan("p1")));
  ASSERT_TRUE(ledger().begin(plan("p2", kNoon + 1h)));
  ASSERT_TRUE(ledger().add({.probe = model::ProbeId{"p1"},
                            .cleared = model::ProbeClearance{kNoon, Money::from_dollars(0.25)}}));

  ASSERT_EQ(ledger().uncleared()->size(), 1U);
  EXPECT_EQ(ledger().uncleared()->front().plan.id.text(), "p2");
  ASSERT_EQ(ledger().probes(kNoon, kNoon + 1h)->size(), 1U) << "its end is not in it";
  const auto cleared = ledger().probes(kNoon, kNoon + 1h)->front().cleared;
  EXPECT_EQ(cleared, (model::ProbeClearance{kNoon, Money::from_dollars(0.25)}));
}

TEST_P(ProbeLedgerContract, TakesAClearedProbeIntoTheArchiveOnce) {
  const model::ProbeId first{"p1"};
  ASSERT_TRUE(ledger().begin(plan("p1")));
  ASSERT_TRUE(ledger().begin(plan("p2")));
  EXPECT_TRUE(ledger().unarchived()->empty()) << "they are not cleared";
  ASSERT_TRUE(ledger().add({.probe = first, .cleared = model::ProbeClearance{kNoon, Money{}}}));
  ASSERT_EQ(ledger().unarchived()->size(), 1U);
  EXPECT_EQ(ledger().unarchived()->front().plan.id, first);
  const LakeFile file{"day=2026-08-01/p1.parquet", "ab", 3, 400, kNoon, kNoon + 1s};

  ASSERT_TRUE(ledger().commit_file(file, {first}));

  EXPECT_TRUE(ledger().unarchived()->empty());
  EXPECT_THAT(ledger().files().value(), testing::ElementsAre(file));
  const LakeFile again{"day=2026-08-01/again.parquet", "cd", 3, 400, kNoon, kNoon + 1s};
  EXPECT_FALSE(ledger().commit_file(again, {first}));
  EXPECT_THAT(ledger().files().value(), testing::ElementsAre(file)) << "all of it or nothing";
}

}  // namespace spotvane::support
