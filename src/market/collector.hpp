#pragma once

#include "market/market_archive.hpp"
#include "market/market_picture.hpp"
#include "market/query_plan.hpp"
#include "market/score_round.hpp"
#include "model/outcome.hpp"
#include "ports/clock.hpp"
#include "ports/cloud.hpp"
#include "ports/lake.hpp"
#include "ports/state_store.hpp"
#include "ports/timers.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace spotvane::market {

struct CollectorOptions {
  std::vector<model::Region> regions = {};  ///< empty: all that the account has enabled
  PlanOptions plan = {};
  std::uint64_t seed = 0;       ///< of the daily draws
  std::size_t concurrency = 8;  ///< requests under way at once
};

/// What a collector borrows; all of it must outlive the collector.
struct CollectorPorts {
  const Clock& clock;
  Timers& timers;
  std::vector<Account> accounts;  ///< at least one; the first that works reads zones and prices
  Advisor& advisor;
  StateStore& state;
  Lake& lake;
};

/// How far a cycle is: requests answered of those known so far.
struct CycleProgress {
  std::size_t done = 0;
  std::size_t total = 0;
};

/// What a cycle did.
struct CycleSummary {
  CycleRecord record;
  TimePoint finished;
  std::size_t queries_planned = 0;    ///< in the day's plan
  std::size_t queries_due = 0;        ///< of these: all but what waits for its capacity's turn
  std::size_t queries_held_back = 0;  ///< of those due
  std::optional<int> capacity = {};   ///< whose turn it was, where several are swept
  bool made_plan = false;             ///< the day had none before
  std::vector<Quota> quotas;          ///< one a credential
};

struct CollectorMemory;
class CollectionCycle;

/// Collects the market, a cycle at a time: reads advisor and prices, makes the day's plan where
/// there is none, asks its queries, and stores what changed.
///
/// A source that fails costs only itself; its failure is an outcome of the cycle. So does a
/// credential that is denied: its queries end as `Denied`, others read what is anybody's, and a
/// plan made meanwhile does without it. A cycle fails only where the stores do, and mostly leaves
/// nothing behind then but the ledger's uses: only what goes wrong after its commit leaves it
/// stored, whole. The loop may run on after the collector is gone.
class Collector {
 public:
  Collector(CollectorOptions options, CollectorPorts ports);
  ~Collector();
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;

  /// Puts right what a crash left, and reads where the market stands. Once, before any cycle.
  Result<ArchiveRecovery> recover();

  /// Runs one cycle. Only one may run at a time. Fails with `Storage`, `Corrupt` or `Cancelled`.
  void run_cycle(std::function<void(const CycleProgress&)> on_progress, On<CycleSummary> on_done);

  /// Gives up the running cycle, if any: it ends as `Cancelled`, with nothing of it stored.
  void cancel();

  bool is_running() const { return cycle_ != nullptr; }

  /// Where the market stands after the last cycle.
  const MarketPicture& picture() const;

 private:
  CollectorOptions options_;
  CollectorPorts ports_;
  std::unique_ptr<CollectorMemory> memory_;
  std::shared_ptr<CollectionCycle> cycle_;
};

/// The first moment after `now` that is a whole number of periods since 1970: when to run next.
TimePoint next_slot(TimePoint now, Duration period);

}  // namespace spotvane::market
