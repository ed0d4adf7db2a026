// How a job's book decides.

#include "job/calibration.hpp"
#include "job/job_book.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spotvane::job {

namespace {

/// What an order must leave of the budget for each instance: its launch, its least bill, its end.
constexpr double kLeastHours = 4.0 / 60;

/// So many workers that never reported are no accident of one: it is the program.
constexpr int kSilentProgram = 3;

/// What one pays for at least who measures a type.
constexpr Duration kMeasuring = std::chrono::minutes{15};

std::string words_of(const policy::Shortfall& shortfall, double tasks_left) {
  std::string words;
  if (shortfall.least_budget) {
    words = fmt::format("it takes a budget of at least ${}", to_text(*shortfall.least_budget));
  }
  if (shortfall.least_time) {
    words += fmt::format(
        "{}it takes at least {}", words.empty() ? "" : ", and ",
        to_text(Duration{std::chrono::ceil<std::chrono::minutes>(*shortfall.least_time)}));
  }
  if (words.empty()) {
    return "nothing that could do it is to be had";
  }
  const auto share = tasks_left > 0 ? std::clamp(shortfall.tasks_within / tasks_left, 0.0, 1.0) : 0;
  return fmt::format("{}; as asked, {:.0f} % of it can be done", words, share * 100);
}

double dear_usd(const policy::FleetPool& pool) {
  const auto price = pool.price.value_or(Money{});
  return std::max(price, pool.highest_price.value_or(price)).dollars();
}

}  // namespace

policy::FleetMemory JobBook::policy_memory() const {
  policy::FleetMemory memory{.raised_budget = course_.raised_budget, .is_ahead = course_.is_ahead};
  for (const auto& [number, worker] : workers_) {
    if (!worker.ended && worker.patience > 0) {
      memory.patience.emplace(static_cast<std::uint64_t>(number), worker.patience);
    }
  }
  return memory;
}

void JobBook::keep(const policy::FleetMemory& memory) {
  for (const auto& [id, patience] : memory.patience) {
    auto& worker = workers_.at(static_cast<std::int64_t>(id));
    if (worker.patience != patience) {
      changed(worker).patience = patience;
    }
  }
  if (memory.raised_budget != course_.raised_budget || memory.is_ahead != course_.is_ahead) {
    course_.raised_budget = memory.raised_budget;
    course_.is_ahead = memory.is_ahead;
    is_course_new_ = true;
  }
}

/// One that is lost before it reports says nothing of its type: another is tried.
bool JobBook::was_tried(std::string_view type) const {
  int lost = 0;
  for (const auto& [number, worker] : workers_) {
    if (worker.pool.type.text() == type) {
      if (!worker.ended && !worker.ending) {
        return true;
      }
      ++lost;
    }
  }
  return lost > 0 ? lost >= kSilentProgram
                  : std::any_of(launches_.begin(), launches_.end(), [&](const auto& one) {
                      return one.second.pool.type.text() == type;
                    });
}

/// Ends who has said nothing for too long, and the job where nobody ever said anything.
void JobBook::end_silent_workers(TimePoint now) {
  const auto grace = spec_.patience_for_reports();
  const bool hears = !spec_.reads_metrics || (metrics_read_ && now - *metrics_read_ < grace);
  if (!hears || now - since_ < grace) {
    return;  // it is us who are deaf
  }
  bool has_anybody_spoken = course_.tasks_done > 0;
  int silent = 0;
  for (auto& [number, worker] : workers_) {
    has_anybody_spoken = has_anybody_spoken || worker.report;
    if (worker.running && !worker.ended && !worker.ending && !worker.noticed) {
      const auto last = worker.report ? worker.report->at : *worker.running + spec_.startup;
      if (now - last > grace) {
        end_worker(worker, now, worker.report ? "silent" : "never-reported");
      }
    }
    silent += worker.reason == "never-reported" ? 1 : 0;
  }
  if (!has_anybody_spoken && silent >= kSilentProgram) {
    wind_up(model::JobState::Failed,
            fmt::format("{} workers ran for {} each and never reported: does their user data start "
                        "the program, and may it publish its metrics?",
                        silent, to_text(grace)),
            now);
  }
}

bool JobBook::has_recommended() const {
  return std::any_of(workers_.begin(), workers_.end(), [](const auto& one) {
    return one.second.recommended && !one.second.ended && !one.second.ending;
  });
}

/// Ends whom AWS recommends to leave once nothing more is wanted without them, and all that is
/// wanted runs.
void JobBook::drain(const policy::FleetDecision& decision, TimePoint now) {
  const bool is_awaited = std::any_of(workers_.begin(), workers_.end(), [](const auto& one) {
    const auto& worker = one.second;
    return !worker.ended && !worker.ending && !worker.is_leaving() && !worker.running;
  });
  if (is_awaited || !decision.launches.empty() || !has_recommended()) {
    return;
  }
  for (auto& [number, worker] : workers_) {
    if (worker.recommended && !worker.noticed && !worker.ended && !worker.ending) {
      end_worker(worker, now, "rebalance");
    }
  }
}

