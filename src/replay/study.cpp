#include "replay/study.hpp"

#include "replay/oracle.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <future>

namespace spotvane::replay {

namespace {

constexpr std::string_view kOracle = "oracle";

/// How long the calling thread waits for the others before it asks again whether to go on.
constexpr std::chrono::milliseconds kBetweenQuestions{50};

const AvailabilityTrace* trace_of(const Study& study, const std::string& zone) {
  const auto trace = std::find_if(study.traces.begin(), study.traces.end(),
                                  [&](const AvailabilityTrace& one) { return one.zone == zone; });
  return trace != study.traces.end() ? &*trace : nullptr;
}

Result<void> check_window(const Study& study, const Window& window) {
  const auto* trace = trace_of(study, window.zone);
  if (trace == nullptr) {
    return fail(ErrorKind::InvalidInput, "window {} is of zone '{}', of which there is no trace",
                window.i, window.zone);
  }
  if (window.end > trace->available.size()) {
    return fail(ErrorKind::InvalidInput,
                "window {} of '{}' ends at tick {}, but the trace has {} ticks", window.i,
                window.zone, window.end, trace->available.size());
  }
  const auto length = static_cast<std::int64_t>(window.end - window.begin) * trace->gap;
  const auto latest = *std::max_element(study.deadlines.begin(), study.deadlines.end());
  if (latest > length) {
    return fail(ErrorKind::InvalidInput,
                "window {} of '{}' is '{}' long, and the deadline '{}' lies beyond it", window.i,
                window.zone, to_text(length), to_text(latest));
  }
  return {};
}

Result<void> check_zones(const Study& study) {
  const auto& first = study.traces.front();
  for (const auto& trace : study.traces) {
    if (trace.gap != first.gap || trace.available.size() != first.available.size()) {
      return fail(ErrorKind::InvalidInput,
                  "a job can move only between traces of the same time: '{}' has {} ticks of '{}', "
                  "'{}' {} of '{}'",
                  first.zone, first.available.size(), to_text(first.gap), trace.zone,
                  trace.available.size(), to_text(trace.gap));
    }
  }
  return {};
}

/// One window's part of a study.
class WindowRuns {
 public:
  WindowRuns(const Study& study, std::size_t window) : study_{study}, window_{window} {
    const auto& stretch = study.windows[window];
    const auto* own = trace_of(study, stretch.zone);
    market_ = {.gap = own->gap, .zones = {}, .on_demand_price = study.on_demand_price};
    for (const auto& trace : study.traces) {
      if (study.is_multi_zone || &trace == own) {
        const std::span all{trace.available};
        market_.zones.push_back(
            {all.subspan(stretch.begin, stretch.end - stretch.begin), study.spot_price});
      }
    }
  }

  Result<void> write(std::span<Run> runs) {
    auto run = runs.begin();
    for (std::size_t changeover = 0; changeover < study_.changeovers.size(); ++changeover) {
      auto courses = oracle_courses(study_.changeovers[changeover]);
      if (!courses) {
        return tl::unexpected(courses.error());
      }
      for (std::size_t deadline = 0; deadline < study_.deadlines.size(); ++deadline) {
        for (std::size_t contender = 0; contender < study_.contenders.size(); ++contender) {
          *run++ = {window_, contender, changeover, deadline,
                    study_.contenders[contender].make ? replay_one(contender, changeover, deadline)
                                                      : (*courses)[deadline]};
        }
      }
    }
    return {};
  }

 private:
  /// Empty where nobody asks the oracle.
  Result<std::vector<Outcome>> oracle_courses(Duration changeover) const {
    const auto asks = std::any_of(study_.contenders.begin(), study_.contenders.end(),
                                  [](const Contender& one) { return !one.make; });
    return asks ? cheapest_courses(study_.work, changeover, study_.deadlines, market_)
                : std::vector<Outcome>{};
  }

  Outcome replay_one(std::size_t contender, std::size_t changeover, std::size_t deadline) const {
    const auto& one = study_.contenders[contender];
    const auto own = one.by_zone.find(study_.windows[window_].zone);
    const auto policy = own != one.by_zone.end() ? own->second() : (*one.make)();
    return replay_job({.work = study_.work,
                       .deadline = study_.deadlines[deadline],
                       .changeover = study_.changeovers[changeover]},
                      market_, *policy);
  }

