#include "cli/job_session.hpp"

#include "base/spelling.hpp"
#include "cli/cloud_session.hpp"
#include "cli/ecs_setup.hpp"
#include "cli/job_hosts.hpp"
#include "cli/job_setup.hpp"
#include "cli/known_work.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace spotvane::cli {

namespace {

/// By the wall's clock: whoever did not renew for so long is dead.
constexpr Duration kLease = std::chrono::seconds{10};
constexpr Duration kRenewal = std::chrono::seconds{3};
constexpr std::size_t kJobTroublesSaid = 20;

/// As what a job keeps the hash of its dataset: its name may be another's by now.
constexpr std::string_view kSettledDataset = "dataset";

std::string hours_left(const job::JobRun& run, TimePoint now) {
  const auto& spec = run.book().spec();
  if (!spec.work.deadline) {
    return {};
  }
  const auto left = spec.head.begun + *spec.work.deadline - now;
  return left > Duration::zero()
             ? fmt::format("  {} left",
                           to_text(Duration{std::chrono::floor<std::chrono::minutes>(left)}))
             : std::string{"  late"};
}

}  // namespace

Result<model::JobRecord> find_job(JobStore& store, const std::string& name) {
  const auto jobs = store.jobs();
  if (!jobs) {
    return tl::unexpected(jobs.error());
  }
  const auto found = std::find_if(jobs->begin(), jobs->end(), [&](const auto& one) {
    return one.head.name == name || one.head.id.text() == name;
  });
  if (found != jobs->end()) {
    return *found;
  }
  std::vector<std::string> names;
  for (const auto& one : *jobs) {
    names.push_back(one.head.name);
  }
  const auto meant = nearest(name, names);
  return tl::unexpected(Error{ErrorKind::NotFound, fmt::format("there is no job '{}'", name),
                              meant           ? fmt::format("did you mean '{}'?", *meant)
                              : names.empty() ? "`spotvane job run JOB.toml` begins one"
                                              : "`spotvane job status` lists those there are"});
}

JobSession::JobSession(Environment& environment, std::unique_ptr<Home> home,
                       std::unique_ptr<Cloud> cloud)
    : environment_{environment},
      home_{std::move(home)},
      cloud_{std::move(cloud)},
      holder_{fmt::format("{:016x}", environment.world.entropy())} {}

JobSession::~JobSession() {
  *is_alive_ = false;
  if (run_) {
    run_->abandon();
    static_cast<void>(store().release(run_->book().spec().head.id, holder_));
  }
}

Result<std::unique_ptr<JobSession>> JobSession::open(Environment& environment, bool is_stepping) {
  auto opened = open_with_identity(environment, HomeUse::Shared, is_stepping);
  if (!opened) {
    return tl::unexpected(std::move(opened.error()));
  }
  std::unique_ptr<JobSession> session{
      new JobSession{environment, std::move(opened->home), std::move(opened->cloud)}};
  if (is_stepping) {
    session->steps_.emplace(environment.world, *session->cloud_);
  }
  return session;
}

Result<void> JobSession::take(JobFile file, const std::string& text) {
  const auto jobs = store().jobs();
  if (!jobs) {
    return tl::unexpected(jobs.error());
  }
  const auto unfinished = std::find_if(jobs->begin(), jobs->end(), [&](const auto& one) {
    return one.head.name == file.name && !one.course.ended;
  });
  if (unfinished != jobs->end()) {
    if (unfinished->head.file != text) {
      environment_.console.warn(
          fmt::format("warning: job '{}' goes on as it was begun: its file has changed since; "
                      "`spotvane job stop {}` ends it, and the file begins a new one",
                      file.name, file.name));
    }
    return take(*unfinished);
  }
  if (auto elsewhere = hosted_elsewhere(environment_, state(), file.name);
      !elsewhere || *elsewhere) {
    return tl::unexpected(elsewhere ? std::move(**elsewhere) : std::move(elsewhere.error()));
  }
  if (auto good = settle_known_work(file); !good) {
    return good;
  }
  const auto drawn = static_cast<std::uint32_t>(environment_.world.entropy());
  const model::JobHead head{.id = model::JobId{fmt::format("{}-{:08x}", file.name, drawn)},
                            .name = file.name,
                            .file = text,
                            .settled = settled_of(file),
                            .tasks = *file.tasks,
                            .begun = cloud_->clock().now()};
  apply_settled_paths(file, head.settled);
  if (auto good =
          file.engine == "ecs" ? check_ecs_service(environment_, *cloud_, file) : Result<void>{};
      !good) {
    return good;
  }
  auto spec = settle(file, head);
  if (!spec) {
    return tl::unexpected(std::move(spec.error()));
  }
  if (auto begun = store().begin(head); !begun) {
    return begun;
  }
  return hold(head.id).and_then([&] { return open_run(file, std::move(*spec)); });
}

