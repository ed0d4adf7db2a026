#include "adapters/sql/sql_job_store.hpp"

#include "adapters/sql/sql_database.hpp"
#include "base/split.hpp"

#include <string>
#include <tuple>

namespace spotvane::adapters {

namespace {

constexpr std::string_view kJobColumns =
    "select id, name, file, settled, tasks, begun_ms, state, note, ended_ms, tasks_done,"
    " raised_micros, is_ahead, is_calibrated, holder, held_until_ms, is_asked_to_stop from job ";

/// Of a column that may be NULL, which reads as 0: nothing was before 1970.
std::optional<TimePoint> job_time(const SqlStatement& row, int column) {
  return row.integer(column) == 0 ? std::nullopt : std::optional{row.time(column)};
}

/// Of a column that may be NULL, where no sum is nothing.
std::optional<Money> job_money(const SqlStatement& row, int column) {
  return row.integer(column) == 0 ? std::nullopt
                                  : std::optional{Money::from_micros(row.integer(column))};
}

std::optional<std::int64_t> micros_of(const std::optional<Money>& money) {
  return money ? std::optional{money->micros()} : std::nullopt;
}

model::WorkerPool pool_at(const SqlStatement& row, int column) {
  return {model::InstanceType{row.text(column)}, model::ZoneName{row.text(column + 1)},
          row.flag(column + 2)};
}

std::string settled_lines(const std::vector<model::Tag>& settled) {
  std::string lines;
  for (const auto& one : settled) {
    lines += fmt::format("{}={}\n", one.key, one.value);
  }
  return lines;
}

std::vector<model::Tag> settled_of(const std::string& lines) {
  std::vector<model::Tag> settled;
  for (const auto line : split(lines, '\n')) {
    if (const auto equals = line.find('='); equals != std::string_view::npos) {
      settled.push_back(
          {std::string{line.substr(0, equals)}, std::string{line.substr(equals + 1)}});
    }
  }
  return settled;
}

model::JobRecord read_job(const SqlStatement& row) {
  model::JobRecord record{.head = {.id = model::JobId{row.text(0)},
                                   .name = row.text(1),
                                   .file = row.text(2),
                                   .settled = settled_of(row.text(3)),
                                   .tasks = row.real(4),
                                   .begun = row.time(5)}};
  record.course = {.state = model::parse_job_state(row.text(6)).value_or(model::JobState::Failed),
                   .note = row.text(7),
                   .ended = job_time(row, 8),
                   .tasks_done = row.real(9),
                   .raised_budget = job_money(row, 10),
                   .is_ahead = row.flag(11),
                   .is_calibrated = row.flag(12)};
  record.holder = row.text(13);
  record.held_until = row.time(14);
  record.is_asked_to_stop = row.flag(15);
  return record;
}

model::JobWorker read_worker(const SqlStatement& row) {
  model::JobWorker worker{.number = row.integer(0),
                          .id = model::InstanceId{row.text(1)},
                          .launch = row.integer(2),
                          .pool = pool_at(row, 3),
                          .launched = row.time(6),
                          .running = job_time(row, 7),
                          .noticed = job_time(row, 8),
                          .ending = job_time(row, 9),
                          .reason = row.text(10),
                          .ended = job_time(row, 11),
                          .is_interrupted = row.flag(12),
                          .patience = row.number(13),
                          .tasks = row.real(14)};
  worker.recommended = job_time(row, 19);
  if (const auto reported = job_time(row, 17)) {
    worker.report = {row.real(15), row.real(16), *reported};
  }
  // What it cost is kept plus one: nothing is a sum, too.
  if (const auto cost = row.integer(18); cost > 0) {
    worker.cost = Money::from_micros(cost - 1);
  }
  return worker;
}

}  // namespace

Result<void> SqlJobStore::begin(const model::JobHead& head) {
  return database_.transaction([&] {
    return database_.run(
        "insert into job (id, name, file, settled, tasks, begun_ms, state, note, ended_ms,"
        " tasks_done, raised_micros, is_ahead, is_calibrated, holder, held_until_ms,"
        " is_asked_to_stop) values (?, ?, ?, ?, ?, ?, 'running', '', null, 0.0, null, 1, 0, '', 0,"
        " 0)",
        head.id, std::string_view{head.name}, std::string_view{head.file},
        std::string_view{settled_lines(head.settled)}, head.tasks, head.begun);
  });
}

Result<bool> SqlJobStore::hold(const model::JobId& job, const std::string& holder, TimePoint now,
                               TimePoint until) {
  bool is_held = false;
  return database_
      .transaction([&]() -> Result<void> {
        auto taken = database_.run(
            "update job set holder = ?, held_until_ms = ? where id = ?"
            " and (holder = ? or holder = '' or held_until_ms <= ?)",
            std::string_view{holder}, until, job, std::string_view{holder}, now);
        is_held = taken && database_.changed_rows() > 0;
        return taken;
      })
      .and_then([&]() -> Result<bool> {
        if (is_held) {
          return true;
        }
        return this->job(job).and_then([&](const auto& known) -> Result<bool> {
          return known ? Result<bool>{false} : fail(ErrorKind::NotFound, "no job '{}'", job);
        });
      });
}

Result<void> SqlJobStore::release(const model::JobId& job, const std::string& holder) {
  return database_.transaction([&] {
    return database_.run(
        "update job set holder = '', held_until_ms = 0 where id = ? and holder = ?", job,
        std::string_view{holder});
  });
}

Result<void> SqlJobStore::ask_to_stop(const model::JobId& job) {
  return database_.transaction(
      [&] { return database_.run("update job set is_asked_to_stop = 1 where id = ?", job); });
}

Result<void> SqlJobStore::add(const model::JobNews& news) {
  return database_.transaction([&]() -> Result<void> {
    return database_
        .run("update job set holder = holder where id = ? and holder = ?", news.job,
             std::string_view{news.holder})
        .and_then([&]() -> Result<void> {
          return database_.changed_rows() > 0
                     ? Result<void>{}
                     : fail(ErrorKind::Busy, "job '{}' is run by another manager", news.job);
        })
        .and_then([&] { return save_course(news); })
        .and_then([&] { return save_launches(news); })
        .and_then([&] { return save_workers(news); })
        .and_then([&] { return save_decisions(news); })
        .and_then([&] { return save_back_offs(news); });
  });
}

Result<void> SqlJobStore::save_course(const model::JobNews& news) {
  if (!news.course) {
    return {};
  }
  const auto& course = *news.course;
  return database_.run(
      "update job set state = ?, note = ?, ended_ms = ?, tasks_done = ?, raised_micros = ?,"
      " is_ahead = ?, is_calibrated = ? where id = ?",
      model::to_text(course.state), std::string_view{course.note}, course.ended, course.tasks_done,
      micros_of(course.raised_budget), course.is_ahead, course.is_calibrated, news.job);
}

Result<void> SqlJobStore::save_launches(const model::JobNews& news) {
  return database_.run_for_each(
      "insert into job_launch (job, number, instance_type, zone, is_on_demand, image,"
      " instance_count, price_micros, max_price_micros, reason, decided_ms, is_open, realised,"
      " error) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (job, number) do"
      " update set is_open = excluded.is_open, realised = excluded.realised,"
      " error = excluded.error",
      news.launches, [&](const model::JobLaunch& one) {
        return std::tuple{news.job,
                          one.number,
                          one.pool.type,
                          one.pool.zone,
                          one.pool.is_on_demand,
                          one.image,
                          one.count,
                          one.price.micros(),
                          micros_of(one.max_price),
                          std::string_view{one.reason},
                          one.decided,
                          one.is_open,
                          one.realised,
                          std::string_view{one.error}};
      });
}

Result<void> SqlJobStore::save_workers(const model::JobNews& news) {
  return database_.run_for_each(
      "insert into job_worker (job, number, id, launch, instance_type, zone, is_on_demand,"
      " launched_ms, running_ms, noticed_ms, ending_ms, reason, ended_ms, is_interrupted, patience,"
      " tasks, rate, deviation, reported_ms, cost_micros, recommended_ms) values"
      " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (job, number) "
      "do"
      " update set running_ms = excluded.running_ms, noticed_ms = excluded.noticed_ms,"
      " ending_ms = excluded.ending_ms, reason = excluded.reason, ended_ms = excluded.ended_ms,"
      " is_interrupted = excluded.is_interrupted, patience = excluded.patience,"
      " tasks = excluded.tasks, rate = excluded.rate, deviation = excluded.deviation,"
      " reported_ms = excluded.reported_ms, cost_micros = excluded.cost_micros,"
      " recommended_ms = excluded.recommended_ms",
      news.workers, [&](const model::JobWorker& one) {
        const auto report = one.report.value_or(model::WorkerReport{});
        return std::tuple{news.job,
                          one.number,
                          one.id,
                          one.launch,
                          one.pool.type,
                          one.pool.zone,
                          one.pool.is_on_demand,
                          one.launched,
                          one.running,
                          one.noticed,
                          one.ending,
                          std::string_view{one.reason},
                          one.ended,
                          one.is_interrupted,
                          one.patience,
                          one.tasks,
                          report.tasks_per_second,
                          report.deviation,
                          one.report ? std::optional{report.at} : std::nullopt,
                          one.cost ? std::optional{one.cost->micros() + 1} : std::nullopt,
                          one.recommended};
      });
}

Result<void> SqlJobStore::save_decisions(const model::JobNews& news) {
  return database_.run_for_each(
      "insert into job_decision (job, position, at_ms, subject, what, detail) values"
      " (?, (select coalesce(max(position) + 1, 0) from job_decision where job = ?), ?, ?, ?, ?)",
      news.decisions, [&](const model::JobDecision& one) {
        return std::tuple{news.job,
                          news.job,
                          one.at,
                          std::string_view{one.subject},
                          std::string_view{one.what},
                          std::string_view{one.detail}};
      });
}

Result<void> SqlJobStore::save_back_offs(const model::JobNews& news) {
  return database_.run_for_each(
      "insert into pool_back_off (instance_type, zone, is_on_demand, until_ms, last_ms) values"
      " (?, ?, ?, ?, ?) on conflict (instance_type, zone, is_on_demand) do update set"
      " until_ms = excluded.until_ms, last_ms = excluded.last_ms",
      news.back_offs, [](const model::PoolBackOff& one) {
        return std::tuple{one.pool.type, one.pool.zone, one.pool.is_on_demand, one.until,
                          std::int64_t{one.last.count()}};
      });
}

Result<std::optional<model::JobRecord>> SqlJobStore::job(const model::JobId& job) {
  return database_.first<model::JobRecord>(std::string{kJobColumns} + "where id = ?", read_job,
                                           job);
}

Result<std::vector<model::JobRecord>> SqlJobStore::jobs() {
  return database_.rows<model::JobRecord>(
      std::string{kJobColumns} + "order by begun_ms desc, id desc", read_job);
}

Result<std::vector<model::JobLaunch>> SqlJobStore::launches(const model::JobId& job) {
  return database_.rows<model::JobLaunch>(
      "select number, instance_type, zone, is_on_demand, image, instance_count, price_micros,"
      " max_price_micros, reason, decided_ms, is_open, realised, error from job_launch"
      " where job = ? order by number",
      [](const SqlStatement& row) {
        return model::JobLaunch{.number = row.integer(0),
                                .pool = pool_at(row, 1),
                                .image = model::ImageId{row.text(4)},
                                .count = row.number(5),
                                .price = Money::from_micros(row.integer(6)),
                                .max_price = job_money(row, 7),
                                .reason = row.text(8),
                                .decided = row.time(9),
                                .is_open = row.flag(10),
                                .realised = row.number(11),
                                .error = row.text(12)};
      },
      job);
}

Result<std::vector<model::JobWorker>> SqlJobStore::workers(const model::JobId& job) {
  return database_.rows<model::JobWorker>(
      "select number, id, launch, instance_type, zone, is_on_demand, launched_ms, running_ms,"
      " noticed_ms, ending_ms, reason, ended_ms, is_interrupted, patience, tasks, rate, deviation,"
      " reported_ms, cost_micros, recommended_ms from job_worker where job = ? order by number",
      read_worker, job);
}

Result<std::vector<model::JobDecision>> SqlJobStore::decisions(const model::JobId& job, int most) {
  return database_.rows<model::JobDecision>(
      "select at_ms, subject, what, detail from job_decision where job = ?"
      " order by position desc limit ?",
      [](const SqlStatement& row) {
        return model::JobDecision{row.time(0), row.text(1), row.text(2), row.text(3)};
      },
      job, most);
}

Result<std::vector<model::PoolBackOff>> SqlJobStore::back_offs() {
  return database_.rows<model::PoolBackOff>(
      "select instance_type, zone, is_on_demand, until_ms, last_ms from pool_back_off"
      " order by instance_type, zone, is_on_demand",
      [](const SqlStatement& row) {
        return model::PoolBackOff{pool_at(row, 0), row.time(3), Duration{row.integer(4)}};
      });
}

}  // namespace spotvane::adapters
