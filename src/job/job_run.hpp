#pragma once

#include "job/engine.hpp"
#include "job/job_book.hpp"
#include "ports/clock.hpp"
#include "ports/instances.hpp"
#include "ports/job_store.hpp"
#include "ports/performance_store.hpp"
#include "ports/timers.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spotvane::job {

/// What a running job borrows; all of it must outlive it.
struct JobPorts {
  const Clock& clock;  ///< the market's
  Timers& timers;      ///< likewise
  Instances& instances;
  Ec2& ec2;
  WorkerReports& reports;
  JobStore& store;
  PerformanceStore& performance;
  Engine* engine = nullptr;  ///< none: workers report what they do
};

/// Runs a job to its end: looks at its workers, asks its policy, launches and ends.
///
/// What it is about to do is in the store before AWS is asked, and what it learned is there before
/// it goes on. So whoever follows it, wherever it died, knows all that it knew. The job must be
/// held by `Options::holder`; once it is held by another, this one does nothing more.
class JobRun : public std::enable_shared_from_this<JobRun> {
 public:
  struct Options {
    std::string holder;
    std::function<void()> on_change = {};  ///< after each look
    std::function<void(const Error&)> on_trouble = {};
    std::function<void(const model::JobDecision&)> on_decision = {};
  };

  /// Reads what is kept of the job. Fails as the store does.
  static Result<std::shared_ptr<JobRun>> open(JobSpec spec, JobPorts ports, Options options);

  /// From here on it runs, as long as the loop does.
  void start();
  /// Ends its workers, and it.
  void stop(model::JobState state, const std::string& note);
  /// Ends its workers; it goes on when it is opened again.
  void pause();
  /// Does nothing more, and leaves its workers alone.
  void abandon() { is_abandoned_ = true; }

  /// A report that was sent to us. `on_kept` is told once what it says is kept.
  ReportVerdict take(const SentReport& report, std::function<void(const Result<void>&)> on_kept);

  /// What a worker whose report was taken is answered; empty: nothing.
  std::string answer(const model::InstanceId& worker, std::string_view report) {
    return ports_.engine != nullptr ? ports_.engine->answer(worker, report) : std::string{};
  }

  const JobBook& book() const { return book_; }
  Bill bill() const { return book_.bill(ports_.clock.now()); }
  /// All its workers are ended, and it is closed.
  bool is_over() const { return book_.course().ended.has_value(); }
  /// All its workers are ended until it goes on.
  bool is_at_rest() const { return is_at_rest_; }
  /// Another manager has taken it.
  bool is_lost() const { return is_lost_; }

 private:
  JobRun(JobSpec spec, JobMemory memory, JobPorts ports, Options options);

  TimePoint now() const { return ports_.clock.now(); }
  void after(Duration delay, void (JobRun::*step)());
  bool keep();
  void trouble(const Error& error, std::string_view activity);

  void begin();
  void start_engine();
  void ask_engine(TimePoint asked);
  void end_engine();
  void look();
  void look_at_requests(TimePoint asked, std::vector<model::Instance> instances);
  void settle(TimePoint asked);
  void resend(std::vector<std::int64_t> open);
  std::vector<model::InstanceId> to_end() const;
  void end_workers();
  void end_next(std::vector<std::vector<model::InstanceId>> batches);
  void end_look();
  void close_if_over();

  void read_prices(void (JobRun::*next)());
  void read_metrics();
  void decide();
  void launch_next();
  void ask_for(std::size_t shown, int count);
  void hear(std::int64_t launch, int count, const Result<std::vector<model::Instance>>& launched);
  void keep_throughputs();

  /// `callback` with the living run, or nothing where it is gone.
  template <typename Callback>
  auto alive(Callback callback) {
    return [weak = weak_from_this(), callback = std::move(callback)](auto&&... answer) {
      const auto self = weak.lock();
      if (self && !self->is_abandoned_ && !self->is_lost_) {
        callback(*self, std::forward<decltype(answer)>(answer)...);
      }
    };
  }

  JobPorts ports_;
  Options options_;
  JobBook book_;
  bool is_abandoned_ = false;
  bool is_lost_ = false;
  bool is_pausing_ = false;
  bool is_at_rest_ = false;
  bool has_looked_ = false;
  bool is_engine_ready_ = false;
  bool is_engine_ended_ = false;
  TimePoint next_decision_ = {};
  std::optional<TimePoint> prices_read_ = {};

  policy::FleetDecision decision_ = {};  // whose launches are being made
  std::size_t order_ = 0;
  std::optional<policy::LaunchTurn> turn_ = {};
  int batch_left_ = 0;  // of the turn's batch, which takes several calls
  int batch_realised_ = 0;

  std::optional<TimePoint> quiet_since_ = {};  // nothing was done nor seen to live since
  int quiet_looks_ = 0;
  std::vector<std::function<void(const Result<void>&)>> unanswered_ = {};  // reports
};

}  // namespace spotvane::job
