#pragma once

#include "ports/clock.hpp"
#include "ports/instances.hpp"
#include "ports/probe_ledger.hpp"
#include "ports/timers.hpp"
#include "probe/probe_machine.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace spotvane::probe {

/// The tags that everything of a probe carries.
inline constexpr auto kProbeTag = "spotvane:probe";  ///< its value: the probe
inline constexpr auto kUntilTag = "spotvane:until";  ///< by when it must be over

/// What probes borrow; all of it must outlive them.
struct ProbePorts {
  const Clock& clock;
  Timers& timers;
  Instances& instances;
  ProbeLedger& ledger;
};

/// A machine and what its region's watch keeps of it.
struct WatchedProbe {
  ProbeMachine machine;
  bool is_in_ledger = true;  ///< else only AWS knows of it: found by its tags
  int ready_noted = 0;       ///< how many were ready at the latest look
};

/// Carries out what the probes of one region decide, and shows them what AWS shows: one loop of
/// descriptions for all of them. It looks as long as there is a probe that is not cleared.
class RegionWatch : public std::enable_shared_from_this<RegionWatch> {
 public:
  struct Options {
    Duration interval = std::chrono::seconds{3};  ///< between the begins of two looks
    std::function<void()> on_change = {};         ///< after each look, and each answer
    std::function<void(const Error&)> on_trouble = {};
  };

  RegionWatch(model::Region region, ProbePorts ports, Options options)
      : region_{std::move(region)}, ports_{ports}, options_{std::move(options)} {}

  void add(WatchedProbe probe);
  /// Gives a probe of this region that is being ended more to end.
  void take(const model::ProbeId& probe, const std::vector<model::ProbeResource>& resources);
  void stop(model::ProbeOutcome outcome, const std::string& note);

  const std::map<model::ProbeId, WatchedProbe>& probes() const { return probes_; }
  bool is_done() const;

 private:
  struct Look;
  using SharedLook = std::shared_ptr<Look>;

  TimePoint now();
  void look_soon();
  void look();
  void look_at_requests(const SharedLook& look);
  void look_at_tagged(const SharedLook& look);
  void look_at_rest(const SharedLook& look);
  void show_instances(const SharedLook& look);
  void look_at_checks(const SharedLook& look);
  void give_up(const SharedLook& look, const Error& error);
  void end_look(const SharedLook& look);
  void note_late_look(const Look& look);
  WatchedProbe* owner(const std::vector<model::Tag>& tags);

  void step(WatchedProbe& probe);
  void step(const model::ProbeId& id);
  void make_template(const WatchedProbe& probe);
  void launch(const WatchedProbe& probe);
  void hear_launch(const model::ProbeId& id, Result<Launched> launched);
  void cancel(const model::ProbeId& id, const std::vector<model::SpotRequestId>& requests);
  void terminate(const model::ProbeId& id, const std::vector<model::InstanceId>& instances);
  void end_rest(const model::ProbeId& id, const Orders& orders);
  void tag(const WatchedProbe& probe, const std::vector<model::InstanceId>& instances);
  void trouble(const model::ProbeId& id, const Error& error);
  WatchedProbe* find(const model::ProbeId& id);

  /// `callback` with the living watch, or nothing where it is gone.
  template <typename Callback>
  auto alive(Callback callback);

  model::Region region_;
  ProbePorts ports_;
  Options options_;
  std::map<model::ProbeId, WatchedProbe> probes_;
  bool is_looking_ = false;
  std::optional<TimePoint> looked_ = {};  // when the last whole look was begun
  int looks_ = 0;
  TimePoint latest_ = {};  // no time is before this one
  Duration shift_{0};      // made up for a clock that went back
};

template <typename Callback>
auto RegionWatch::alive(Callback callback) {
  return [weak = weak_from_this(), callback = std::move(callback)](auto&&... answer) {
    if (const auto self = weak.lock()) {
      callback(*self, std::forward<decltype(answer)>(answer)...);
    }
  };
}

/// What is sent to AWS for a probe.
model::LaunchOrder launch_order(const ProbeMachine& machine);

}  // namespace spotvane::probe
