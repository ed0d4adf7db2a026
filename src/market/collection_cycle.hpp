#pragma once

#include "market/collector.hpp"
#include "market/collector_memory.hpp"
#include "market/sweep_turn.hpp"
#include "market/work_queue.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace spotvane::market {

/// One cycle from beginning to end. Nothing is called back once it is gone.
class CollectionCycle : public std::enable_shared_from_this<CollectionCycle> {
 public:
  using OnProgress = std::function<void(const CycleProgress&)>;

  CollectionCycle(const CollectorOptions& options, const CollectorPorts& ports,
                  CollectorMemory& memory, OnProgress on_progress, On<CycleSummary> on_done);

  void start();

  /// Ends it as `Cancelled`, unless it has ended.
  void cancel();

 private:
  template <typename T, typename Use>
  On<T> when_answered(std::string source, std::string asked, WorkQueue::Done done, Use use);

  void try_credentials();
  void hear_credential(std::size_t account, const Result<CallerIdentity>& identity);
  void choose_reader();
  void find_regions();
  Result<void> start_anew();
  void read_regions();
  void choose_regions(const std::vector<model::RegionStatus>& known);
  void read_sources();
  void read_advisor(WorkQueue::Done done);
  void read_zones_and_prices(const model::Region& region, WorkQueue::Done done);
  void read_prices(const model::Region& region, WorkQueue::Done done);
  void read_on_demand(const model::Region& region, WorkQueue::Done done);
  void find_plan();
  void read_facts();
  void keep_facts();
  void go_by_plan();
  void make_plan();
  void ask_scores();
  int capacity_due(const std::vector<int>& sweep) const;
  Result<std::vector<Quota>> load_quotas() const;
  void use_scores(ScoreRoundResult result);
  void store();
  void end(Result<void> result);

  void add_task(WorkQueue::Task task);
  void note_outcome(std::string source, std::string asked, model::Outcome outcome,
                    std::string note = {});
  void note_progress();
  Day day() const { return day_of(summary_.record.cycle); }
  const Account& reader() const { return ports_.accounts[reader_]; }
  std::vector<Account> working_accounts() const;

  const CollectorOptions& options_;
  const CollectorPorts& ports_;
  CollectorMemory& memory_;
  OnProgress on_progress_;
  On<CycleSummary> on_done_;

  bool is_over_ = false;
  std::size_t reader_ = 0;                               // of the accounts
  std::vector<bool> has_worked_;                         // by account, in this cycle
  std::map<model::CredentialName, std::string> denied_;  // and why
  bool has_plan_ = false;
  std::unique_ptr<WorkQueue> queue_;
  std::shared_ptr<ScoreRound> round_;
  CycleProgress progress_;
  CycleSummary summary_;
  model::DayPlan plan_;
  SweepTurn turn_;
  std::map<model::InstanceType, model::InstanceTypeFacts> facts_;
  SourcesRead sources_read_;
};

}  // namespace spotvane::market
