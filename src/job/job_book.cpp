#include "job/job_book.hpp"

#include "base/assert.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spotvane::job {

namespace {

constexpr Duration kLongestBackOff = std::chrono::hours{4};
constexpr Duration kDeniedBackOff = std::chrono::minutes{1};

/// What waiting does not mend: the order itself, or who gives it.
bool is_hopeless(ErrorKind kind) {
  return kind == ErrorKind::InvalidInput || kind == ErrorKind::NotFound ||
         kind == ErrorKind::Denied || kind == ErrorKind::NotEnabled;
}

}  // namespace

JobBook::JobBook(JobSpec spec, JobMemory memory, TimePoint now)
    : spec_{std::move(spec)}, course_{std::move(memory.course)}, since_{now} {
  for (const auto& type : spec_.types) {
    for (const auto& zone : type.zones) {
      pools_.push_back({type.type, zone, false});
    }
    if (type.on_demand) {
      if (spec_.uses_on_demand) {
        pools_.push_back({type.type, {}, true});
      }
      prices_.set_on_demand(type.type, *type.on_demand);
    }
  }
  for (std::size_t i = 0; i < pools_.size(); ++i) {
    index_.emplace(pools_[i], i);
  }
  for (auto& launch : memory.launches) {
    if (!launch.is_open && launch.realised == launch.count) {
      good_[launch.pool] = launch.decided;
    }
    launches_.emplace(launch.number, std::move(launch));
  }
  for (auto& worker : memory.workers) {
    own_ += worker.tasks;
    add(std::move(worker));
  }
  for (auto& one : memory.back_offs) {
    back_offs_.emplace(one.pool, one);
  }
}

model::JobWorker& JobBook::add(model::JobWorker worker) {
  by_id_.emplace(worker.id.text(), worker.number);
  ++of_launch_[worker.launch];
  const auto number = worker.number;
  return workers_.emplace(number, std::move(worker)).first->second;
}

model::JobWorker* JobBook::find(const model::InstanceId& id) {
  const auto known = by_id_.find(id.text());
  return known != by_id_.end() ? &workers_.at(known->second) : nullptr;
}

model::JobWorker& JobBook::changed(model::JobWorker& worker) {
  new_workers_.insert(worker.number);
  return worker;
}

void JobBook::note(TimePoint at, std::string subject, std::string what, std::string detail) {
  new_decisions_.push_back({at, std::move(subject), std::move(what), std::move(detail)});
}

const model::JobLaunch& JobBook::intend(std::size_t shown, int count, policy::FleetReason reason,
                                        TimePoint now) {
  const auto number = launches_.empty() ? 1 : launches_.rbegin()->first + 1;
  const auto& where = pools_.at(shown);
  const auto type = std::find_if(spec_.types.begin(), spec_.types.end(),
                                 [&](const WorkerType& one) { return one.type == where.type; });
  SPOTVANE_ASSERT(type != spec_.types.end());
  model::JobLaunch launch{.number = number,
                          .pool = where,
                          .image = type->image,
                          .count = count,
                          .price = prices_.at(where, now).value_or(Money{}),
                          .reason = std::string{to_text(reason)},
                          .decided = now};
  if (spec_.bid && !where.is_on_demand) {
    launch.max_price = Money::from_dollars(launch.price.dollars() * *spec_.bid);
  }
  new_launches_.insert(number);
  return launches_.emplace(number, std::move(launch)).first->second;
}

void JobBook::launched(std::int64_t launch, const std::vector<model::Instance>& instances,
                       TimePoint now) {
  auto& known = launches_.at(launch);
  known.is_open = false;
  new_launches_.insert(launch);
  hopeless_ = 0;
  for (auto instance : instances) {
    if (find(instance.id) == nullptr) {
      instance.launched = instance.launched.value_or(now);
      instance.tags = {{kLaunchTag, fmt::to_string(launch)}};
      adopt(instance, now);
    }
  }
  known.realised = of_launch_[launch];
  note(now, to_text(known.pool), "launch",
       fmt::format("{} of {} at ${} an hour: {}", known.realised, known.count, to_text(known.price),
                   known.reason));
  if (known.realised < known.count) {
    back_off(known.pool, now, "it had no room for all");
    return;
  }
  // It has mended: what else it is good for is decided at once.
  is_urgent_ = is_urgent_ || room_in(known.pool, now) == 1;
  good_[known.pool] = std::max(good_[known.pool], known.decided);
}

void JobBook::refused(std::int64_t launch, const Error& error, TimePoint now) {
  auto& known = launches_.at(launch);
  known.is_open = false;
  known.error = error.message;
  new_launches_.insert(launch);
  note(now, to_text(known.pool), "refused", error.message);
  if (error.kind == ErrorKind::Denied) {
    auto& one = back_offs_.try_emplace(known.pool, model::PoolBackOff{known.pool}).first->second;
    one.until = now + kDeniedBackOff;
    new_back_offs_.insert(known.pool);
  } else {
    back_off(known.pool, now, "it refused");
  }
  hopeless_ = is_hopeless(error.kind) ? hopeless_ + 1 : 0;
  const auto enough = std::min<std::size_t>(pools_.size(), 10);
  if (workers_.empty() && static_cast<std::size_t>(hopeless_) >= enough && !is_winding_up() &&
      error.kind != ErrorKind::Denied) {
    wind_up(model::JobState::Failed,
            fmt::format("nothing could be launched anywhere, at last: {}", error.message), now);
  }
}

