#include "replay/fleet_study.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>

namespace spotvane::replay {

namespace {

constexpr std::chrono::milliseconds kBetweenLooks{50};

/// A run begins where at least so much of the market is still to come, if there is so much.
constexpr Duration kRoomToRun = std::chrono::days{7};

TimePoint start_of(const FleetStudy& study, Random& random) {
  if (study.start) {
    return *study.start;
  }
  const auto length = study.market.end - study.market.begin;
  const auto room = std::min<Duration>(study.job.deadline.value_or(kRoomToRun), length / 2);
  const auto last = std::max<std::int64_t>((length - room).count(), 1);
  return study.market.begin +
         Duration{static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(last)))};
}

void one_run(const FleetStudy& study, int number, std::span<FleetStudyRun> runs) {
  Random random{study.seed + static_cast<std::uint64_t>(number) * 0x9e3779b97f4a7c15U};
  const auto start = start_of(study, random);
  const auto luck = random.fork();
  auto run = runs.begin();
  for (std::size_t budget = 0; budget < study.budgets.size(); ++budget) {
    auto job = study.job;
    job.budget = study.budgets[budget];
    const auto first = run;
    Duration longest{0};
    for (std::size_t policy = 0; policy < study.policies.size(); ++policy) {
      *run = {
          number,
          budget,
          policy,
          start,
          replay_fleet(job, study.market, study.world, *study.policies[policy].policy, start, luck),
          0};
      longest = std::max(longest, run->outcome.is_done ? run->outcome.time : Duration{});
      ++run;
    }
    const auto horizon = std::max(longest, study.job.deadline.value_or(Duration{}));
    const auto oracle = least_cost(job, study.market, study.world, start,
                                   std::min<Duration>(horizon, study.market.end - start));
    std::for_each(first, run, [&](FleetStudyRun& one) { one.oracle_usd = oracle; });
  }
}

}  // namespace

Result<void> check(const FleetStudy& study) {
  const auto has_budget = std::all_of(study.budgets.begin(), study.budgets.end(),
                                      [](const auto& budget) { return budget.has_value(); });
  for (const auto& one : study.policies) {
    if (one.needs == policy::FleetNeed::Budget && !has_budget) {
      return tl::unexpected(Error{ErrorKind::InvalidInput,
                                  fmt::format("policy '{}' needs a budget", one.name),
                                  "give '--budget', or 'budget_usd' in the job's file"});
    }
    if (one.needs == policy::FleetNeed::Deadline && !study.job.deadline) {
      return tl::unexpected(Error{ErrorKind::InvalidInput,
                                  fmt::format("policy '{}' needs a deadline", one.name),
                                  "give '--deadline', or 'deadline' in the job's file"});
    }
  }
  const auto& market = study.market;
  if (market.begin >= market.end) {
    return tl::unexpected(Error{ErrorKind::InvalidInput,
                                "the prices are all of one moment, and tell of no time to simulate",
                                "give a longer log"});
  }
  if (study.start && (*study.start < market.begin || *study.start >= market.end)) {
    return fail(ErrorKind::InvalidInput,
                "the start '{}' is outside the market, which is known from '{}' to '{}'",
                to_iso8601(*study.start), to_iso8601(market.begin), to_iso8601(market.end));
  }
  if (std::none_of(market.pools.begin(), market.pools.end(),
                   [](const MarketPool& pool) { return pool.measured.has_value(); })) {
    return tl::unexpected(
        Error{ErrorKind::InvalidInput, "of no type that has a price is the throughput known",
              "give '--performance FILE' with rows of these types, or '[performance]' in the job's "
              "file"});
  }
  return {};
}

Result<std::vector<FleetStudyRun>> run_fleet_study(
    const FleetStudy& study, int threads, const std::function<bool(double share_done)>& go_on) {
  const auto each = study.budgets.size() * study.policies.size();
  const auto count = static_cast<std::size_t>(study.runs);
  std::vector<FleetStudyRun> runs(count * each);
  std::atomic<std::size_t> taken = 0;
  std::atomic<bool> is_stopped = false;
  std::vector<std::future<void>> workers;
  for (int thread = 0; thread < threads; ++thread) {
    workers.push_back(std::async(std::launch::async, [&] {
      for (auto run = taken.fetch_add(1); run < count && !is_stopped; run = taken.fetch_add(1)) {
        one_run(study, static_cast<int>(run), std::span{runs}.subspan(run * each, each));
      }
    }));
  }
  for (auto& worker : workers) {
    while (worker.wait_for(kBetweenLooks) == std::future_status::timeout) {
      const auto done = std::min(taken.load(), count);
      is_stopped = is_stopped || !go_on(static_cast<double>(done) / static_cast<double>(count));
    }
  }
  if (is_stopped) {
    return fail(ErrorKind::Cancelled, "stopped before all runs were through");
  }
  return runs;
}

}  // namespace spotvane::replay
