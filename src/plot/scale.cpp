#include "plot/scale.hpp"

#include "base/assert.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace spotvane::plot {

namespace {

using namespace std::chrono_literals;

constexpr std::array<Duration, 15> kSteps{1min, 2min, 5min, 10min, 15min, 30min, 1h,  2h,
                                          3h,   6h,   12h,  24h,   48h,   96h,   168h};
constexpr std::array<int, 7> kMonthSteps{1, 2, 3, 6, 12, 24, 60};
constexpr auto kDay = Duration{24h};

/// The least of 1, 2, 5, 10, 20, ... that is not below `step`.
double round_step(double step) {
  const double power = std::pow(10.0, std::floor(std::log10(step)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= step * (1 - 1e-9)) {
      return factor * power;
    }
  }
  return 10 * power;
}

TimePoint ceil_to(TimePoint time, Duration step) {
  const auto since = time.time_since_epoch();
  const auto rest = ((since % step) + step) % step;
  return rest == Duration{0} ? time : time + (step - rest);
}

TimeTick tick_of(TimePoint at, Duration step) {
  const std::chrono::year_month_day date{day_of(at)};
  if (step < kDay) {
    const std::chrono::hh_mm_ss clock{at - day_of(at)};
    return {at, fmt::format("{:02}:{:02}", clock.hours().count(), clock.minutes().count()),
            to_iso8601(day_of(at))};
  }
  return {at,
          fmt::format("{:02}-{:02}", static_cast<unsigned>(date.month()),
                      static_cast<unsigned>(date.day())),
          fmt::format("{}", static_cast<int>(date.year()))};
}

std::vector<TimeTick> ticks_every(Duration step, TimePoint from, TimePoint to) {
  std::vector<TimeTick> ticks;
  for (auto at = ceil_to(from, step); at <= to; at += step) {
    ticks.push_back(tick_of(at, step));
  }
  return ticks;
}

std::vector<TimeTick> ticks_of_months(int step, TimePoint from, TimePoint to) {
  std::vector<TimeTick> ticks;
  auto month = std::chrono::year_month_day{day_of(from)}.year() / std::chrono::January;
  for (; TimePoint{Day{month / 1}} <= to; month += std::chrono::months{step}) {
    if (const TimePoint at{Day{month / 1}}; at >= from) {
      ticks.push_back({at, to_iso8601(month), ""});
    }
  }
  return ticks;
}

void leave_out_what_stays(std::vector<TimeTick>& ticks) {
  std::string before;
  for (auto& tick : ticks) {
    if (tick.context == before) {
      tick.context.clear();
    } else {
      before = tick.context;
    }
  }
}

}  // namespace

std::vector<NumberTick> number_ticks(double low, double high, std::size_t count) {
  SPOTVANE_ASSERT(low < high && count > 0);
  const double step = round_step((high - low) / static_cast<double>(count));
  const auto places = std::max(0, static_cast<int>(-std::floor(std::log10(step) + 1e-9)));
  const double first = std::floor(low / step + 1e-9);
  const double last = std::ceil(high / step - 1e-9);
  std::vector<NumberTick> ticks;
  for (double index = first; index <= last; ++index) {
    ticks.push_back({index * step, fmt::format("{:.{}f}", index * step, places)});
  }
  return ticks;
}

std::vector<TimeTick> time_ticks(TimePoint from, TimePoint to, std::size_t most) {
  const auto fits = [&](Duration step) {
    return static_cast<std::size_t>((to - from) / step) + 1 <= most;
  };
  const auto* const step = std::find_if(kSteps.begin(), kSteps.end(), fits);
  std::vector<TimeTick> ticks;
  if (step != kSteps.end()) {
    ticks = ticks_every(*step, from, to);
  } else {
    const auto* const months =
        std::find_if(kMonthSteps.begin(), kMonthSteps.end() - 1,
                     [&](int count) { return fits(Duration{28 * 24h} * count); });
    ticks = ticks_of_months(*months, from, to);
  }
  leave_out_what_stays(ticks);
  return ticks;
}

}  // namespace spotvane::plot
