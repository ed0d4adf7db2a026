// Makes a home whose plan of a day asks about all that the Spot Advisor listed on 2025-06-28, in
// the fewest configurations, and which knows its account's limit on them: while a limit is unknown
// one answer that says neither yes nor no (a type that AWS has given up) ends what is opened.
//
//     advisor_plan HOME 2026-08-01

#include "adapters/sql/sqlite_state.hpp"
#include "market/query_plan.hpp"

#include <cstdio>

#include "support/advisor_pools.hpp"

namespace spotvane {
namespace {

constexpr int kLimit = 10000;

Result<std::size_t> make_home(const std::string& home, const std::string& date) {
  const auto day = parse_day(date);
  if (!day) {
    return tl::unexpected(day.error());
  }
  market::PlanInput input{
      .day = *day,
      .quotas = {market::Quota{{.credential = model::CredentialName{"default"}}, {}, *day}}};
  for (const auto& pool : support::advisor_pools()) {
    input.offered.push_back(
        {{model::InstanceType{pool.instance_type}, model::Region{pool.region}}, pool.zones});
  }
  input.options.sample_count = static_cast<int>(input.offered.size());
  auto state = adapters::open_sqlite_state(home + "/state.db");
  if (!state) {
    return tl::unexpected(state.error());
  }
  // Learned days ago: within a day of a refusal with nothing live, nothing may be asked.
  const model::QuotaLimit limit{.credential = model::CredentialName{"default"},
                                .refused_beyond = kLimit,
                                .refused_at = *day - std::chrono::hours{48}};
  return market::plan_day(input).and_then([&](const model::DayPlan& plan) {
    return (*state)
        ->save_quota_limit(limit)
        .and_then([&] { return (*state)->save_plan(plan); })
        .map([&] { return plan.queries.size(); });
  });
}

}  // namespace
}  // namespace spotvane

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: advisor_plan HOME DAY\n");
    return 2;
  }
  const auto configurations = spotvane::make_home(argv[1], argv[2]);
  if (!configurations) {
    fmt::print(stderr, "advisor_plan: {}\n", configurations.error().message);
    return 1;
  }
  fmt::print("{}\n", *configurations);
  return 0;
}
