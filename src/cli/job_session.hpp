#pragma once

#include "cli/command.hpp"
#include "cli/job_engine.hpp"
#include "cli/job_file.hpp"
#include "cli/lab_audit.hpp"
#include "cli/remote_steps.hpp"
#include "job/job_run.hpp"
#include "job/report_endpoint.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace spotvane::cli {

/// The latest job that is called so, by its ID or its name. Fails with `NotFound`, naming those
/// there are.
Result<model::JobRecord> find_job(JobStore& store, const std::string& name);

/// How a session's job ended, as far as this session goes.
enum class JobEnd : std::uint8_t {
  Over,    ///< for good; its state says how
  Paused,  ///< its workers are ended, and it can go on
  Left,    ///< its workers work on, and nobody looks after them
};

/// A job on an open home and a connected cloud, held by us alone, and the loop turned for it.
/// Borrows the environment.
class JobSession {
 public:
  /// Opens home and cloud. Fails as `World` does, and as AWS does where it will not say who we are.
  /// Where it is `stepping` the cloud must be a lab in step time, whose clock it moves.
  static Result<std::unique_ptr<JobSession>> open(Environment& environment,
                                                  bool is_stepping = false);
  ~JobSession();

  StateStore& state() { return home_->state(); }
  JobStore& store() { return state().jobs(); }

  /// Begins the job that `file` describes, or goes on with the one of its name that is not over.
  /// Fails with `Busy` where another manager runs it, here or on an instance of its own.
  Result<void> take(JobFile file, const std::string& text);
  /// Goes on with this one, by what is kept of it.
  Result<void> take(const model::JobRecord& record);

  /// Runs it to its end. Ctrl-C ends its workers and pauses it, a second one leaves it. Fails with
  /// `Busy` where another manager took it from us.
  Result<JobEnd> finish();
  void stop(const std::string& note) { run_->stop(model::JobState::Stopped, note); }

  /// What a lab counts of it; none where it runs on AWS itself.
  Result<std::optional<JobAudit>> audit();

  const job::JobRun& run() const { return *run_; }

 private:
  JobSession(Environment& environment, std::unique_ptr<Home> home, std::unique_ptr<Cloud> cloud);

  Result<void> hold(const model::JobId& job);
  Result<void> settle_known_work(JobFile& file);
  std::vector<model::Tag> settled_of(const JobFile& file);
  Result<job::JobSpec> settle(const JobFile& file, const model::JobHead& head);
  Result<void> open_run(const JobFile& file, job::JobSpec spec);
  void renew();
  void show_progress();
  std::string progress_line() const;
  Result<void> turn_until(const std::function<bool()>& done);

  Environment& environment_;
  std::unique_ptr<Home> home_;
  std::unique_ptr<Cloud> cloud_;
  std::optional<RemoteSteps> steps_ = {};  // in a lab in step time
  std::string holder_;
  JobEngine engine_;
  std::shared_ptr<job::JobRun> run_;
  std::unique_ptr<job::ReportEndpoint> endpoint_;
  std::unique_ptr<Listening> listening_;
  std::shared_ptr<bool> is_alive_ = std::make_shared<bool>(true);
  std::set<std::string> said_;  // troubles, once each
  std::optional<TimePoint> said_progress_ = {};
  bool is_stop_asked_ = false;
};

}  // namespace spotvane::cli
