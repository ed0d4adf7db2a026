// How a job's book takes in what AWS shows and workers say.

#include "job/job_book.hpp"

#include "base/number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace spotvane::job {

namespace {

/// Between two looks as near as this, something happened in the middle.
constexpr Duration kNear = std::chrono::seconds{30};
/// Of a time that AWS tells to the second.
constexpr Duration kHalfASecond{500};
constexpr Duration kNotice = std::chrono::minutes{2};
/// An order to end an instance that had no effect by then is given again.
constexpr Duration kOrderHolds = std::chrono::minutes{1};
/// What is not shown for so long is gone: AWS shows the dead for an hour, and the new in seconds.
constexpr Duration kGone = std::chrono::minutes{10};

constexpr double kFasterThanMeasured = 100;
constexpr double kOldest = 1e9;  // seconds: more than an instance lives
constexpr double kFastest = 1e9;
constexpr double kMoreThanThereAre = 10;

bool is_over(model::InstanceState state) {
  return state != model::InstanceState::Pending && state != model::InstanceState::Running;
}

TimePoint between(TimePoint lower, TimePoint upper, TimePoint guess) {
  if (upper <= lower) {
    return lower;
  }
  return upper - lower <= kNear ? lower + (upper - lower) / 2 : std::clamp(guess, lower, upper);
}

std::optional<Duration> median(std::vector<Duration> times) {
  if (times.empty()) {
    return std::nullopt;
  }
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

bool is_taken_back(const model::SpotRequest& request) {
  return request.status_code.starts_with("marked-for-termination") ||
         (request.status_code.starts_with("instance-terminated") &&
          request.status_code != "instance-terminated-by-user");
}

}  // namespace

model::JobWorker& JobBook::adopt(const model::Instance& instance, TimePoint now) {
  const auto number = workers_.empty() ? 1 : workers_.rbegin()->first + 1;
  const auto launch = parse_integer(model::tag_value(instance.tags, kLaunchTag)).value_or(0);
  const auto known = launches_.find(launch);
  model::JobWorker worker{.number = number, .id = instance.id, .launch = launch};
  worker.launched = instance.launched.value_or(now);
  if (known != launches_.end()) {
    worker.pool = known->second.pool;
  } else {
    worker.pool = {instance.type, instance.zone, instance.request.empty()};
  }
  worker.pool.zone = instance.zone.empty() ? worker.pool.zone : instance.zone;
  auto& kept = add(std::move(worker));
  if (is_winding_up()) {
    end_worker(kept, now, "job-is-over");
  }
  return changed(kept);
}

void JobBook::saw(TimePoint asked, TimePoint now, const std::vector<model::Instance>& instances,
                  const std::vector<model::SpotRequest>& requests) {
  for (const auto& instance : instances) {
    if (find(instance.id) == nullptr) {
      adopt(instance, now);
    }
  }
  // When a notice came is known before what came of it is judged.
  for (const auto& request : requests) {
    saw_request(request, now);
  }
  usual_launch_ = usual_launch();
  bool has_one_begun = false;
  for (const auto& instance : instances) {
    has_one_begun |= saw_instance(*find(instance.id), instance, asked, now);
  }
  // It may be for this one that another stays.
  is_urgent_ = is_urgent_ || (has_one_begun && has_recommended());
  guess_starts();
  miss(now);
}

void JobBook::saw_request(const model::SpotRequest& request, TimePoint now) {
  auto* worker = request.instance.empty() ? nullptr : find(request.instance);
  if (worker == nullptr || worker->ended || worker->noticed || worker->ending ||
      !is_taken_back(request)) {
    return;
  }
  changed(*worker).noticed = std::min(request.updated.value_or(now), now);
  note(now, worker->id.text(), "notice",
       fmt::format("{}, {}", to_text(worker->pool), request.status_code));
  back_off(worker->pool, now, "it takes an instance back");
  is_urgent_ = true;
}

/// Whether it is seen to run for the first time.
bool JobBook::saw_instance(model::JobWorker& worker, const model::Instance& seen, TimePoint asked,
                           TimePoint now) {
  auto& sight = sights_[worker.number];
  if (worker.ended) {
    return false;
  }
  if (is_over(seen.state)) {
    saw_end(worker, seen, now);
    return false;
  }
  bool has_begun = false;
  sight.alive = asked;
  if (seen.state == model::InstanceState::Pending) {
    sight.pending = asked;
  } else if (!worker.running) {
    const auto lower = std::max(worker.launched, sight.pending.value_or(worker.launched));
    changed(worker).running = between(lower, now, worker.launched + usual_launch_);
    if (now - lower > kNear) {
      sight.unseen_start = {lower, now};
    }
    has_begun = true;
  }
  if (sight.terminated && asked > *sight.terminated + kOrderHolds) {
    sight.terminated.reset();
  }
  return has_begun;
}

/// A worker that began to run while nobody looked says how long its program runs; from when it ran
/// itself to when its program began is as long as it was for the others.
void JobBook::guess_starts() {
  const auto boot = usual_boot();
  for (auto& [number, sight] : sights_) {
    if (boot && sight.unseen_start && sight.began) {
      const auto [lower, upper] = *sight.unseen_start;
      auto& worker = workers_.at(number);
      if (!worker.cost) {
        changed(worker).running = std::clamp(*sight.began - *boot, lower, upper);
      }
      sight.unseen_start.reset();
    }
  }
}

/// From a launch to a running instance, as this job saw it.
Duration JobBook::usual_launch() const {
  std::vector<Duration> seen;
  for (const auto& [number, worker] : workers_) {
    const auto sight = sights_.find(number);
    if (worker.running && (sight == sights_.end() || !sight->second.unseen_start)) {
      seen.push_back(*worker.running - worker.launched);
    }
  }
  return median(std::move(seen)).value_or(kUsualLaunch);
}

/// From a running instance to a running program; none where nobody saw both.
std::optional<Duration> JobBook::usual_boot() const {
  std::vector<Duration> seen;
  for (const auto& [number, sight] : sights_) {
    const auto& running = workers_.at(number).running;
    if (running && sight.began && !sight.unseen_start) {
      seen.push_back(*sight.began - *running);
    }
  }
  return median(std::move(seen));
}

void JobBook::saw_end(model::JobWorker& worker, const model::Instance& seen, TimePoint now) {
  const auto& sight = sights_[worker.number];
  const auto is_ours = worker.ending.has_value();
  const bool is_failed_launch = seen.state_reason == "Server.InternalError";
  const auto over = seen.ended.value_or(now);
  if (!worker.running && !is_failed_launch && over - worker.launched > usual_launch_) {
    const auto lower = std::max(worker.launched, sight.pending.value_or(worker.launched));
    worker.running = std::min(between(lower, over, worker.launched + usual_launch_), over);
  }
  const auto lower =
      std::max(worker.running.value_or(worker.launched), sight.alive.value_or(worker.launched));
  const auto guess = seen.ended         ? *seen.ended + kHalfASecond
                     : sight.terminated ? *sight.terminated
                     : worker.noticed   ? *worker.noticed + kNotice
                     : worker.ending    ? *worker.ending
                                        : lower + (now - lower) / 2;
  worker.ended = std::clamp(guess, std::min(lower, now), now);
  if ((seen.ended || sight.terminated) && worker.running) {
    worker.ended = std::clamp(guess, std::min(*worker.running, now), now);
  }
  worker.is_interrupted = seen.state_reason.starts_with("Server.SpotInstance") ||
                          seen.state_reason.starts_with("Server.InsufficientInstanceCapacity") ||
                          worker.noticed.has_value();
  changed(worker);
  if (worker.is_interrupted) {
    worker.reason = worker.reason.empty() ? "interrupted" : worker.reason;
    note(now, worker.id.text(), "interrupted",
         fmt::format("{}, {}", to_text(worker.pool), seen.state_reason));
    back_off(worker.pool, now, "it took an instance back");
  } else if (!is_ours) {
    worker.reason = "ended";
    note(now, worker.id.text(), "lost",
         fmt::format("{}, {}", to_text(worker.pool),
                     seen.state_reason.empty() ? "for no reason told" : seen.state_reason));
    back_off(worker.pool, now, "an instance ended by itself");
  }
  is_urgent_ = is_urgent_ || !is_ours || is_waiting_for_room_;
}

/// Those that AWS shows no more, however long one looks.
void JobBook::miss(TimePoint now) {
  for (auto& [number, worker] : workers_) {
    const auto& sight = sights_[number];
    const auto last = sight.alive.value_or(std::max(worker.launched, since_));
    if (!worker.ended && now - last > kGone) {
      const auto known = worker.report ? std::max(worker.launched, worker.report->at)
                                       : worker.running.value_or(worker.launched);
      worker.ended = std::clamp(sight.alive.value_or(known), worker.launched, now);
      worker.reason = "gone";
      note(now, worker.id.text(), "lost", "AWS does not know it any more");
      changed(worker);
      is_urgent_ = true;
    }
  }
}

void JobBook::saw_prices(const std::vector<model::SpotPrice>& changes, TimePoint until) {
  prices_.add(changes);
  prices_until_ = until;
  bill_ended();
}

/// What is over is billed once and for all, as soon as its prices are known to its end.
void JobBook::bill_ended() {
  for (auto& [number, worker] : workers_) {
    if (worker.ended && !worker.cost && *worker.ended <= *prices_until_) {
      changed(worker).cost = Money::from_dollars(usd(worker, *worker.ended));
    }
  }
}

bool JobBook::is_absurd(const model::JobWorker& worker, double rate, double deviation,
                        std::optional<double> tasks) const {
  const auto is_count = [](double number) { return std::isfinite(number) && number >= 0; };
  if (!is_count(rate) || !is_count(deviation) || rate > kFastest || deviation > kFastest) {
    return true;
  }
  const auto type =
      std::find_if(spec_.types.begin(), spec_.types.end(),
                   [&](const WorkerType& one) { return one.type == worker.pool.type; });
  const bool is_known = type != spec_.types.end() && type->measured && type->measured->mean > 0;
  if (is_known && rate > kFasterThanMeasured * type->measured->mean) {
    return true;
  }
  return tasks && (!is_count(*tasks) || *tasks > kMoreThanThereAre * spec_.head.tasks);
}

void JobBook::report(model::JobWorker& worker, double rate, double deviation, TimePoint at) {
  if (!worker.report || at >= worker.report->at) {
    changed(worker).report = model::WorkerReport{rate, deviation, at};
  }
}

void JobBook::count_tasks(double done) {
  if (done > course_.tasks_done) {
    course_.tasks_done = done;
    is_course_new_ = true;
  }
}

void JobBook::heard(const EngineReport& report, TimePoint now) {
  if (!report.restarted.empty()) {
    note(now, "", "restart",
         fmt::format("from the beginning, {:.0f} tasks were done: {}", course_.tasks_done,
                     report.restarted));
    course_.tasks_done = 0;
    is_course_new_ = true;
  }
  if (report.is_done) {
    count_tasks(spec_.head.tasks);
  } else if (report.tasks_done) {
    count_tasks(std::min(*report.tasks_done, spec_.head.tasks - 1));
  }
  if (report.failure) {
    wind_up(model::JobState::Failed, report.failure->message, now);
  }
}

void JobBook::saw_metrics(TimePoint now, const std::vector<WorkerMetrics>& found) {
  metrics_read_ = now;
  for (const auto& one : found) {
    auto* worker = find(one.id);
    if (worker == nullptr) {
      ++bad_reports_.unknown;
      continue;
    }
    const auto rate = one.tasks_per_second.value_or(0);
    const auto deviation = one.deviation.value_or(0);
    if (is_absurd(*worker, rate, deviation, one.tasks)) {
      ++bad_reports_.absurd;
      continue;
    }
    if (one.tasks_per_second && (!worker->report || worker->report->at < one.at)) {
      report(*worker, rate, deviation, one.at);
    }
    count_tasks(one.tasks.value_or(0));
  }
}

/// What its agent passes on comes before the next look would show it, or is never shown.
void JobBook::hear(model::JobWorker& worker, Heard heard, TimePoint now) {
  auto& known = heard == Heard::Interruption ? worker.noticed : worker.recommended;
  if (heard == Heard::Else || known || worker.ended || worker.ending) {
    return;
  }
  known = now;
  changed(worker);
  const bool is_notice = heard == Heard::Interruption;
  note(now, worker.id.text(), is_notice ? "notice" : "rebalance",
       fmt::format("{}, its agent says", to_text(worker.pool)));
  back_off(worker.pool, now,
           is_notice ? "it takes an instance back" : "it may take instances back");
  is_urgent_ = true;
}

ReportVerdict JobBook::take(const SentReport& sent, TimePoint now) {
  auto* worker = find(sent.id);
  if (worker == nullptr) {
    ++bad_reports_.unknown;
    return ReportVerdict::UnknownWorker;
  }
  if (sent.heard != Heard::Nothing) {
    hear(*worker, sent.heard, now);
    return ReportVerdict::Taken;
  }
  const auto up = sent.seconds_up.value_or(0);
  const bool is_too_old = !(up >= 0 && up <= kOldest);
  if (is_too_old ||
      is_absurd(*worker, sent.tasks_per_second.value_or(0), sent.deviation, sent.tasks)) {
    ++bad_reports_.absurd;
    return ReportVerdict::Absurd;
  }
  if (sent.seconds_up) {
    sights_[worker->number].began =
        now - Duration{static_cast<Duration::rep>(1e3 * *sent.seconds_up)};
  }
  if (sent.tasks_per_second) {
    report(*worker, *sent.tasks_per_second, sent.deviation, now);
  }
  if (sent.tasks && sent.is_of_worker) {
    if (*sent.tasks > worker->tasks) {
      own_ += *sent.tasks - worker->tasks;
      changed(*worker).tasks = *sent.tasks;
    }
    count_tasks(own_);
  } else {
    count_tasks(sent.tasks.value_or(0));
  }
  return ReportVerdict::Taken;
}

}  // namespace spotvane::job