/// By what this state knows, and says so.
Result<void> JobSession::settle_known_work(JobFile& file) {
  return settle_work(state().performance(), file).map([&](const Words& notes) {
    for (const auto& note : notes) {
      environment_.console.say(note);
    }
  });
}

/// What holds for the job to its end, whatever the world has become by then.
std::vector<model::Tag> JobSession::settled_of(const JobFile& file) {
  auto settled = settled_paths(file, drawn_for(environment_.world));
  if (!file.dataset.empty()) {
    settled.push_back({std::string{kSettledDataset}, file.dataset});
  }
  return settled;
}

Result<job::JobSpec> JobSession::settle(const JobFile& file, const model::JobHead& head) {
  return settle_job(environment_, *cloud_, home_->state(), file, head).map_error([&](Error error) {
    return std::move(error).during(fmt::format("job '{}'", head.name));
  });
}

Result<void> JobSession::take(const model::JobRecord& record) {
  if (auto held = hold(record.head.id); !held) {
    return held;
  }
  JobFile file;
  if (auto good = apply_begun_job_file(record.head.file, file); !good) {
    return tl::unexpected(
        std::move(good.error()).during(fmt::format("read job '{}'", record.head.name)));
  }
  file.name = record.head.name;
  apply_settled_paths(file, record.head.settled);
  if (const auto dataset = model::tag_value(record.head.settled, kSettledDataset);
      !dataset.empty()) {
    file.dataset = dataset;
  }
  // It was allowed to begin: what it may measure it has measured, or is at.
  file.calibrate = file.calibrate || !record.course.is_calibrated;
  environment_.console.say(fmt::format("going on with job '{}', {:.0f} of {:.0f} tasks done",
                                       record.head.id, record.course.tasks_done,
                                       record.head.tasks));
  auto spec = settle(file, record.head);
  return spec ? open_run(file, std::move(*spec)) : tl::unexpected(std::move(spec.error()));
}

/// Takes the job; from a manager that died, once its lease is over.
Result<void> JobSession::hold(const model::JobId& job) {
  auto& world = environment_.world;
  std::optional<TimePoint> known;
  for (;;) {
    const auto now = world.wall_clock().now();
    const auto held = store().hold(job, holder_, now, now + kLease);
    if (!held || *held) {
      return held.map([](bool /*is_held*/) {});
    }
    const auto record = store().job(job);
    if (!record || !*record) {
      return record ? fail(ErrorKind::NotFound, "there is no job '{}'", job)
                    : Result<void>{tl::unexpected(record.error())};
    }
    if (known && (*record)->held_until > *known) {
      return tl::unexpected(Error{ErrorKind::Busy,
                                  fmt::format("job '{}' is run by another manager", job),
                                  "`spotvane job status` shows it, `spotvane job stop` ends it"});
    }
    if (!known) {
      environment_.console.say(fmt::format(
          "job '{}' has a manager, or had one until a moment ago: waiting to see", job));
      known = (*record)->held_until;
    }
    const auto is_over = std::make_shared<bool>(false);
    world.wall_timers().after(std::chrono::milliseconds{500}, [is_over] { *is_over = true; });
    world.run_until([&] { return *is_over || world.interrupts() > 0; });
    if (world.interrupts() > 0) {
      return fail(ErrorKind::Cancelled, "stopped before the job was taken");
    }
  }
}

void JobSession::renew() {
  const auto now = environment_.world.wall_clock().now();
  const auto& id = run_->book().spec().head.id;
  static_cast<void>(store().hold(id, holder_, now, now + kLease));
  const auto record = store().job(id);
  if (record && *record && (*record)->is_asked_to_stop && !std::exchange(is_stop_asked_, true)) {
    run_->stop(model::JobState::Stopped, "by its user");
  }
  environment_.world.wall_timers().after(kRenewal, [this, is_alive = is_alive_] {
    if (*is_alive) {
      renew();
    }
  });
}