/// Cuts launches that the budget could not pay to their ends.
void JobBook::afford(policy::FleetDecision& decision, const JobView& view,
                     const policy::FleetJob& work) const {
  const auto budget = course_.raised_budget ? course_.raised_budget : work.budget;
  if (!budget) {
    return;
  }
  auto left = (*budget - view.seen.spent).dollars();
  for (auto& order : decision.launches) {
    double each = 0;
    for (const auto pool : order.pools) {
      each = std::max(each, dear_usd(view.pools[pool]) * kLeastHours);
    }
    const auto most = each > 0 ? std::max(0.0, left / each) : 1e9;
    order.count = static_cast<int>(std::min<double>(order.count, most));
    left -= each * order.count;
  }
  std::erase_if(decision.launches, [](const auto& order) { return order.count <= 0; });
}

policy::FleetDecision JobBook::wanted(const JobView& view, const policy::FleetJob& work,
                                      TimePoint now) {
  if (!course_.is_calibrated && spec_.calibrate) {
    const auto grace = std::max<Duration>(kMeasuring, spec_.patience_for_reports());
    if (auto measuring = calibrate(work, view.seen, {.most = *spec_.calibrate, .grace = grace},
                                   [&](std::string_view type) { return was_tried(type); })) {
      return *std::move(measuring);
    }
  }
  const bool is_measured = std::any_of(view.pools.begin(), view.pools.end(), [](const auto& pool) {
    return pool.measured && pool.measured->mean > 0;
  });
  if (!is_measured) {
    wind_up(
        model::JobState::Failed,
        spec_.calibrate
            ? fmt::format("no type could be measured for at most ${}: none of {} workers reported",
                          to_text(*spec_.calibrate), workers_.size())
            : std::string{"how fast any type is, is not known"},
        now);
    return {};
  }
  if (!course_.is_calibrated) {
    course_.is_calibrated = true;
    is_course_new_ = true;
  }
  auto memory = policy_memory();
  auto decision = spec_.policy->decide(work, view.seen, memory, now - spec_.head.begun);
  keep(memory);
  return policy::keep_budget(work, view.seen, memory, std::move(decision));
}

void JobBook::stop_where_it_cannot_be(const policy::FleetDecision& decision, TimePoint now) {
  const bool has_begun = std::any_of(launches_.begin(), launches_.end(), [](const auto& one) {
    return one.second.reason != to_text(policy::FleetReason::ToBeMeasured);
  });
  const auto left = spec_.head.tasks - course_.tasks_done;
  const bool is_all_open = std::all_of(pools_.begin(), pools_.end(),
                                       [&](const auto& pool) { return room_in(pool, now) > 1; });
  if (decision.shortfall && (decision.is_stopped || (!has_begun && is_all_open))) {
    return wind_up(model::JobState::Infeasible, words_of(*decision.shortfall, left), now);
  }
  if (decision.is_stopped) {
    wind_up(model::JobState::Infeasible,
            fmt::format("its budget is spent, and {:.0f} of its {:.0f} tasks are not done", left,
                        spec_.head.tasks),
            now);
  }
}

policy::FleetDecision JobBook::decide(TimePoint now) {
  is_urgent_ = false;
  is_waiting_for_room_ = false;
  if (is_done()) {
    wind_up(model::JobState::Done, "", now);
  }
  if (!is_winding_up()) {
    end_silent_workers(now);
  }
  if (is_winding_up()) {
    return {};
  }
  auto work = spec_.work;
  work.changeover = changeover();
  const auto view = this->view(now);
  const auto raised = course_.raised_budget;
  auto decision = wanted(view, work, now);
  if (course_.raised_budget != raised) {
    note(now, "", "raise", fmt::format("the budget, to ${}", to_text(*course_.raised_budget)));
  }
  if (!is_winding_up()) {
    stop_where_it_cannot_be(decision, now);
  }
  if (is_winding_up()) {
    return {};
  }
  for (const auto& ending : decision.endings) {
    end_worker(workers_.at(static_cast<std::int64_t>(ending.worker)), now,
               std::string{to_text(ending.reason)});
  }
  drain(decision, now);
  if (!open_launches().empty()) {
    decision.launches.clear();  // what may come of those is not known
  }
  const bool is_wanting = !decision.launches.empty();
  afford(decision, view, work);
  if (is_wanting && decision.launches.empty() && alive() == 0) {
    // Nothing would ever be spent or done any more.
    wind_up(model::JobState::Infeasible,
            fmt::format("what is left of its budget pays for no worker, and {:.0f} of its {:.0f} "
                        "tasks are not done",
                        spec_.head.tasks - course_.tasks_done, spec_.head.tasks),
            now);
  }
  return decision;
}

}  // namespace spotvane::job
