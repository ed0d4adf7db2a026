#pragma once

#include "job/engine.hpp"
#include "job/job_spec.hpp"
#include "job/price_book.hpp"
#include "ports/worker_metrics.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace spotvane::job {

/// All that is kept of a job, as it is read when a manager takes it.
struct JobMemory {
  model::JobCourse course = {};
  std::vector<model::JobLaunch> launches = {};
  std::vector<model::JobWorker> workers = {};
  std::vector<model::PoolBackOff> back_offs = {};
};

/// A pool is believed to have mended when it was left alone for so long after its back-off.
inline constexpr Duration kMended = std::chrono::hours{1};

/// From a launch to a running instance where nobody ever saw one; as most take.
inline constexpr Duration kUsualLaunch = std::chrono::seconds{25};

/// What a job costs, in dollars.
struct Bill {
  double instances = 0;
  double volumes = 0;
  double manager = 0;
  double on_demand = 0;  ///< had its workers' hours been on demand; volumes and manager as they are

  double total() const { return instances + volumes + manager; }
};

/// What a worker hears of its own future.
enum class Heard : std::uint8_t {
  Nothing,
  Interruption,  ///< AWS takes it back
  Rebalance,     ///< AWS recommends to leave it
  Else,          ///< what does not matter here
};

/// A report that a worker, or who speaks for it, sent to us.
struct SentReport {
  model::InstanceId id;
  std::optional<double> tasks_per_second = {};  ///< none: it only says that it is there
  double deviation = 0;
  std::optional<double> tasks = {};
  bool is_of_worker = false;  ///< `tasks` is what this worker did, and not the whole job
  std::optional<double> seconds_up = {};  ///< since its program began
  Heard heard = Heard::Nothing;           ///< in place of all of this but `id`
};

enum class ReportVerdict : std::uint8_t { Taken, UnknownWorker, Absurd };

/// Reports that were not believed.
struct BadReports {
  std::int64_t unknown = 0;
  std::int64_t absurd = 0;
};

/// What a policy is shown. It points into the book, and holds until that is changed.
struct JobView {
  std::vector<policy::FleetPool> pools;
  std::vector<policy::Worker> workers;
  policy::FleetObservation seen;
};

/// What a job's manager knows, and what follows from it: no I/O, no waiting. What changed is
/// collected as news, to be kept before anything is done about it.
class JobBook {
 public:
  JobBook(JobSpec spec, JobMemory memory, TimePoint now);

  const JobSpec& spec() const { return spec_; }
  const model::JobCourse& course() const { return course_; }
  const std::map<std::int64_t, model::JobLaunch>& launches() const { return launches_; }
  const std::map<std::int64_t, model::JobWorker>& workers() const { return workers_; }
  const BadReports& bad_reports() const { return bad_reports_; }

  // What is seen.
  /// All instances that carry the job's tag, as of some moment since `asked`, and the requests for
  /// them as of later.
  void saw(TimePoint asked, TimePoint now, const std::vector<model::Instance>& instances,
           const std::vector<model::SpotRequest>& requests);
  /// All changes of price until then.
  void saw_prices(const std::vector<model::SpotPrice>& changes, TimePoint until);
  void saw_metrics(TimePoint now, const std::vector<WorkerMetrics>& found);
  ReportVerdict take(const SentReport& report, TimePoint now);
  /// What the engine says. Until it has the job's result the last task is not counted as done.
  void heard(const EngineReport& report, TimePoint now);

  // What is decided and done.
  /// The job's next move. Endings are noted as decided; launches are the caller's to ask for.
  policy::FleetDecision decide(TimePoint now);
  /// A launch about to be asked for, in one of the pools that were shown.
  const model::JobLaunch& intend(std::size_t shown, int count, policy::FleetReason reason,
                                 TimePoint now);
  void launched(std::int64_t launch, const std::vector<model::Instance>& instances, TimePoint now);
  void refused(std::int64_t launch, const Error& error, TimePoint now);
  /// Nobody will ever know what came of it, but what carries its tag.
  void give_up(std::int64_t launch, TimePoint now);
  /// AWS took the order to end it, at some moment until now.
  void terminated(const std::vector<model::InstanceId>& instances, TimePoint sent);
  /// The job is over but for the ends of its workers.
  void wind_up(model::JobState state, std::string note, TimePoint now);
  void close(TimePoint now);
  /// Ends all workers, the job going on some other time.
  void rest(TimePoint now);