Result<void> JobSession::open_run(const JobFile& file, job::JobSpec spec) {
  job::JobRun::Options options{.holder = holder_};
  options.on_change = [this] { show_progress(); };
  options.on_trouble = [this](const Error& error) {
    if (said_.size() < kJobTroublesSaid && said_.insert(error.message).second) {
      environment_.console.warn(fmt::format("warning: {}{}{}", error.message,
                                            error.hint.empty() ? "" : "\n  ", error.hint));
    }
  };
  options.on_decision = [this](const model::JobDecision& decision) {
    environment_.console.say(
        fmt::format("{}  {}{}{}{}{}",
                    to_iso8601(TimePoint{std::chrono::floor<std::chrono::seconds>(decision.at)}),
                    decision.what, decision.subject.empty() ? "" : " ", decision.subject,
                    decision.detail.empty() ? "" : ": ", decision.detail));
  };
  auto& state = home_->state();
  engine_ = make_engine(environment_, *cloud_, file, spec.head.id);
  auto opened = job::JobRun::open(
      std::move(spec),
      {cloud_->clock(), steps_ ? *steps_ : cloud_->timers(), cloud_->instances(), cloud_->ec2(),
       cloud_->worker_reports(), state.jobs(), state.performance(), engine_.engine.get()},
      std::move(options));
  if (!opened) {
    return tl::unexpected(opened.error());
  }
  run_ = std::move(*opened);
  if (file.report_port > 0) {
    endpoint_ =
        std::make_unique<job::ReportEndpoint>(*run_, report_token(run_->book().spec().head));
    auto listening = environment_.world.listen(file.report_listen, file.report_port, *endpoint_);
    if (!listening) {
      return tl::unexpected(std::move(listening.error()));
    }
    listening_ = std::move(*listening);
  }
  return {};
}

std::string JobSession::progress_line() const {
  const auto& book = run_->book();
  const auto bill = run_->bill();
  std::map<std::string, int> pools;
  for (const auto& [number, worker] : book.workers()) {
    if (!worker.ended) {
      ++pools[to_text(worker.pool)];
    }
  }
  const auto now = cloud_->clock().now();
  auto line = fmt::format("{}  {:.0f} of {:.0f} tasks  ${:.4f}",
                          to_iso8601(TimePoint{std::chrono::floor<std::chrono::seconds>(now)}),
                          std::min(book.course().tasks_done, book.spec().head.tasks),
                          book.spec().head.tasks, bill.total());
  if (const auto budget =
          book.course().raised_budget ? book.course().raised_budget : book.spec().work.budget) {
    line += fmt::format(" of ${}", to_text(*budget));
  }
  line += hours_left(*run_, now);
  for (const auto& [pool, count] : pools) {
    line += fmt::format("  {} {}", count, pool);
  }
  return line;
}

void JobSession::show_progress() {
  if (environment_.console.shows_progress()) {
    return environment_.console.progress(progress_line());
  }
  const auto now = cloud_->clock().now();
  if (!said_progress_ || now - *said_progress_ >= run_->book().spec().interval) {
    said_progress_ = now;
    environment_.console.say(progress_line());
  }
}

Result<void> JobSession::turn_until(const std::function<bool()>& done) {
  if (steps_) {
    return steps_->run_until(done);
  }
  environment_.world.run_until(done);
  return {};
}

Result<JobEnd> JobSession::finish() {
  auto& world = environment_.world;
  renew();
  run_->start();
  int heard = world.interrupts();
  bool was_told = false;
  const auto is_finished = [&] { return run_->is_over() || run_->is_at_rest() || run_->is_lost(); };
  while (!is_finished()) {
    auto turned = turn_until([&] { return is_finished() || world.interrupts() > heard; });
    if (!turned) {
      return tl::unexpected(std::move(turned.error()));
    }
    environment_.console.clear_progress();
    if (is_finished()) {
      break;
    }
    heard = world.interrupts();
    if (std::exchange(was_told, true)) {
      return JobEnd::Left;
    }
    environment_.console.warn(
        "pausing: ending the workers; once more leaves them working, and costing");
    run_->pause();
  }
  if (run_->is_lost()) {
    return fail(ErrorKind::Busy, "another manager took the job from this one");
  }
  return run_->is_over() ? JobEnd::Over : JobEnd::Paused;
}

Result<std::optional<JobAudit>> JobSession::audit() {
  if (!cloud_->is_lab()) {
    return std::nullopt;
  }
  return audit_job(environment_.world, *cloud_, run_->book().spec().head.id)
      .map([](JobAudit audit) { return std::optional{audit}; });
}

}  // namespace spotvane::cli
