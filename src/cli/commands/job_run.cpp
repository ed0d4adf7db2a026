#include "cli/commands/job_run.hpp"

#include "cli/job_hosts.hpp"
#include "cli/job_setup.hpp"
#include "cli/job_tables.hpp"

#include <utility>

namespace spotvane::cli {

namespace {

constexpr int kDecisionsReported = 100'000;

/// Prints what became of it; an error where that is not what was asked for.
Result<ExitCode> report_end(Environment& environment, JobSession& session, JobEnd end) {
  const auto& book = session.run().book();
  const auto& head = book.spec().head;
  if (end == JobEnd::Left) {
    environment.console.warn(
        fmt::format("left: the workers of job '{}' work on, and cost; `spotvane job run` goes on "
                    "with it, `spotvane job stop {}` ends them",
                    head.id, head.name));
    return ExitCode::Partly;
  }
  const auto decisions = session.store().decisions(head.id, kDecisionsReported);
  if (!decisions) {
    return tl::unexpected(decisions.error());
  }
  auto report = job_report(book, session.run().bill(), *decisions);
  if (const auto audit = session.audit(); !audit) {
    environment.console.warn(fmt::format("warning: {}", audit.error().message));
  } else if (*audit) {
    for (auto& fact : audit_facts(**audit)) {
      report.facts.push_back(std::move(fact));
    }
  }
  environment.show(report);
  if (end == JobEnd::Paused) {
    environment.console.warn(
        fmt::format("paused: all workers of job '{}' are ended; `spotvane job run` goes on with "
                    "it, `spotvane job stop {}` ends it for good",
                    head.id, head.name));
    return ExitCode::Partly;
  }
  switch (book.course().state) {
    case model::JobState::Done:
    case model::JobState::Stopped:
      return ExitCode::Done;
    case model::JobState::Running:
    case model::JobState::Infeasible:
    case model::JobState::Failed:
      break;
  }
  const bool is_infeasible = book.course().state == model::JobState::Infeasible;
  return tl::unexpected(Error{
      ErrorKind::Unavailable,
      fmt::format("job '{}' {}: {}", head.name,
                  is_infeasible ? "cannot be done as asked" : "failed", book.course().note),
      is_infeasible ? "raise 'budget_usd' or 'deadline', or let it raise its budget by itself: "
                      "on_infeasible = \"raise\", raise_to_usd"
                    : ""});
}

/// As `find_job`; fails with `Busy` where an instance runs such a job whose state is there.
Result<model::JobRecord> find_job_here(Environment& environment, StateStore& state,
                                       const std::string& name) {
  auto record = find_job(state.jobs(), name);
  if (record && !record->course.ended) {
    return record;
  }
  auto elsewhere = hosted_elsewhere(environment, state, record ? record->head.name : name);
  if (elsewhere && *elsewhere) {
    return tl::unexpected(std::move(**elsewhere));
  }
  if (!elsewhere) {
    environment.console.warn(fmt::format("warning: {}", elsewhere.error().message));
  }
  return record;
}

}  // namespace

void JobRunCommand::declare(Flags& flags, Settings& /*settings*/) {
  flags.positional("JOB", "the job's file (docs/fleet.md)", path_);
  flags.toggle("calibrate",
               "measure types that nobody measured yet, on a few of the tasks, as `calibrate = "
               "true` in the file",
               calibrates_);
  flags.real("manager-price", "USD",
             "what an hour of the machine costs that this runs on, where the file does not say",
             manager_price_, 0, 1e6);
  flags.toggle("lab-steps",
               "in a lab in step time: move its clock on whenever there is nothing more to do, so "
               "that hours take seconds",
               is_stepping_);
  flags.text(
      "pits-home", "FOLDER",
      "where PY-PITS is: a virtual environment or a checkout (engine = \"pypits\"), in place "
      "of the file's 'pits.home'",
      pits_home_);
}

Result<ExitCode> JobRunCommand::run(Environment& environment) {
  auto job = read_runnable_job(environment.world, path_, [this](JobFile& file) {
    file.calibrate = file.calibrate || calibrates_;
    file.manager_price = file.manager_price > 0 ? file.manager_price : manager_price_;
    file.pits.home = pits_home_.value_or(file.pits.home);
  });
  if (!job) {
    return tl::unexpected(std::move(job.error()));
  }
  auto session = JobSession::open(environment, is_stepping_);
  if (!session) {
    return tl::unexpected(std::move(session.error()));
  }
  if (auto taken = (*session)->take(std::move(job->file), job->text); !taken) {
    return tl::unexpected(std::move(taken.error()));
  }
  const auto end = (*session)->finish();
  return end ? report_end(environment, **session, *end) : tl::unexpected(end.error());
}

void JobStatus::declare(Flags& flags, Settings& /*settings*/) {
  flags.positional("JOB", "its name or ID (default: list all)", job_);
  flags.number("decisions", "N", "show the latest so many", decisions_, 0, 1'000'000);
}

Result<ExitCode> JobStatus::run(Environment& environment) {
  auto home = environment.open_state(HomeUse::ReadOnly);
  if (!home) {
    return tl::unexpected(std::move(home.error()));
  }
  auto& store = (*home)->state().jobs();
  if (!job_) {
    const auto jobs = store.jobs();
    if (!jobs) {
      return tl::unexpected(jobs.error());
    }
    environment.show({.tables = {jobs_table(*jobs)}});
    return ExitCode::Done;
  }
  const auto record = find_job_here(environment, (*home)->state(), *job_);
  if (!record) {
    return tl::unexpected(record.error());
  }
  const auto workers = store.workers(record->head.id);
  const auto decisions = store.decisions(record->head.id, decisions_);
  if (!workers || !decisions) {
    return tl::unexpected(!workers ? workers.error() : decisions.error());
  }
  environment.show(job_status(*record, *workers, *decisions));
  return ExitCode::Done;
}

void JobStop::declare(Flags& flags, Settings& /*settings*/) {
  flags.positional("JOB", "its name or ID", job_);
}

Result<ExitCode> JobStop::run(Environment& environment) {
  auto session = JobSession::open(environment);
  if (!session) {
    return tl::unexpected(std::move(session.error()));
  }
  auto& store = (*session)->store();
  const auto record = find_job_here(environment, (*session)->state(), job_);
  if (!record) {
    return tl::unexpected(record.error());
  }
  if (record->course.ended) {
    environment.console.say(fmt::format("job '{}' is over", record->head.id));
    return ExitCode::Done;
  }
  if (auto asked = store.ask_to_stop(record->head.id); !asked) {
    return tl::unexpected(asked.error());
  }
  auto taken = (*session)->take(*record);
  if (!taken && taken.error().kind == ErrorKind::Busy) {
    environment.console.say(
        fmt::format("job '{}': its manager was asked to end it", record->head.id));
    return ExitCode::Done;
  }
  if (!taken) {
    return tl::unexpected(std::move(taken.error()));
  }
  (*session)->stop("by its user");
  const auto end = (*session)->finish();
  return end ? report_end(environment, **session, *end) : tl::unexpected(end.error());
}

}  // namespace spotvane::cli
