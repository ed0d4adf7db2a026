#pragma once

// What any StateStore's JobStore must do. Include in one test file of an implementation, as
// state_store_contract.hpp, and there:
//   INSTANTIATE_TEST_SUITE_P(MyStore, JobStoreContract,
//                            testing::Values(StateStoreFactory{&make_my_store}));

#include "ports/state_store.hpp"
#include "support/state_store_contract.hpp"

#include <gmock/gmock.h>

namespace spotvane::support {

class JobStoreContract : public testing::TestWithParam<StateStoreFactory> {
 protected:
  static constexpr TimePoint kNoon =
      std::chrono::sys_days{std::chrono::year{2026} / 8 / 1} + std::chrono::hours{12};
  inline static const model::JobHead kHead{.id = model::JobId{"pi-1"},
                                           .name = "pi",
                                           .file = "tasks = 7\n# 'quoted' = \"so\"\n",
                                           .settled = {{"region", "us-east-1"}, {"a", "b=c"}},
                                           .tasks = 7,
                                           .begun = kNoon};

  void SetUp() override {
    if (store_ == nullptr) {
      GTEST_SKIP() << "its server is not installed";
    }
    ASSERT_TRUE(jobs().begin(kHead));
  }

  JobStore& jobs() { return store_->jobs(); }
  bool hold(const std::string& holder, TimePoint now) {
    return jobs().hold(kHead.id, holder, now, now + 10s).value();
  }

  static model::JobNews news(const std::string& holder) {
    model::JobNews news{.job = kHead.id, .holder = holder};
    news.course = {.state = model::JobState::Done,
                   .note = "why",
                   .ended = kNoon + 1h,
                   .tasks_done = 6.5,
                   .raised_budget = Money::from_dollars(3),
                   .is_ahead = false,
                   .is_calibrated = true};
    news.launches = {{.number = 1,
                      .pool = {model::InstanceType{"c5.large"}, model::ZoneName{"us-east-1a"}},
                      .image = model::ImageId{"ami-1"},
                      .count = 4,
                      .price = Money::from_dollars(0.04),
                      .max_price = Money::from_dollars(0.05),
                      .reason = "fastest-in-budget",
                      .decided = kNoon,
                      .realised = 1}};
    news.workers = {{.number = 1,
                     .id = model::InstanceId{"i-1"},
                     .launch = 1,
                     .pool = {model::InstanceType{"c5.large"}, model::ZoneName{"us-east-1a"}, true},
                     .launched = kNoon,
                     .running = kNoon + 20s,
                     .noticed = kNoon + 30min,
                     .recommended = kNoon + 29min,
                     .ending = kNoon + 31min,
                     .reason = "below-target",
                     .ended = kNoon + 32min,
                     .is_interrupted = true,
                     .patience = 2,
                     .tasks = 3.5,
                     .report = model::WorkerReport{0.2, 0.01, kNoon + 29min},
                     .cost = Money{}}};
    news.decisions = {{kNoon, "i-1", "end", "it's slow"}, {kNoon + 1s, "", "done", ""}};
    news.back_offs = {{news.launches[0].pool, kNoon + 10min, 10min}};
    return news;
  }

  std::shared_ptr<StateStore> store_ = GetParam()();
};

TEST_P(JobStoreContract, IsHeldByOneUntilItsLeaseIsOver) {
  EXPECT_TRUE(hold("a", kNoon));
  EXPECT_FALSE(hold("b", kNoon + 9s));
  EXPECT_TRUE(hold("a", kNoon + 9s));
  EXPECT_FALSE(hold("b", kNoon + 18s));
  EXPECT_TRUE(hold("b", kNoon + 19s));
  EXPECT_TRUE(jobs().release(kHead.id, "a"));  // not its own any more
  EXPECT_FALSE(hold("a", kNoon + 20s));
  EXPECT_TRUE(jobs().release(kHead.id, "b"));
  EXPECT_TRUE(hold("a", kNoon + 20s));
  EXPECT_EQ(jobs().hold(model::JobId{"x"}, "a", kNoon, kNoon).error().kind, ErrorKind::NotFound);
}

TEST_P(JobStoreContract, KeepsAllThatItsHolderTells) {
  ASSERT_TRUE(hold("a", kNoon));
  const auto told = news("a");
  ASSERT_TRUE(jobs().add(told));

  const auto record = jobs().job(kHead.id).value();
  EXPECT_EQ(record->head, kHead);
  EXPECT_EQ(record->course, *told.course);
  EXPECT_EQ(record->holder, "a");
  EXPECT_EQ(jobs().launches(kHead.id).value(), told.launches);
  EXPECT_EQ(jobs().workers(kHead.id).value(), told.workers);
  EXPECT_EQ(jobs().back_offs().value(), told.back_offs);
  EXPECT_EQ(jobs().decisions(kHead.id, 1).value(), std::vector{told.decisions[1]});
  EXPECT_EQ(jobs().decisions(kHead.id, 9).value().size(), 2U);
}

TEST_P(JobStoreContract, PutsWhatIsNewerInPlace) {
  ASSERT_TRUE(hold("a", kNoon));
  auto told = news("a");
  told.workers[0].cost.reset();
  told.workers[0].ended.reset();
  told.launches[0].is_open = true;
  told.launches[0].realised = 0;
  ASSERT_TRUE(jobs().add(told));
  const auto later = news("a");
  ASSERT_TRUE(jobs().add(later));

  EXPECT_EQ(jobs().workers(kHead.id).value(), later.workers);
  EXPECT_EQ(jobs().launches(kHead.id).value().front().realised, 1);
}

TEST_P(JobStoreContract, HearsNobodyButItsHolder) {
  ASSERT_TRUE(hold("a", kNoon));
  ASSERT_TRUE(hold("b", kNoon + 1h));

  EXPECT_EQ(jobs().add(news("a")).error().kind, ErrorKind::Busy);
  EXPECT_TRUE(jobs().workers(kHead.id).value().empty());
  EXPECT_TRUE(jobs().decisions(kHead.id, 9).value().empty());
  EXPECT_TRUE(jobs().back_offs().value().empty());
}

TEST_P(JobStoreContract, ListsTheLatestFirstAndKnowsWhoIsToStop) {
  auto second = kHead;
  second.id = model::JobId{"pi-2"};
  second.begun = kNoon + 1h;
  ASSERT_TRUE(jobs().begin(second));
  EXPECT_FALSE(jobs().begin(second));
  ASSERT_TRUE(jobs().ask_to_stop(kHead.id));

  const auto all = jobs().jobs().value();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].head.id, second.id);
  EXPECT_FALSE(all[0].is_asked_to_stop);
  EXPECT_TRUE(all[1].is_asked_to_stop);
  EXPECT_FALSE(jobs().job(model::JobId{"none"}).value());
}

}  // namespace spotvane::support
