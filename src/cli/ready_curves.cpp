#include "cli/ready_curves.hpp"

#include "cli/probe_tables.hpp"
#include "plot/ready_plot.hpp"

#include <algorithm>
#include <array>

namespace spotvane::cli {

namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kLongestLine = 60;

/// For how long the probe was watched.
Duration span_of(const model::ProbeRecord& record) {
  const auto requested = record.requested.value_or(record.plan.intended);
  return record.end ? record.end->at - requested : record.plan.timeout;
}

/// Between two characters, so that the longest line is no longer than it should be.
Duration step_for(Duration longest) {
  constexpr std::array<Duration, 6> kSteps{10s, 30s, 1min, 5min, 10min, 30min};
  const auto* const found = std::find_if(
      kSteps.begin(), kSteps.end(), [&](Duration step) { return longest / step <= kLongestLine; });
  return found == kSteps.end() ? kSteps.back() : *found;
}

char tenths(int ready, int asked) {
  return ready >= asked ? '*' : static_cast<char>('0' + 10 * ready / asked);
}

std::string curve_line(const probe::ProbeHistory& probe, Duration step) {
  const auto requested = probe.record.requested.value_or(probe.record.plan.intended);
  std::string line;
  for (auto at = step;; at += step) {
    int ready = 0;
    for (const auto& count : probe.ready) {
      ready = count.at - requested <= at ? count.ready : ready;
    }
    line += tenths(ready, probe.record.plan.count);
    if (at >= span_of(probe.record)) {
      return line;
    }
  }
}

}  // namespace

Table curve_table(const std::vector<probe::ProbeHistory>& probes) {
  Duration longest{0};
  for (const auto& probe : probes) {
    longest = std::max(longest, span_of(probe.record));
  }
  const auto step = step_for(longest);
  Table table{.name = "ready_curves",
              .columns = {{"pool"},
                          {"requested"},
                          {"instances"},
                          {fmt::format("tenths_ready_every_{}", to_text(step))}}};
  for (const auto& probe : probes) {
    const auto& record = probe.record;
    if (record.requested) {
      table.rows.push_back({pool_text(record.plan.pool), *record.requested,
                            std::int64_t{record.plan.count}, curve_line(probe, step)});
    }
  }
  return table;
}

std::string curves_svg(const std::vector<probe::ProbeHistory>& probes) {
  plot::ReadyPlot plot{.title = "instances ready since the request"};
  for (const auto& probe : probes) {
    const auto& record = probe.record;
    if (!record.requested) {
      continue;
    }
    const auto end = record.end ? record.end->at : *record.requested + record.plan.timeout;
    plot::ReadyCurve curve{
        .label = fmt::format(
            "{} {}", pool_text(record.plan.pool),
            to_iso8601(TimePoint{std::chrono::floor<std::chrono::seconds>(*record.requested)})),
        .asked = record.plan.count,
        .span = end - *record.requested};
    for (const auto& one : probe.ready) {
      curve.steps.emplace_back(one.at - *record.requested, one.ready);
    }
    plot.curves.push_back(std::move(curve));
  }
  return plot::ready_svg(plot);
}

}  // namespace spotvane::cli