  // What there is.
  std::vector<model::InstanceId> to_end() const;
  std::vector<std::int64_t> open_launches() const;
  std::vector<MeteredWorker> metered() const;
  bool is_winding_up() const { return course_.state != model::JobState::Running || is_resting_; }
  bool is_done() const { return course_.tasks_done >= spec_.head.tasks; }
  std::size_t alive() const;
  /// How many workers may yet be launched. Who was told to end counts until AWS has taken the
  /// order; whom AWS takes back does not: its successor comes before it goes.
  int room() const;
  /// There was none for what was decided: that is to be decided again once there is.
  void wait_for_room() { is_waiting_for_room_ = true; }
  /// Whether this pool of the view's is left alone for now.
  bool is_closed(std::size_t shown, TimePoint now) const {
    return room_in(pools_.at(shown), now) == 0;
  }
  /// Whether something was seen that should not wait for the next decision.
  bool is_urgent() const { return is_urgent_; }
  bool knows_prices() const { return prices_until_.has_value(); }
  /// Until the workers there are have done the rest, at what they report; none where that takes
  /// longer than an interval.
  std::optional<Duration> time_left() const;
  Bill bill(TimePoint now) const;
  JobView view(TimePoint now) const;
  std::optional<policy::Throughput> measured(const model::InstanceType& type) const;

  // What is to be kept.
  model::JobNews news(const std::string& holder) const;
  /// The news are kept.
  void kept();
  void note(TimePoint at, std::string subject, std::string what, std::string detail);

 private:
  /// What only this manager saw.
  struct Sight {
    std::optional<TimePoint> pending = {};     ///< seen so last
    std::optional<TimePoint> alive = {};       ///< seen so last
    std::optional<TimePoint> terminated = {};  ///< when our order was taken
    std::optional<TimePoint> began = {};       ///< its program, as it says
    /// It began to run at some moment between, when nobody looked.
    std::optional<std::pair<TimePoint, TimePoint>> unseen_start = {};
  };

  model::JobWorker& add(model::JobWorker worker);
  model::JobWorker& adopt(const model::Instance& instance, TimePoint now);
  model::JobWorker* find(const model::InstanceId& id);
  model::JobWorker& changed(model::JobWorker& worker);
  void saw_request(const model::SpotRequest& request, TimePoint now);
  bool saw_instance(model::JobWorker& worker, const model::Instance& seen, TimePoint asked,
                    TimePoint now);
  void guess_starts();
  Duration usual_launch() const;
  std::optional<Duration> usual_boot() const;
  void saw_end(model::JobWorker& worker, const model::Instance& seen, TimePoint now);
  void miss(TimePoint now);
  void bill_ended();
  void back_off(const model::WorkerPool& pool, TimePoint now, const std::string& why);
  bool is_absurd(const model::JobWorker& worker, double rate, double deviation,
                 std::optional<double> tasks) const;
  void count_tasks(double done);
  void report(model::JobWorker& worker, double rate, double deviation, TimePoint at);

  void hear(model::JobWorker& worker, Heard heard, TimePoint now);
  bool is_ordered(std::int64_t worker) const;
  void drain(const policy::FleetDecision& decision, TimePoint now);
  void end_silent_workers(TimePoint now);
  void end_all(TimePoint now, const std::string& reason);
  void end_worker(model::JobWorker& worker, TimePoint now, std::string reason);
  policy::FleetDecision wanted(const JobView& view, const policy::FleetJob& work, TimePoint now);
  void stop_where_it_cannot_be(const policy::FleetDecision& decision, TimePoint now);
  void afford(policy::FleetDecision& decision, const JobView& view,
              const policy::FleetJob& work) const;
  bool was_tried(std::string_view type) const;
  bool has_recommended() const;  // who is to leave, and works on
  policy::FleetMemory policy_memory() const;
  void keep(const policy::FleetMemory& memory);

  int room_in(const model::WorkerPool& pool, TimePoint now) const;
  std::size_t index_of(const model::WorkerPool& pool) const;
  Money highest_price(const model::WorkerPool& pool, TimePoint now) const;
  double reserve(TimePoint now) const;
  Duration changeover() const;
  double usd(const model::JobWorker& worker, TimePoint now) const;

  JobSpec spec_;
  std::vector<model::WorkerPool> pools_;
  std::map<model::WorkerPool, std::size_t> index_;  // of each of these
  model::JobCourse course_;
  std::map<std::int64_t, model::JobLaunch> launches_;
  std::map<std::int64_t, model::JobWorker> workers_;
  std::unordered_map<std::string, std::int64_t> by_id_;
  std::map<std::int64_t, int> of_launch_;  // how many workers there ever were of each
  std::map<std::int64_t, Sight> sights_;
  std::map<model::WorkerPool, model::PoolBackOff> back_offs_;
  std::map<model::WorkerPool, TimePoint> good_;  // when it last gave all that was asked
  PriceBook prices_;
  std::optional<TimePoint> prices_until_ = {};
  TimePoint since_;  // when this manager took the job
  std::optional<TimePoint> metrics_read_ = {};
  double own_ = 0;    // tasks that workers counted as their own, together
  int hopeless_ = 0;  // launches refused in a row for what time will not mend
  BadReports bad_reports_;
  Duration usual_launch_ = kUsualLaunch;
  bool is_urgent_ = false;
  bool is_waiting_for_room_ = false;
  bool is_resting_ = false;

  bool is_course_new_ = false;
  std::set<std::int64_t> new_launches_;
  std::set<std::int64_t> new_workers_;
  std::vector<model::JobDecision> new_decisions_;
  std::set<model::WorkerPool> new_back_offs_;
};

}  // namespace spotvane::job
