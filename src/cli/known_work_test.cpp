#include "cli/known_work.hpp"

#include "sim/memory_performance_store.hpp"

#include <gmock/gmock.h>

namespace spotvane::cli {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A database that knows "tonga", once, and two datasets that are called "pair".
struct KnownWorkTest : testing::Test {
  KnownWorkTest() {
    const auto dataset = [](const char* hash) { return model::DatasetHash{hash}; };
    model::PerformanceRecords records{
        .datasets = {{dataset("9f3a"), "tonga"}, {dataset("aa"), "pair"}, {dataset("bb"), "pair"}}};
    const model::Workload tonga{dataset("9f3a"), {{"aph", "600"}}};
    records.samples.push_back({{"test", 1}, tonga, model::InstanceType{"c5.large"}, 2.0, {}});
    records.totals.push_back({{"test", 1}, tonga, 4095, {}});
    records.totals.push_back({{"test", 2}, tonga, 4096, {}});
    EXPECT_TRUE(store.add(records));
  }

  static JobFile job(const std::string& dataset, const std::string& aph = "600") {
    return {.name = "job", .dataset = dataset, .parameters = {{"aph", aph}}};
  }

  sim::MemoryPerformanceStore store{nullptr};
};

TEST_F(KnownWorkTest, FindsADatasetByItsNameAsByItsHash) {
  for (const auto* word : {"9f3a", "tonga"}) {
    auto file = job(word);
    file.tasks = 10;
    ASSERT_TRUE(settle_work(store, file)) << word;
    EXPECT_EQ(file.dataset, "9f3a");
    EXPECT_EQ(file.tasks, 10);
    EXPECT_EQ(known_work(store, workload_of(file))->rates.at("c5.large").mean, 2.0);
  }
  auto named = job("tonga");
  EXPECT_THAT(settle_work(store, named)->front(), HasSubstr("dataset 'tonga' is '9f3a'"));
}

TEST_F(KnownWorkTest, LeavesANewDatasetAsItIs) {
  auto file = job("rome");
  file.tasks = 10;
  EXPECT_THAT(*settle_work(store, file), IsEmpty());
  EXPECT_EQ(file.dataset, "rome");
}

TEST_F(KnownWorkTest, RefusesANameThatSeveralHave) {
  auto file = job("pair");
  file.tasks = 10;
  const auto refused = settle_work(store, file);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("2 datasets are called 'pair'"));
  EXPECT_THAT(refused.error().hint, AllOf(HasSubstr("(aa)"), HasSubstr("(bb)")));
}

TEST_F(KnownWorkTest, KnowsOfHowManyTasksTheWorkConsisted) {
  auto file = job("tonga");
  ASSERT_TRUE(settle_work(store, file));
  EXPECT_EQ(file.tasks, 4096);  // half a task is a task
}

TEST_F(KnownWorkTest, SaysWhatIsKnownWhereTheNumberOfTasksIsNot) {
  auto other = job("tonga", "700");
  EXPECT_THAT(settle_work(store, other).error().message,
              AllOf(HasSubstr("the number of tasks is missing"),
                    HasSubstr("measured with other parameters: aph=600")));
  auto unknown = job("rome");
  EXPECT_THAT(settle_work(store, unknown).error().message,
              AllOf(HasSubstr("there is no dataset 'rome'"), HasSubstr("'tonga' (9f3a)")));
  EXPECT_THAT(settle_work(store, unknown).error().hint, HasSubstr("'tasks'"));
  sim::MemoryPerformanceStore empty{nullptr};
  EXPECT_THAT(settle_work(empty, unknown).error().message, HasSubstr("which is empty"));
}

}  // namespace
}  // namespace spotvane::cli
