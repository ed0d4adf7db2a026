#include "adapters/sql/sql_probe_ledger.hpp"

#include "adapters/sql/lake_file_row.hpp"
#include "adapters/sql/sql_database.hpp"

#include <string>
#include <tuple>

namespace spotvane::adapters {

namespace {

constexpr std::string_view kColumns =
    "select id, instance_type, region, zone, zone_name, image, via, instance_count, vcpus,"
    " price_micros, max_price_micros, cost_most_micros, timeout_ms, interval_ms, intended_ms,"
    " requested_ms, ended_ms, outcome, note, cleared_ms, spent_micros from probe ";

/// Of a column that may be NULL, which reads as 0: no probe was before 1970.
std::optional<TimePoint> time_if_any(const SqlStatement& row, int column) {
  return row.integer(column) == 0 ? std::nullopt : std::optional{row.time(column)};
}

Money money(const SqlStatement& row, int column) {
  return Money::from_micros(row.integer(column));
}

model::ProbeRecord read_record(const SqlStatement& row) {
  model::ProbeRecord record;
  auto& plan = record.plan;
  plan.id = model::ProbeId{row.text(0)};
  plan.pool = {model::InstanceType{row.text(1)}, model::Region{row.text(2)},
               model::ZoneId{row.text(3)}};
  plan.zone_name = model::ZoneName{row.text(4)};
  plan.image = model::ImageId{row.text(5)};
  plan.via = model::parse_launch_method(row.text(6)).value_or(model::LaunchMethod::SpotRequest);
  plan.count = row.number(7);
  plan.vcpus = row.number(8);
  plan.price = money(row, 9);
  if (const auto most = money(row, 10); most > Money{}) {
    plan.max_price = most;
  }
  plan.cost_most = money(row, 11);
  plan.timeout = Duration{row.integer(12)};
  plan.interval = Duration{row.integer(13)};
  plan.intended = row.time(14);
  record.requested = time_if_any(row, 15);
  if (const auto ended = time_if_any(row, 16)) {
    record.end = {*ended,
                  model::parse_probe_outcome(row.text(17)).value_or(model::ProbeOutcome::CutShort),
                  row.text(18)};
  }
  if (const auto cleared = time_if_any(row, 19)) {
    record.cleared = {*cleared, money(row, 20)};
  }
  return record;
}

}  // namespace

Result<void> SqlProbeLedger::begin(const model::ProbePlan& plan) {
  const auto max_price =
      plan.max_price ? std::optional{plan.max_price->micros()} : std::optional<std::int64_t>{};
  return database_.transaction([&] {
    return database_.run(
        "insert into probe (id, instance_type, region, zone, zone_name, image, via, instance_count,"
        " vcpus, price_micros, max_price_micros, cost_most_micros, timeout_ms, interval_ms,"
        " intended_ms) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        plan.id, plan.pool.type, plan.pool.region, plan.pool.zone, plan.zone_name, plan.image,
        model::to_text(plan.via), plan.count, plan.vcpus, plan.price.micros(), max_price,
        plan.cost_most.micros(), std::int64_t{plan.timeout.count()},
        std::int64_t{plan.interval.count()}, plan.intended);
  });
}

Result<void> SqlProbeLedger::add(const model::ProbeNews& news) {
  return database_.transaction([&]() -> Result<void> {
    return add_marks(news)
        .and_then([&] {
          return database_.run_for_each(
              "insert into probe_resource (probe, kind, id) values (?, ?, ?)"
              " on conflict (probe, kind, id) do nothing",
              news.resources, [&](const model::ProbeResource& one) {
                return std::tuple{news.probe, model::to_text(one.kind), std::string_view{one.id}};
              });
        })
        .and_then([&] {
          return database_.run_for_each(
              "insert into probe_event (probe, position, at_ms, subject, what, detail) values"
              " (?, (select count(*) from probe_event where probe = ?), ?, ?, ?, ?)",
              news.events, [&](const model::ProbeEvent& one) {
                return std::tuple{news.probe,
                                  news.probe,
                                  one.at,
                                  std::string_view{one.subject},
                                  std::string_view{one.what},
                                  std::string_view{one.detail}};
              });
        })
        .and_then([&] {
          return database_.run_for_each(
              "insert into probe_ready (probe, position, at_ms, ready) values"
              " (?, (select count(*) from probe_ready where probe = ?), ?, ?)",
              news.ready, [&](const model::ReadyCount& one) {
                return std::tuple{news.probe, news.probe, one.at, one.ready};
              });
        });
  });
}

Result<void> SqlProbeLedger::add_marks(const model::ProbeNews& news) {
  Result<void> done{};
  if (news.requested) {
    done = database_.run("update probe set requested_ms = ? where id = ?", *news.requested,
                         news.probe);
  }
  if (done && news.end) {
    done = database_.run("update probe set ended_ms = ?, outcome = ?, note = ? where id = ?",
                         news.end->at, model::to_text(news.end->outcome),
                         std::string_view{news.end->note}, news.probe);
  }
  if (done && news.cleared) {
    done = database_.run("update probe set cleared_ms = ?, spent_micros = ? where id = ?",
                         news.cleared->at, news.cleared->spent.micros(), news.probe);
  }
  return done;
}

Result<std::vector<model::ProbeRecord>> SqlProbeLedger::uncleared() {
  return database_.rows<model::ProbeRecord>(
      std::string{kColumns} + "where cleared_ms is null order by intended_ms, id", read_record);
}

Result<std::vector<model::ProbeRecord>> SqlProbeLedger::probes(TimePoint from, TimePoint to) {
  return database_.rows<model::ProbeRecord>(
      std::string{kColumns} + "where intended_ms >= ? and intended_ms < ? order by intended_ms, id",
      read_record, from, to);
}

Result<std::vector<model::ProbeResource>> SqlProbeLedger::resources(const model::ProbeId& probe) {
  return database_.rows<model::ProbeResource>(
      "select kind, id from probe_resource where probe = ? order by kind, id",
      [](const SqlStatement& row) {
        return model::ProbeResource{
            model::parse_resource_kind(row.text(0)).value_or(model::ProbeResource::Kind::Instance),
            row.text(1)};
      },
      probe);
}

Result<std::vector<model::ProbeEvent>> SqlProbeLedger::events(const model::ProbeId& probe) {
  return database_.rows<model::ProbeEvent>(
      "select at_ms, subject, what, detail from probe_event where probe = ? order by position",
      [](const SqlStatement& row) {
        return model::ProbeEvent{row.time(0), row.text(1), row.text(2), row.text(3)};
      },
      probe);
}

Result<std::vector<model::ReadyCount>> SqlProbeLedger::ready_counts(const model::ProbeId& probe) {
  return database_.rows<model::ReadyCount>(
      "select at_ms, ready from probe_ready where probe = ? order by position",
      [](const SqlStatement& row) { return model::ReadyCount{row.time(0), row.number(1)}; }, probe);
}

Result<std::vector<model::ProbeRecord>> SqlProbeLedger::unarchived() {
  return database_.rows<model::ProbeRecord>(
      std::string{kColumns} +
          "where cleared_ms is not null and file is null order by intended_ms, id",
      read_record);
}

Result<void> SqlProbeLedger::commit_file(const LakeFile& file,
                                         const std::vector<model::ProbeId>& probes) {
  return database_.transaction([&]() -> Result<void> {
    auto done = database_.run(
        "insert into probe_file (path, sha256, row_count, byte_count, from_ms, to_ms)"
        " values (?, ?, ?, ?, ?, ?)",
        std::string_view{file.path}, std::string_view{file.sha256}, file.rows, file.bytes,
        file.from, file.to);
    for (const auto& probe : probes) {
      done = done.and_then([&] {
                   return database_.run("update probe set file = ? where id = ? and file is null",
                                        std::string_view{file.path}, probe);
                 })
                 .and_then([&]() -> Result<void> {
                   return database_.changed_rows() > 0
                              ? Result<void>{}
                              : fail(ErrorKind::Storage, "probe '{}' is in the archive already",
                                     probe);
                 });
    }
    return done;
  });
}

Result<std::vector<LakeFile>> SqlProbeLedger::files() {
  return database_.rows<LakeFile>(
      "select path, sha256, row_count, byte_count, from_ms, to_ms from probe_file order by path",
      read_lake_file);
}

}  // namespace spotvane::adapters
