#pragma once

#include "base/result.hpp"
#include "model/probe.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace spotvane::probe {

/// How patient a probe is with AWS.
struct Patience {
  /// What AWS may still show after the last thing we did or learned: late fulfilment, descriptions
  /// that lag behind. Only after so long without anything does nothing mean nothing.
  Duration settle = std::chrono::seconds{60};
  Duration insist = std::chrono::seconds{10};  ///< between two calls that end the same thing
  Duration retry = std::chrono::seconds{5};    ///< between two calls that launch
};

/// Whether the same call may succeed later; who asked for a launch does not know then whether it
/// took effect.
bool may_pass(const Error& error);

/// What a call that launches brought.
struct Launched {
  std::vector<model::SpotRequest> requests = {};
  std::vector<model::Instance> instances = {};
  std::optional<model::Fleet> fleet = {};
};

/// What is to be done for a probe, `news` first: it must be durable before anything is asked.
struct Orders {
  model::ProbeNews news;
  bool make_template = false;
  bool launch = false;
  std::vector<model::SpotRequestId> cancel = {};
  std::vector<model::InstanceId> terminate = {};
  std::vector<model::FleetId> delete_fleets = {};
  std::vector<model::LaunchTemplateId> delete_templates = {};
  std::vector<model::InstanceId> tag = {};  ///< with the probe's tags: AWS did not
};

/// One probe: from what is seen it decides what to do, and keeps what it has learned. Pure: it
/// knows no clock, no network and no database.
///
/// It measures until all are ready, the time is up, or what is missing can no longer come. Then it
/// ends all it made, and is cleared only once AWS has shown for `settle` that nothing is left.
class ProbeMachine {
 public:
  enum class Phase : std::uint8_t { Launching, Watching, Cleaning, Cleared };

  explicit ProbeMachine(model::ProbePlan plan, Patience patience = {});

  /// What an earlier run left: it measures nothing, and ends what there is.
  static ProbeMachine leftover(const model::ProbeRecord& record,
                               const std::vector<model::ProbeResource>& resources, TimePoint now,
                               Patience patience = {});

  // Observations. A scan is whole: what it lacks, AWS did not show; `asked` is when it was begun.
  void template_made(TimePoint now, const model::LaunchTemplate& made);
  void launched(TimePoint now, const Launched& launched);
  void launch_failed(TimePoint now, const Error& error);
  void saw_requests(TimePoint asked, TimePoint now,
                    const std::vector<const model::SpotRequest*>& requests);
  void saw_instances(TimePoint asked, TimePoint now,
                     const std::vector<const model::Instance*>& instances);
  void saw_checks(TimePoint now, const model::InstanceChecks& checks);
  void cancelled(TimePoint now, const std::vector<model::SpotRequestId>& requests);
  void deleted(TimePoint now, const model::FleetId& fleet);
  void deleted(TimePoint now, const model::LaunchTemplateId& which);
  /// More to end, found otherwise; reopens what was cleared. A probe that measures finds its own.
  void take(TimePoint now, const std::vector<model::ProbeResource>& resources);
  /// Something that belongs in the record; the same twice in a row counts once.
  void note(TimePoint now, std::string what, std::string detail);
  /// Measures no more. Does nothing where it has stopped already.
  void stop(TimePoint now, model::ProbeOutcome outcome, std::string note = {});

  /// What to do now. Orders are taken as carried out.
  Orders decide(TimePoint now);

  const model::ProbePlan& plan() const { return plan_; }
  Phase phase() const { return phase_; }
  const std::optional<model::ProbeEnd>& end() const { return end_; }
  std::optional<TimePoint> requested() const { return requested_; }
  int ready() const;
  int fulfilled() const { return static_cast<int>(instances_.size()); }
  int alive() const;
  bool is_measuring() const { return phase_ == Phase::Launching || phase_ == Phase::Watching; }
  bool has_open_requests() const;
  /// That of the probe; empty where it has none.
  model::LaunchTemplateId launch_template() const {
    return templates_.empty() ? model::LaunchTemplateId{} : templates_.begin()->first;
  }

  bool knows(const model::SpotRequestId& request) const { return requests_.contains(request); }
  bool knows(const model::InstanceId& instance) const { return instances_.contains(instance); }
  std::vector<std::string> instance_ids() const;  ///< of those not gone
  std::vector<std::string> request_ids() const;   ///< of those not over
  std::vector<model::InstanceId> to_check() const;

  /// What it has cost at most, until `now`.
  Money spent(TimePoint now) const;

 private:
  struct Request {
    model::SpotRequestState state = model::SpotRequestState::Open;
    std::string status = {};
    std::optional<TimePoint> cancel_sent = {};
    std::optional<TimePoint> cancel_heard = {};
    std::optional<TimePoint> absent_since = {};
    bool is_over = false;
  };
  struct Unit {
    model::InstanceState state = model::InstanceState::Pending;
    TimePoint known;
    bool is_ready = false;
    bool is_tagged = false;
    int tag_tries = 0;
    bool was_pending = false;
    bool is_interrupted = false;
    std::set<std::string> passed = {};  // checks
    std::string fleet = {};
    std::optional<TimePoint> end_sent = {};
    std::optional<TimePoint> absent_since = {};
    std::optional<TimePoint> gone = {};
  };

  void tell(TimePoint at, std::string subject, std::string what, std::string detail = {});
  Request& meet(TimePoint now, const model::SpotRequest& request);
  Unit& meet(TimePoint now, const model::InstanceId& instance, const std::string& request);
  void own(model::ProbeResource::Kind kind, std::string id);
  void see(TimePoint now, const model::SpotRequest& seen);
  void see(TimePoint now, const model::Instance& seen);
  void see_state(TimePoint now, const model::Instance& seen, Unit& unit);
  void count_ready(TimePoint now);
  void check_end(TimePoint now);
  void order_launch(TimePoint now, Orders& orders);
  void order_ends(TimePoint now, Orders& orders);
  bool is_clear() const;

  model::ProbePlan plan_;
  Patience patience_;
  Phase phase_ = Phase::Launching;
  std::optional<TimePoint> requested_ = {};
  std::optional<TimePoint> next_attempt_ = {};
  bool is_call_under_way_ = false;
  std::optional<model::ProbeEnd> end_ = {};
  std::map<model::SpotRequestId, Request> requests_;
  std::map<model::InstanceId, Unit> instances_;
  std::map<model::FleetId, std::optional<TimePoint>> fleets_;  // when its end was asked
  std::map<model::LaunchTemplateId, std::optional<TimePoint>> templates_;
  TimePoint last_change_ = {};                      // what `settle` is counted from
  std::optional<TimePoint> scanned_requests_ = {};  // the latest whole scans, by their begin
  std::optional<TimePoint> scanned_instances_ = {};
  int last_ready_ = 0;
  std::string last_note_ = {};
  model::ProbeNews news_ = {};
};

}  // namespace spotvane::probe
