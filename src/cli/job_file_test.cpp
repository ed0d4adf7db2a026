#include "cli/job_file.hpp"

#include "cli/csv_table.hpp"
#include "cli/job_setup.hpp"

#include <gmock/gmock.h>

namespace spotvane::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(JobFile, SaysWhatAJobIs) {
  JobFile job;

  const auto good = apply_job_file(R"(
tasks = 100000
nodes = 20
budget_usd = [5, 10.5]
deadline = "8h"
policy = "lp-budget"
[manager]
price_usd = 0.68
[worker]
volume_usd = 0.09375
bid = 1.2
[performance]
"c5.large" = 12.5
"m5.large" = [11, 0.8]
[on_demand]
"c5.large" = 0.085
)",
                                   job);

  ASSERT_TRUE(good) << good.error().message;
  EXPECT_EQ(job.tasks, 100'000);
  EXPECT_EQ(job.nodes, 20);
  EXPECT_THAT(job.budgets, ElementsAre("5", "10.5"));
  EXPECT_EQ(job.deadline, std::chrono::hours{8});
  EXPECT_THAT(job.policies, ElementsAre("lp-budget"));
  EXPECT_EQ(job.manager_price, 0.68);
  EXPECT_EQ(job.bid, 1.2);
  EXPECT_EQ(job.performance.at("c5.large").mean, 12.5);
  EXPECT_EQ(job.performance.at("m5.large").deviation, 0.8);
  EXPECT_EQ(job.on_demand.at("c5.large"), Money::from_dollars(0.085));
}

TEST(JobFile, NamesTheLineAndWhatWasMeant) {
  JobFile job;

  const auto unknown = apply_job_file("tasks = 1\nnodez = 3\n", job);
  EXPECT_THAT(unknown.error().message, HasSubstr("line 2: 'nodez'"));
  EXPECT_EQ(unknown.error().hint, "did you mean 'nodes'?");
  for (const auto* text :
       {"tasks = \"many\"", "tasks = -1", "nodes = 1.5", "deadline = 8", "deadline = \"soon\"",
        "on_infeasible = \"hope\"", "tasks = = 1", "[performance]\n\"a\" = [1, 2, 3]",
        "[performance]\n\"a\" = nan", "performance = 3", "budget_usd = []"}) {
    const auto bad = apply_job_file(text, job);
    ASSERT_FALSE(bad) << text;
    EXPECT_THAT(bad.error().message, HasSubstr("line ")) << text;
  }
}

TEST(JobFile, RaisesABudgetOnlyToALimit) {
  constexpr auto kEndless = "budget_usd = 5\non_infeasible = \"raise\"\n";
  JobFile job;

  const auto endless = apply_job_file(kEndless, job);
  ASSERT_FALSE(endless);
  EXPECT_THAT(endless.error().message, HasSubstr("line 2: 'on_infeasible': "));
  EXPECT_THAT(endless.error().message, HasSubstr("'raise_to_usd' is missing"));
  EXPECT_THAT(endless.error().hint, HasSubstr("raise_to_usd = 20"));

  JobFile limited;
  EXPECT_TRUE(apply_job_file("on_infeasible = \"raise\"\nraise_to_usd = 20\n", limited));
  EXPECT_EQ(limited.raise_to, 20);
  JobFile begun;  // before there had to be a limit
  EXPECT_TRUE(apply_begun_job_file(kEndless, begun));
}

TEST(JobFile, NamesTheJobAsItselfWhereItSaysNoName) {
  EXPECT_EQ(read_job_file("jobs/pi_2-b.toml", "tasks = 1\n")->name, "pi_2-b");
  EXPECT_EQ(read_job_file("jobs/pi.v2.toml", "name = \"pi\"\n")->name, "pi");

  for (const auto* path : {"pi.v2.toml", "my pi.toml", "$(reboot).toml"}) {
    const auto file = read_job_file(path, "tasks = 1\n");
    ASSERT_FALSE(file) << path;
    EXPECT_THAT(file.error().message, HasSubstr("must be of letters, digits, '-' and '_'"));
    EXPECT_EQ(file.error().hint, "give 'name' in the job's file");
  }
}

TEST(CsvTable, ReadsQuotedFields) {
  const auto table = parse_csv_table("a,b\r\n\"x, \"\"y\"\"\",2\n\n3,\n");

  ASSERT_TRUE(table);
  EXPECT_EQ(table->column("b"), 1U);
  EXPECT_THAT(table->rows, ElementsAre(ElementsAre("x, \"y\"", "2"), ElementsAre("3", "")));
  EXPECT_THAT(parse_csv_table("a,b\n1\n").error().message, HasSubstr("line 2"));
  EXPECT_FALSE(parse_csv_table("a,b\n\"1,2\n"));
}

}  // namespace
}  // namespace spotvane::cli
