#include "job/job_run.hpp"

#include <algorithm>

namespace spotvane::job {

namespace {

/// Reports that come within so long are kept together.
constexpr Duration kGather = std::chrono::milliseconds{200};
/// What is launched or ended may show so late.
constexpr Duration kUnseen = std::chrono::minutes{1};
constexpr int kQuietLooks = 2;
/// Of prices: an hour that began has its price by then.
constexpr Duration kPriceOverlap = std::chrono::hours{2};
/// Decisions follow each other no faster, whatever happens.
constexpr Duration kShortestHold = std::chrono::seconds{1};
/// As a job comes to its end it is looked at so often: its workers cost, and have nothing to do.
constexpr Duration kLastLooks = std::chrono::seconds{15};

}  // namespace

Result<std::shared_ptr<JobRun>> JobRun::open(JobSpec spec, JobPorts ports, Options options) {
  JobMemory memory;
  const auto& id = spec.head.id;
  auto record = ports.store.job(id);
  auto launches = ports.store.launches(id);
  auto workers = ports.store.workers(id);
  auto back_offs = ports.store.back_offs();
  if (!record || !launches || !workers || !back_offs) {
    return tl::unexpected(!record     ? record.error()
                          : !launches ? launches.error()
                          : !workers  ? workers.error()
                                      : back_offs.error());
  }
  if (!*record) {
    return fail(ErrorKind::NotFound, "no job '{}'", id);
  }
  memory = {.course = (*record)->course,
            .launches = std::move(*launches),
            .workers = std::move(*workers),
            .back_offs = std::move(*back_offs)};
  return std::shared_ptr<JobRun>{
      new JobRun{std::move(spec), std::move(memory), ports, std::move(options)}};
}

JobRun::JobRun(JobSpec spec, JobMemory memory, JobPorts ports, Options options)
    : ports_{ports},
      options_{std::move(options)},
      book_{std::move(spec), std::move(memory), ports.clock.now()} {}

void JobRun::after(Duration delay, void (JobRun::*step)()) {
  ports_.timers.after(delay, alive([step](JobRun& self) { (self.*step)(); }));
}

void JobRun::start() {
  next_decision_ = now();
  // What ended before us is to be paid at its prices.
  after(Duration{0}, &JobRun::begin);
}

void JobRun::begin() {
  if (ports_.engine != nullptr && !is_engine_ready_ && !book_.is_winding_up()) {
    return start_engine();
  }
  if (book_.knows_prices()) {
    return look();
  }
  read_prices(&JobRun::end_look);
}

void JobRun::trouble(const Error& error, std::string_view activity) {
  if (options_.on_trouble) {
    options_.on_trouble(Error{error}.during(activity));
  }
}

/// Keeps what is new. Where that fails nothing more may be begun; what is new stays new.
bool JobRun::keep() {
  const auto news = book_.news(options_.holder);
  const auto kept = news.empty() ? Result<void>{} : ports_.store.add(news);
  if (kept) {
    book_.kept();
    if (options_.on_decision) {
      std::for_each(news.decisions.begin(), news.decisions.end(), options_.on_decision);
    }
    return true;
  }
  is_lost_ = is_lost_ || kept.error().kind == ErrorKind::Busy;
  trouble(kept.error(), "keep what was learned of the job");
  return false;
}

void JobRun::stop(model::JobState state, const std::string& note) {
  book_.wind_up(state, note, now());
}

void JobRun::pause() {
  is_pausing_ = true;
  book_.rest(now());
}

ReportVerdict JobRun::take(const SentReport& report,
                           std::function<void(const Result<void>&)> on_kept) {
  const auto verdict = book_.take(report, now());
  if (verdict == ReportVerdict::Taken) {
    unanswered_.push_back(std::move(on_kept));
    if (unanswered_.size() == 1) {
      ports_.timers.after(
          kGather, alive([](JobRun& self) {
            const auto is_kept = self.keep();
            for (const auto& answer : std::exchange(self.unanswered_, {})) {
              answer(is_kept ? Result<void>{} : fail(ErrorKind::Storage, "it could not be kept"));
            }
          }));
    }
  }
  return verdict;
}

void JobRun::look() {
  const auto asked = now();
  using Found = std::vector<model::Instance>;
  ports_.instances.describe_instances(
      book_.spec().region, {.tag_key = kJobTag, .tag_values = {book_.spec().head.id.text()}},
      alive([asked](JobRun& self, const Result<Found>& found) {
        if (!found) {
          self.trouble(found.error(), "look at the workers");
          return self.end_look();
        }
        self.has_looked_ = true;
        self.look_at_requests(asked, *found);
      }));
}

void JobRun::look_at_requests(TimePoint asked, std::vector<model::Instance> instances) {
  using Found = std::vector<model::SpotRequest>;
  ports_.instances.describe_spot_requests(
      book_.spec().region,
      {.tag_key = kJobTag,
       .tag_values = {book_.spec().head.id.text()},
       .statuses = {"marked-for-termination*", "instance-terminated*"}},
      alive([asked, instances = std::move(instances)](JobRun& self, const Result<Found>& found) {
        if (!found) {
          self.trouble(found.error(), "look for notices");
        }
        self.book_.saw(asked, self.now(), instances, found.value_or(Found{}));
        self.ask_engine(asked);
      }));
}

/// Keeps what was seen, and sees to what is not settled yet.
void JobRun::settle(TimePoint asked) {
  if (!keep()) {
    return end_look();
  }
  const auto open = book_.open_launches();
  if (!book_.is_winding_up()) {
    return open.empty() ? end_workers() : resend(open);
  }
  const bool is_quiet = book_.to_end().empty();
  if (!is_quiet || !quiet_since_) {
    quiet_since_ = now();
    quiet_looks_ = 0;
  } else if (asked >= *quiet_since_ + kUnseen) {
    ++quiet_looks_;
  }
  if (quiet_looks_ >= kQuietLooks) {
    for (const auto launch : open) {
      book_.give_up(launch, now());
    }
  }
  end_workers();
}

void JobRun::close_if_over() {
  if (book_.is_winding_up() && book_.alive() == 0 && book_.open_launches().empty() &&
      quiet_looks_ >= kQuietLooks && !is_over()) {
    // The last bills are made out before it is closed.
    return read_prices(&JobRun::end_look);
  }
  end_look();
}

void JobRun::end_look() {
  const bool is_to_close = book_.is_winding_up() && book_.alive() == 0 &&
                           quiet_looks_ >= kQuietLooks && book_.open_launches().empty() &&
                           std::all_of(book_.workers().begin(), book_.workers().end(),
                                       [](const auto& one) { return one.second.cost.has_value(); });
  if (is_to_close && ports_.engine != nullptr && !is_engine_ended_) {
    return end_engine();
  }
  if (is_to_close && is_pausing_) {
    is_at_rest_ = true;
  } else if (is_to_close && !is_over()) {
    keep_throughputs();
    book_.close(now());
  }
  const auto is_kept = keep();
  if (options_.on_change) {
    options_.on_change();
  }
  if (!has_looked_) {
    return after(book_.knows_prices() ? Duration{1} : book_.spec().look, &JobRun::begin);
  }
  if ((is_over() || is_at_rest_) && is_kept) {
    return;
  }
  const auto is_due = now() >= next_decision_ || book_.is_urgent() || book_.is_done();
  if (is_kept && is_due && !book_.is_winding_up() && book_.knows_prices()) {
    next_decision_ = now() + book_.spec().interval;
    return read_prices(&JobRun::read_metrics);
  }
  const auto until_decision = std::max(next_decision_ - now(), Duration{1});
  after(book_.is_winding_up() ? book_.spec().look : std::min(book_.spec().look, until_decision),
        &JobRun::look);
}

void JobRun::read_prices(void (JobRun::*next)()) {
  const auto asked = now();
  SpotPriceQuery query{.region = book_.spec().region,
                       .from = prices_read_ ? *prices_read_ - kPriceOverlap
                                            : std::min(book_.spec().head.begun, asked),
                       .to = asked,
                       .products = {"Linux/UNIX"}};
  for (const auto& type : book_.spec().types) {
    query.types.push_back(type.type);
  }
  ports_.ec2.describe_spot_price_history(
      std::move(query),
      alive([asked, next](JobRun& self, const Result<std::vector<model::SpotPrice>>& prices) {
        if (prices) {
          self.prices_read_ = asked;
          self.book_.saw_prices(*prices, asked);
        } else {
          self.trouble(prices.error(), "read the prices");
        }
        (self.*next)();
      }));
}

void JobRun::read_metrics() {
  auto workers = book_.metered();
  if (!book_.spec().reads_metrics || workers.empty()) {
    if (book_.spec().reads_metrics) {
      book_.saw_metrics(now(), {});
    }
    return decide();
  }
  const auto to = now();
  ports_.reports.worker_metrics(
      {.region = book_.spec().region,
       .workers = std::move(workers),
       .from = to - 2 * book_.spec().interval,
       .to = to + std::chrono::minutes{1}},
      alive([](JobRun& self, const Result<std::vector<WorkerMetrics>>& metrics) {
        if (metrics) {
          self.book_.saw_metrics(self.now(), *metrics);
        } else {
          self.trouble(metrics.error(), "read the workers' metrics");
        }
        self.decide();
      }));
}

void JobRun::decide() {
  if (!keep()) {
    return end_look();
  }
  decision_ = book_.decide(now());
  order_ = 0;
  turn_.reset();
  if (decision_.holds_for > Duration::zero()) {
    next_decision_ = now() + std::max(kShortestHold, decision_.holds_for);
  }
  if (const auto left = book_.time_left(); left && book_.spec().reads_metrics) {
    next_decision_ = std::min(next_decision_, now() + std::max(kLastLooks, *left));
  }
  if (!keep()) {
    decision_ = {};
    return end_look();
  }
  end_workers();
}

/// What this job learned serves the next of its kind.
void JobRun::keep_throughputs() {
  model::PerformanceRecords records;
  const auto& head = book_.spec().head;
  const auto source = fmt::format("job {}", head.id);
  records.datasets.push_back({book_.spec().workload.dataset, head.name});
  for (const auto& [number, worker] : book_.workers()) {
    if (worker.report && worker.report->tasks_per_second > 0) {
      records.samples.push_back({{source, number},
                                 book_.spec().workload,
                                 worker.pool.type,
                                 worker.report->tasks_per_second,
                                 worker.report->at});
    }
  }
  if (book_.course().state == model::JobState::Done) {
    records.totals.push_back({{source, 0}, book_.spec().workload, head.tasks, now()});
  }
  if (auto added = ports_.performance.add(records); !added) {
    trouble(added.error(), "keep the throughputs");
  }
}

}  // namespace spotvane::job