  const Study& study_;
  std::size_t window_;
  RecordedMarket market_;
};

std::size_t runs_of_window(const Study& study) {
  return study.changeovers.size() * study.deadlines.size() * study.contenders.size();
}

/// Takes windows nobody has taken yet until there are none, or `is_stopped`.
Result<void> work(const Study& study, std::vector<Run>& runs, std::atomic<std::size_t>& taken,
                  std::atomic<bool>& is_stopped) {
  const auto size = runs_of_window(study);
  while (!is_stopped) {
    const auto window = taken.fetch_add(1);
    if (window >= study.windows.size()) {
      break;
    }
    if (auto done = WindowRuns{study, window}.write(std::span{runs}.subspan(window * size, size));
        !done) {
      is_stopped = true;
      return done;
    }
  }
  return {};
}

}  // namespace

policy::SpotHazards counted_hazards(std::span<const AvailabilityTrace> traces,
                                    std::string_view left_out) {
  struct Count {
    double ticks = 0;
    double ends = 0;
  };
  std::array<std::array<Count, policy::kAges>, 2> counts{};  // of outages, of stretches with spot
  for (const auto& trace : traces) {
    const auto gap = in_hours(trace.gap);
    if (trace.zone == left_out) {
      continue;
    }
    // Nobody saw the first stretch begin, so its ages are not known.
    const auto& ticks = trace.available;
    auto tick = static_cast<std::size_t>(std::find(ticks.begin(), ticks.end(), 1 - ticks.front()) -
                                         ticks.begin());
    double age = 0;
    for (; tick + 1 < ticks.size(); ++tick) {
      auto& count = counts[ticks[tick]][policy::age_class(age)];
      const auto has_ended = ticks[tick + 1] != ticks[tick];
      count.ticks += 1;
      count.ends += has_ended ? 1 : 0;
      age = has_ended ? 0 : age + gap;
    }
  }
  auto hazards = policy::kPriorHazards;
  const auto hazard_of = [&](const Count& count, double otherwise) {
    constexpr double kMost = 0.99;
    return count.ticks > 0 ? -std::log1p(-std::min(count.ends / count.ticks, kMost)) /
                                 in_hours(traces.front().gap)
                           : otherwise;
  };
  for (std::size_t age = 0; age < policy::kAges; ++age) {
    hazards.preemption[age] = hazard_of(counts[1][age], hazards.preemption[age]);
    hazards.recovery[age] = hazard_of(counts[0][age], hazards.recovery[age]);
  }
  return hazards;
}

Result<Contender> contender_named(std::string_view name) {
  if (name == kOracle) {
    return Contender{std::string{name}, std::nullopt, {}};
  }
  return policy::policy_named(name).map(
      [&](policy::MakePolicy make) { return Contender{std::string{name}, std::move(make), {}}; });
}

Result<Study> checked(Study study) {
  if (study.windows.empty()) {
    for (const auto& trace : study.traces) {
      study.windows.push_back({trace.zone, 0, 0, trace.available.size()});
      if (study.is_multi_zone) {
        break;
      }
    }
  }
  for (const auto deadline : study.deadlines) {
    for (const auto changeover : study.changeovers) {
      if (study.work + changeover > deadline) {
        return fail(ErrorKind::InvalidInput,
                    "work of '{}' and a change-over of '{}' cannot meet a deadline of '{}'",
                    to_text(study.work), to_text(changeover), to_text(deadline));
      }
    }
  }
  if (study.is_multi_zone) {
    if (auto good = check_zones(study); !good) {
      return tl::unexpected(good.error());
    }
  }
  for (const auto& window : study.windows) {
    if (auto good = check_window(study, window); !good) {
      return tl::unexpected(good.error());
    }
  }
  return study;
}

Result<std::vector<Run>> run_study(const Study& study, int threads,
                                   const std::function<bool(double share_done)>& go_on) {
  std::vector<Run> runs(study.windows.size() * runs_of_window(study));
  std::atomic<std::size_t> taken = 0;
  std::atomic<bool> is_stopped = false;
  std::vector<std::future<Result<void>>> workers;
  for (int thread = 0; thread < threads; ++thread) {
    workers.push_back(
        std::async(std::launch::async, [&] { return work(study, runs, taken, is_stopped); }));
  }
  bool is_cancelled = false;
  for (auto& worker : workers) {
    while (worker.wait_for(kBetweenQuestions) == std::future_status::timeout) {
      const auto done = std::min(taken.load(), study.windows.size());
      if (!go_on(static_cast<double>(done) / static_cast<double>(study.windows.size()))) {
        is_cancelled = true;
        is_stopped = true;
      }
    }
  }
  for (auto& worker : workers) {
    if (auto done = worker.get(); !done) {
      return tl::unexpected(done.error());
    }
  }
  if (is_cancelled) {
    return fail(ErrorKind::Cancelled, "stopped before all windows were through");
  }
  return runs;
}

}  // namespace spotvane::replay
