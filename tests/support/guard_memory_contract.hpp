#pragma once

// What any StateStore's GuardMemory must do. Include in one test file of an implementation, as
// state_store_contract.hpp, and there:
//   INSTANTIATE_TEST_SUITE_P(MyStore, GuardMemoryContract,
//                            testing::Values(StateStoreFactory{&make_my_store}));

#include "ports/state_store.hpp"
#include "support/state_store_contract.hpp"

#include <gmock/gmock.h>

namespace spotvane::support {

class GuardMemoryContract : public testing::TestWithParam<StateStoreFactory> {
 protected:
  static constexpr TimePoint kNoon =
      std::chrono::sys_days{std::chrono::year{2026} / 8 / 1} + std::chrono::hours{12};
  inline static const GuardTask kOurs{"drain i-1", "a"};
  inline static const GuardTask kTheirs{"drain i-1", "b"};

  void SetUp() override {
    if (store_ == nullptr) {
      GTEST_SKIP() << "its server is not installed";
    }
  }

  GuardClaim claim(const GuardTask& task, TimePoint now) {
    return store_->guard().claim(task, now, now + 30s, now - 15min).value();
  }

  std::shared_ptr<StateStore> store_ = GetParam()();
};

TEST_P(GuardMemoryContract, GivesATaskToOneUntilItsLeaseIsOver) {
  EXPECT_EQ(claim(kOurs, kNoon), GuardClaim::Taken);
  EXPECT_EQ(claim(kTheirs, kNoon + 29s), GuardClaim::Elsewhere);
  EXPECT_EQ(claim(kTheirs, kNoon + 30s), GuardClaim::Taken);
  EXPECT_EQ(claim(kOurs, kNoon + 31s), GuardClaim::Elsewhere);
}

TEST_P(GuardMemoryContract, HasATaskDoneOnceInAWhile) {
  EXPECT_EQ(claim(kOurs, kNoon), GuardClaim::Taken);
  EXPECT_TRUE(store_->guard().finish(kOurs, kNoon + 1s));

  EXPECT_EQ(claim(kTheirs, kNoon + 10min), GuardClaim::Done);
  EXPECT_EQ(claim(kOurs, kNoon + 10min), GuardClaim::Done);
  EXPECT_EQ(claim(kTheirs, kNoon + 16min), GuardClaim::Taken);
}

TEST_P(GuardMemoryContract, TakesATaskBackFromWhoHoldsItAlone) {
  EXPECT_EQ(claim(kOurs, kNoon), GuardClaim::Taken);
  EXPECT_TRUE(store_->guard().release(kTheirs));
  EXPECT_EQ(claim(kTheirs, kNoon), GuardClaim::Elsewhere);
  EXPECT_TRUE(store_->guard().release(kOurs));
  EXPECT_EQ(claim(kTheirs, kNoon), GuardClaim::Taken);

  EXPECT_TRUE(store_->guard().finish(kTheirs, kNoon));
  EXPECT_TRUE(store_->guard().release(kTheirs));  // what is done stays done
  EXPECT_EQ(claim(kOurs, kNoon), GuardClaim::Done);
}

TEST_P(GuardMemoryContract, RemembersWhenAHostWasFirstTold) {
  const auto host = [](const std::string& id, TimePoint told) {
    return GuardHost{.instance_id = id,
                     .fleet_id = "sfr-1",
                     .instance_type = "m5.large",
                     .told = told,
                     .ends = told + 2min};
  };
  const auto note = [&](const GuardHost& one) {
    EXPECT_TRUE(store_->guard().note_host(one, one.told - 15min));
  };
  note(host("i-2", kNoon));
  note(host("i-1", kNoon));
  note(host("i-2", kNoon + 1min));  // told again
  note(host("i-1", kNoon + 1h));    // and taken again

  EXPECT_EQ(store_->guard().hosts("sfr-1", kNoon).value(),
            (std::vector{host("i-2", kNoon), host("i-1", kNoon + 1h)}));
  EXPECT_EQ(store_->guard().hosts("sfr-1", kNoon + 1s).value().size(), 1U);
  EXPECT_TRUE(store_->guard().hosts("sfr-2", kNoon).value().empty());
}

TEST_P(GuardMemoryContract, ShowsTheLatestDecisionsFirst) {
  const GuardDecision first{kNoon, "i-1", "drain", "draining", R"({"cause":"interruption"})"};
  const GuardDecision second{kNoon + 1s, "sfr-1", "size", "raise", "{}"};
  EXPECT_TRUE(store_->guard().add_decision(first));
  EXPECT_TRUE(store_->guard().add_decision(second));

  EXPECT_EQ(store_->guard().decisions(10).value(), (std::vector{second, first}));
  EXPECT_EQ(store_->guard().decisions(1).value(), std::vector{second});
}

}  // namespace spotvane::support
