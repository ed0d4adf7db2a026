#include "cli/demo_job.hpp"

#include "base/assert.hpp"
#include "cli/example_job.hpp"
#include "cli/job_setup.hpp"
#include "cli/job_tables.hpp"
#include "cli/lab_audit.hpp"
#include "cli/lab_steps.hpp"
#include "job/job_run.hpp"
#include "lab/local_calls.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace spotvane::cli {

namespace {

constexpr auto kExampleFile = "examples/pi.toml";
constexpr auto kDemoHolder = "demo";
constexpr Duration kDemoLease = std::chrono::hours{24};
constexpr int kDemoDecisions = 1000;
/// A worker's beginning is known to within a look, so the sums may differ by so much.
constexpr double kBillsDiffer = 0.001;

/// The job in the store, held, and ready to run.
Result<std::shared_ptr<job::JobRun>> open_example(const DemoPlace& place, Cloud& cloud,
                                                  LabSteps& steps) {
  auto& [environment, session, lab, access, seed] = place;
  const std::string text{example_job()};
  auto file = read_job_file(kExampleFile, text);
  if (!file) {
    return tl::unexpected(std::move(file.error()));
  }
  const model::JobHead head{
      .id = model::JobId{fmt::format("{}-{:08x}", file->name, static_cast<std::uint32_t>(seed))},
      .name = file->name,
      .file = text,
      .tasks = file->tasks.value_or(0),
      .begun = lab.clock().now()};
  auto& state = session.state();
  auto spec = settle_job(environment, cloud, state, *file, head);
  if (!spec) {
    return tl::unexpected(std::move(spec.error()));
  }
  const auto wall = environment.world.wall_clock().now();
  auto held = state.jobs().begin(head).and_then(
      [&] { return state.jobs().hold(head.id, kDemoHolder, wall, wall + kDemoLease); });
  if (!held) {
    return tl::unexpected(std::move(held.error()));
  }
  job::JobRun::Options options{.holder = kDemoHolder};
  options.on_trouble = [&console = environment.console](const Error& error) {
    console.warn(fmt::format("warning: {}", error.message));
  };
  return job::JobRun::open(std::move(*spec),
                           {lab.clock(), steps, cloud.instances(), cloud.ec2(),
                            cloud.worker_reports(), state.jobs(), state.performance()},
                           std::move(options));
}

/// Has AWS take back a worker that works.
Result<void> strike_one(const DemoPlace& place, const job::JobRun& run) {
  const auto& workers = run.book().workers();
  const auto one = std::find_if(workers.begin(), workers.end(), [](const auto& each) {
    const auto& worker = each.second;
    return worker.running && !worker.ended && !worker.ending && !worker.pool.is_on_demand;
  });
  if (one == workers.end()) {
    return {};
  }
  const auto& address = *place.access.endpoint_url;
  lab::LocalCalls calls{place.lab, place.environment.world.wall_clock(),
                        address.substr(address.find("//") + 2), *place.access.region};
  return calls.order("instances", fmt::format(R"({{"interrupt":["{}"]}})", one->second.id))
      .map([](const std::string&) {});
}

Result<void> run_to_end(const DemoPlace& place, job::JobRun& run, LabSteps& steps) {
  run.start();
  const auto& book = run.book();
  return steps
      .run_until(
          [&] { return run.is_over() || book.course().tasks_done > book.spec().head.tasks / 2; })
      .and_then([&] { return strike_one(place, run); })
      .and_then([&] { return steps.run_until([&] { return run.is_over(); }); });
}

Table summary_of(const Document& report, const JobAudit& audit) {
  Table table{.name = "job", .columns = {}, .rows = {{}}};
  const auto add = [&](const std::string& name, const Value& value) {
    table.columns.push_back({name, name.starts_with("tasks") ? 0 : 4});
    table.rows.front().push_back(value);
  };
  for (const auto* shown : {"job", "state", "tasks_done", "cost_usd", "on_demand_usd",
                            "saved_percent", "workers", "interruptions"}) {
    const auto fact = std::find_if(report.facts.begin(), report.facts.end(),
                                   [&](const auto& one) { return one.first == shown; });
    SPOTVANE_ASSERT(fact != report.facts.end());
    add(fact->first, fact->second);
  }
  for (const auto& [name, value] : audit_facts(audit)) {
    add(name, value);
  }
  return table;
}

/// What a newcomer should not see.
std::optional<Error> wrong_with(const job::JobRun& run, const JobAudit& audit) {
  const auto& course = run.book().course();
  const auto bill = run.bill().total();
  const auto wrong = [](std::string message) {
    return Error{ErrorKind::Unavailable, "the demo's job: " + std::move(message)};
  };
  if (course.state != model::JobState::Done) {
    return wrong(fmt::format("it was not done: {}", course.note));
  }
  if (audit.left > 0) {
    return wrong(fmt::format("{} of its instances and requests are left", audit.left));
  }
  if (std::abs(bill - audit.usd) > kBillsDiffer * audit.usd) {
    return wrong(fmt::format("it cost ${:.4f} by its own count, ${:.4f} by the lab's audit", bill,
                             audit.usd));
  }
  return std::nullopt;
}

}  // namespace

Result<DemoJob> run_example_job(const DemoPlace& place) {
  auto& world = place.environment.world;
  auto options = place.access;
  options.one_at_a_time = true;
  const auto cloud = world.connect(options);
  if (!cloud) {
    return tl::unexpected(cloud.error());
  }
  LabSteps steps{place.lab, world, **cloud};
  const auto run = open_example(place, **cloud, steps);
  if (!run) {
    return tl::unexpected(Error{run.error()}.during("run the demo's job"));
  }
  const auto done = run_to_end(place, **run, steps);
  if (!done) {
    return tl::unexpected(Error{done.error()}.during("run the demo's job"));
  }
  const auto& book = (*run)->book();
  auto& store = place.session.state().jobs();
  const auto decisions = store.release(book.spec().head.id, kDemoHolder).and_then([&] {
    return store.decisions(book.spec().head.id, kDemoDecisions);
  });
  const auto audit = audit_job(world, **cloud, book.spec().head.id);
  if (!decisions || !audit) {
    return tl::unexpected(!decisions ? decisions.error() : audit.error());
  }
  auto report = job_report(book, (*run)->bill(), *decisions);
  DemoJob outcome{.report = {.tables = {summary_of(report, *audit)}},
                  .wrong = wrong_with(**run, *audit)};
  for (auto& table : report.tables) {
    table.name = "job_" + table.name;
    outcome.report.tables.push_back(std::move(table));
  }
  return outcome;
}

}  // namespace spotvane::cli
