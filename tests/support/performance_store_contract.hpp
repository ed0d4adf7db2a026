#pragma once

// What any StateStore's PerformanceStore must do. Include in one test file of an implementation, as
// state_store_contract.hpp, and there:
//   INSTANTIATE_TEST_SUITE_P(MyStore, PerformanceStoreContract,
//                            testing::Values(StateStoreFactory{&make_my_store}));

#include "ports/state_store.hpp"
#include "support/state_store_contract.hpp"

#include <gmock/gmock.h>

namespace spotvane::support {

class PerformanceStoreContract : public testing::TestWithParam<StateStoreFactory> {
 protected:
  static constexpr TimePoint kMeasured =
      std::chrono::sys_days{std::chrono::year{2026} / 8 / 1} + std::chrono::hours{12};
  inline static const model::Workload kWork{model::DatasetHash{"d41d8c"},
                                            {{"aph", "600"}, {"gens", "30 = 5 * 6"}}};

  static model::ThroughputSample sample(std::int64_t number, const std::string& type,
                                        TimePoint at = kMeasured) {
    return {
        {"job 7", number}, kWork, model::InstanceType{type}, 0.1 * static_cast<double>(number), at};
  }

  void SetUp() override {
    if (store_ == nullptr) {
      GTEST_SKIP() << "its server is not installed";
    }
  }

  PerformanceStore& performance() { return store_->performance(); }

 private:
  std::shared_ptr<StateStore> store_ = GetParam()();
};

TEST_P(PerformanceStoreContract, KeepsAMeasurementOnce) {
  const model::PerformanceRecords first{.datasets = {{kWork.dataset, "tonga"}},
                                        .samples = {sample(1, "c5.large"), sample(2, "c5.large")},
                                        .totals = {{{"job 7", 1}, kWork, 5000, kMeasured}}};
  auto more = first;
  more.datasets.front().name = "another";
  more.samples.front().tasks_per_second = 99;
  more.samples.push_back(sample(3, "a1.large"));

  EXPECT_EQ(performance().add(first).value(), (PerformanceAdded{1, 2, 1}));
  EXPECT_EQ(performance().add(more).value(), (PerformanceAdded{0, 1, 0}));

  EXPECT_EQ(performance().datasets().value(), first.datasets);
  EXPECT_EQ(performance().samples(kWork).value(),
            (std::vector{sample(3, "a1.large"), sample(1, "c5.large"), sample(2, "c5.large")}));
  EXPECT_EQ(performance().totals(kWork).value(), first.totals);
}

TEST_P(PerformanceStoreContract, TellsWorkApartByItsParameters) {
  auto other = sample(2, "c5.large");
  other.workload.parameters["aph"] = "300";
  auto bare = sample(3, "c5.large");
  bare.workload.parameters.clear();
  ASSERT_TRUE(performance().add({.samples = {sample(1, "c5.large"), other, bare}}));

  EXPECT_THAT(performance().workloads().value(),
              testing::UnorderedElementsAre(kWork, other.workload, bare.workload));
  EXPECT_EQ(performance().samples(bare.workload).value(), std::vector{bare});
  EXPECT_EQ(performance().samples(kWork).value(), std::vector{sample(1, "c5.large")});
  EXPECT_TRUE(performance().totals(kWork).value().empty());
}

TEST_P(PerformanceStoreContract, ListsSamplesByTypeAndTime) {
  const auto late = sample(1, "c5.large", kMeasured + 1h);
  const auto early = sample(2, "c5.large");
  ASSERT_TRUE(performance().add({.samples = {late, early}}));

  EXPECT_EQ(performance().samples(kWork).value(), (std::vector{early, late}));
}

}  // namespace spotvane::support
