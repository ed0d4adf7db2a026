#include "probe/probe_archiving.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace spotvane::probe {

namespace {

/// One file for the probes of a day, named after the first: no probe is archived twice.
Result<void> archive_day(ProbeLedger& ledger, ProbeArchive& archive, Day day,
                         const std::vector<ProbeHistory>& probes) {
  std::vector<model::ProbeRow> rows;
  std::vector<model::ProbeId> ids;
  for (const auto& probe : probes) {
    auto of_probe = probe_rows(probe);
    std::move(of_probe.begin(), of_probe.end(), std::back_inserter(rows));
    ids.push_back(probe.record.plan.id);
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  const auto file =
      archive.stage(fmt::format("day={}/{}.parquet", to_iso8601(day), ids.front()), rows);
  if (!file) {
    return tl::unexpected(file.error());
  }
  return ledger.commit_file(*file, ids).and_then([&] { return archive.publish(*file); });
}

}  // namespace

std::vector<model::ProbeRow> probe_rows(const ProbeHistory& probe) {
  const auto& record = probe.record;
  const auto requested = record.requested.value_or(record.plan.intended);
  std::vector<model::ProbeRow> rows;
  const auto add = [&](TimePoint at, std::string subject, std::string what, std::string detail) {
    rows.push_back({at, record.plan.id, record.plan.pool, record.plan.via, record.plan.count,
                    requested, std::move(subject), std::move(what), std::move(detail)});
  };
  if (record.requested) {
    add(requested, "", "requested", "");
  }
  for (const auto& event : probe.events) {
    add(event.at, event.subject, event.what, event.detail);
  }
  for (const auto& count : probe.ready) {
    add(count.at, "", "ready-count", fmt::to_string(count.ready));
  }
  if (record.end) {
    const auto& note = record.end->note;
    add(record.end->at, "", "ended",
        fmt::format("{}{}{}", model::to_text(record.end->outcome), note.empty() ? "" : ": ", note));
  }
  if (record.cleared) {
    add(record.cleared->at, "", "cleared", to_text(record.cleared->spent));
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  return rows;
}

Result<std::size_t> archive_probes(ProbeLedger& ledger, ProbeArchive& archive) {
  const auto files = ledger.files();
  const auto records = ledger.unarchived();
  if (!files || !records) {
    return tl::unexpected(!files ? files.error() : records.error());
  }
  Result<void> known{};
  for (const auto& file : *files) {
    if (auto shown = archive.publish(file); !shown) {
      known = std::move(shown);
    }
  }
  if (auto swept = archive.sweep(*files); !swept) {
    known = tl::unexpected(std::move(swept.error()));
  }
  auto histories = read_histories(ledger, *records);
  if (!histories) {
    return tl::unexpected(std::move(histories.error()));
  }
  std::map<Day, std::vector<ProbeHistory>> days;
  for (auto& probe : *histories) {
    const auto& record = probe.record;
    days[day_of(record.requested.value_or(record.plan.intended))].push_back(std::move(probe));
  }
  for (const auto& [day, probes] : days) {
    if (auto done = archive_day(ledger, archive, day, probes); !done) {
      return tl::unexpected(std::move(done.error()));
    }
  }
  // What is wrong with older files keeps no new one back, but is to be heard of.
  return known.map([&] { return records->size(); });
}

Result<std::vector<ProbeHistory>> read_histories(ProbeLedger& ledger,
                                                 const std::vector<model::ProbeRecord>& records) {
  std::vector<ProbeHistory> histories;
  for (const auto& record : records) {
    auto events = ledger.events(record.plan.id);
    auto ready = ledger.ready_counts(record.plan.id);
    if (!events || !ready) {
      return tl::unexpected(!events ? events.error() : ready.error());
    }
    histories.push_back({record, std::move(*events), std::move(*ready)});
  }
  return histories;
}

}  // namespace spotvane::probe
