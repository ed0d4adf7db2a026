#include "cli/launch_times.hpp"

#include "base/number.hpp"
#include "base/random.hpp"
#include "cli/csv_table.hpp"
#include "cli/probe_session.hpp"
#include "ports/text_files.hpp"
#include "probe/probe_archiving.hpp"

#include <algorithm>
#include <cmath>

namespace spotvane::cli {

namespace {

/// Launch times are drawn from so many.
constexpr int kLaunchTimes = 999;

/// Of on-demand instances from the request to the end of the boot, as 802 measured launches had
/// it: half within 23 s, nine of ten within 46 s.
constexpr double kMedianLaunchSeconds = 23;
constexpr double kLaunchSpread = 0.541;

Duration of_seconds(double seconds) {
  return Duration{std::llround(seconds * 1000)};
}

/// The log-normal that was fitted, at evenly spaced shares of it, by drawing.
std::vector<Duration> fitted_launch_times() {
  constexpr double kTwoPi = 6.283185307179586;
  Random random{802};
  std::vector<Duration> times;
  for (int i = 0; i < kLaunchTimes; ++i) {
    const auto normal =
        std::sqrt(-2 * std::log1p(-random.unit())) * std::cos(kTwoPi * random.unit());
    times.push_back(of_seconds(kMedianLaunchSeconds * std::exp(kLaunchSpread * normal)));
  }
  return times;
}

/// What probes saw, at even shares of the instances that came.
Result<std::vector<Duration>> probed_launch_times(Environment& environment) {
  auto home = environment.open_home(HomeUse::ReadOnly);
  if (!home) {
    return tl::unexpected(std::move(home.error()));
  }
  auto& ledger = (*home)->state().probes();
  const auto records = ledger.probes(TimePoint{}, TimePoint::max());
  const auto histories =
      records ? probe::read_histories(ledger, *records)
              : Result<std::vector<probe::ProbeHistory>>{tl::unexpected(records.error())};
  if (!histories) {
    return tl::unexpected(histories.error());
  }
  std::vector<probe::Wait> waits;
  for (const auto& pool : probe::pool_statistics(*histories)) {
    waits.insert(waits.end(), pool.to_ready.begin(), pool.to_ready.end());
  }
  const auto steps = probe::kaplan_meier(std::move(waits));
  const auto came = steps.empty() ? 0 : 1 - steps.back().waiting;
  std::vector<Duration> times;
  for (int i = 0; i < kLaunchTimes && came > 0; ++i) {
    if (const auto time = probe::time_to_reach(steps, came * (i + 0.5) / kLaunchTimes)) {
      times.push_back(of_seconds(*time));
    }
  }
  if (times.empty()) {
    return tl::unexpected(Error{ErrorKind::NotFound, "no probe of this home saw an instance ready",
                                "`spotvane probe run` makes some; or '--launch-time fitted'"});
  }
  return times;
}

/// The column seconds of a CSV file.
Result<std::vector<Duration>> recorded_launch_times(TextFiles& files, const std::string& path,
                                                    const std::string& column) {
  const auto table = read_whole(files, path).and_then([](const std::string& text) {
    return parse_csv_table(text);
  });
  if (!table) {
    return tl::unexpected(Error{table.error()}.during(fmt::format("read '{}'", path)));
  }
  const auto place = table->column(column);
  if (!place) {
    return fail(ErrorKind::InvalidInput, "'{}' has no column '{}'; it has '{}'", path, column,
                fmt::join(table->names, "', '"));
  }
  std::vector<Duration> times;
  for (const auto& row : table->rows) {
    const auto seconds = parse_real(row[*place]);
    if (seconds && *seconds >= 0 && *seconds < 86'400) {
      times.push_back(of_seconds(*seconds));
    }
  }
  if (times.empty()) {
    return fail(ErrorKind::Corrupt, "'{}' has no time in its column '{}'", path, column);
  }
  std::sort(times.begin(), times.end());
  return times;
}

}  // namespace

Result<std::vector<Duration>> launch_times_of(Environment& environment, const std::string& how) {
  if (how == "fitted") {
    return fitted_launch_times();
  }
  if (how == "probes") {
    return probed_launch_times(environment);
  }
  if (const auto time = parse_duration(how)) {
    return std::vector{*time};
  }
  const auto colon = how.rfind(':');
  if (colon == std::string::npos) {
    return fail(ErrorKind::InvalidInput,
                "option '--launch-time' must be fitted, probes, FILE:COLUMN or a time, got '{}'",
                how);
  }
  return recorded_launch_times(environment.world.text_files(), how.substr(0, colon),
                               how.substr(colon + 1));
}

}  // namespace spotvane::cli