void JobBook::give_up(std::int64_t launch, TimePoint now) {
  auto& known = launches_.at(launch);
  known.is_open = false;
  known.realised = of_launch_[launch];
  known.error = "the job was over before AWS answered";
  new_launches_.insert(launch);
  note(now, to_text(known.pool), "given-up", known.error);
}

void JobBook::back_off(const model::WorkerPool& pool, TimePoint now, const std::string& why) {
  const model::WorkerPool shown{pool.type, pool.is_on_demand ? model::ZoneName{} : pool.zone,
                                pool.is_on_demand};
  auto& one = back_offs_.try_emplace(shown, model::PoolBackOff{shown}).first->second;
  if (now < one.until) {
    return;
  }
  const bool is_first = one.last == Duration::zero() || now - one.until > one.last + kMended;
  one.last = is_first ? spec_.back_off : std::min<Duration>(2 * one.last, kLongestBackOff);
  one.until = now + one.last;
  new_back_offs_.insert(shown);
  note(now, to_text(shown), "back-off", fmt::format("for {}: {}", to_text(one.last), why));
}

void JobBook::wind_up(model::JobState state, std::string note, TimePoint now) {
  if (is_winding_up()) {
    return;
  }
  course_.state = state;
  course_.note = std::move(note);
  is_course_new_ = true;
  is_urgent_ = false;
  this->note(now, "", std::string{to_text(state)}, course_.note);
  end_all(now, "job-is-over");
}

void JobBook::rest(TimePoint now) {
  is_resting_ = true;
  end_all(now, "job-is-paused");
}

void JobBook::end_all(TimePoint now, const std::string& reason) {
  for (auto& [number, worker] : workers_) {
    if (!worker.ended && !worker.ending) {
      end_worker(worker, now, reason);
    }
  }
}

void JobBook::close(TimePoint now) {
  course_.ended = now;
  is_course_new_ = true;
}

void JobBook::end_worker(model::JobWorker& worker, TimePoint now, std::string reason) {
  note(now, worker.id.text(), "end", fmt::format("{}: {}", to_text(worker.pool), reason));
  worker.ending = now;
  worker.reason = std::move(reason);
  changed(worker);
}

void JobBook::terminated(const std::vector<model::InstanceId>& instances, TimePoint sent) {
  for (const auto& id : instances) {
    if (auto* worker = find(id); worker != nullptr) {
      auto& sight = sights_[worker->number];
      sight.terminated = sight.terminated.value_or(sent);
    }
  }
  is_urgent_ = is_urgent_ || is_waiting_for_room_;
}

/// Whether AWS has taken the order to end it.
bool JobBook::is_ordered(std::int64_t worker) const {
  const auto sight = sights_.find(worker);
  return sight != sights_.end() && sight->second.terminated;
}

int JobBook::room() const {
  auto room = spec_.work.nodes;
  for (const auto& [number, worker] : workers_) {
    if (!worker.ended && !worker.is_leaving() && !is_ordered(number)) {
      --room;
    }
  }
  for (const auto& [number, launch] : launches_) {
    room -= launch.is_open ? launch.count : 0;
  }
  return room;
}

std::vector<model::InstanceId> JobBook::to_end() const {
  std::vector<model::InstanceId> ids;
  for (const auto& [number, worker] : workers_) {
    if (worker.ending && !worker.ended && !is_ordered(number)) {
      ids.push_back(worker.id);
    }
  }
  return ids;
}

std::vector<std::int64_t> JobBook::open_launches() const {
  std::vector<std::int64_t> open;
  for (const auto& [number, launch] : launches_) {
    if (launch.is_open) {
      open.push_back(number);
    }
  }
  return open;
}

std::vector<MeteredWorker> JobBook::metered() const {
  std::vector<MeteredWorker> metered;
  for (const auto& [number, worker] : workers_) {
    if (!worker.ended && worker.running) {
      metered.push_back({worker.id, worker.pool.type});
    }
  }
  return metered;
}

std::size_t JobBook::alive() const {
  return static_cast<std::size_t>(std::count_if(workers_.begin(), workers_.end(),
                                                [](const auto& one) { return !one.second.ended; }));
}

model::JobNews JobBook::news(const std::string& holder) const {
  model::JobNews news{.job = spec_.head.id, .holder = holder, .decisions = new_decisions_};
  if (is_course_new_) {
    news.course = course_;
  }
  for (const auto number : new_launches_) {
    news.launches.push_back(launches_.at(number));
  }
  for (const auto number : new_workers_) {
    news.workers.push_back(workers_.at(number));
  }
  for (const auto& pool : new_back_offs_) {
    news.back_offs.push_back(back_offs_.at(pool));
  }
  return news;
}

void JobBook::kept() {
  is_course_new_ = false;
  new_launches_.clear();
  new_workers_.clear();
  new_decisions_.clear();
  new_back_offs_.clear();
}

}  // namespace spotvane::job
