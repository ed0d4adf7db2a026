#pragma once

#include "job/engine.hpp"
#include "job/pits_options.hpp"
#include "model/job.hpp"
#include "ports/clock.hpp"
#include "ports/detached_programs.hpp"
#include "ports/timers.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

namespace spotvane::job {

/// Runs a job by PY-PITS: its job manager here, detached, so that it outlives us; task managers on
/// the workers, which report to us and are told whom to work for.
///
/// The job manager keeps no checkpoint. Where it died the job begins anew, as another run with a
/// name of its own: so nobody takes one run's results for the other's.
class PitsEngine final : public Engine {
 public:
  struct Ports {
    DetachedPrograms& programs;
    const Clock& market;
    const Clock& wall;
    Timers& timers;  ///< the wall's
  };

  PitsEngine(model::JobId job, PitsOptions options, Ports ports)
      : job_{std::move(job)}, options_{std::move(options)}, ports_{ports} {}
  ~PitsEngine() override { *is_alive_ = false; }
  PitsEngine(const PitsEngine&) = delete;
  PitsEngine& operator=(const PitsEngine&) = delete;

  void start(std::function<void(Result<void>)> on_ready) override;
  void look(const JobBook& book, std::function<void(Result<EngineReport>)> on_report) override;
  void end(End how, std::function<void(Result<void>)> on_ended) override;
  std::string answer(const model::InstanceId& worker, std::string_view report) override;

  /// The latest run's files, for people.
  std::string folder() const { return ports_.programs.folder(name_of(run_)); }

 private:
  /// What the run's program says of it.
  struct Progress {
    std::string state = {};  // "starting", "running", "done", "failed"; empty: it said nothing yet
    std::string error = {};
    double done = 0;
  };

  std::string name_of(int run) const;
  Result<void> begin_run(int run);
  Progress progress() const;
  void await_running(int looks, std::function<void(Result<void>)> on_ready);
  Result<EngineReport> report(const JobBook& book);
  void forget_the_dead(const JobBook& book);
  void later(Duration delay, std::function<void()> step);

  model::JobId job_;
  PitsOptions options_;
  Ports ports_;
  int run_ = 0;  // 0: none was begun
  TimePoint market_began_ = {};
  TimePoint wall_began_ = {};
  std::map<std::string, std::string> addresses_;  // by worker
  std::set<std::string> forgotten_;               // workers
  std::map<std::string, std::string> troubles_;   // what workers say keeps them from working
  std::set<std::string> said_;                    // of these
  std::shared_ptr<bool> is_alive_ = std::make_shared<bool>(true);
};

}  // namespace spotvane::job
