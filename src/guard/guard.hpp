#pragma once

#include "guard/drain_watch.hpp"
#include "guard/fleet_rule.hpp"
#include "guard/fleet_scaler.hpp"
#include "guard/guard_event.hpp"
#include "guard/guard_ports.hpp"
#include "guard/sizing.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace spotvane::guard {

struct GuardCounts {
  int drained = 0;
  int resized = 0;
  int scaled = 0;     ///< steps of fleets' targets
  int set_aside = 0;  ///< messages that were no events
};

/// Drains hosts that are about to go, once each, and has on-demand servers fill what their fleets
/// lack. What it has done is in the memory before it says so; several guards on one memory do no
/// more than one.
///
/// The loop must not run once it is gone.
class Guard {
 public:
  /// `holder` tells guards on one memory apart.
  Guard(Rules rules, std::string holder, const GuardPorts& ports);
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

  /// Acts on all that a message says. A success, after which the message is of no more use, is also
  /// that it is no event: it is set aside. A failure says that it is to be handed out again.
  void handle(const std::string& text, On<void> on_done);

  /// Looks at every fleet without being asked: what spot has filled again is given back.
  void review(On<void> on_done);

  GuardCounts counts() const;

 private:
  struct Draining;
  struct Look;
  /// What is going on about one fleet.
  struct FleetWork {
    bool is_running = false;
    std::vector<On<void>> waiting = {};
    SizingReason last_reason = SizingReason::NoGroup;
    bool is_first = true;
    std::optional<SpotFleet> described = {};
    std::vector<FleetInstance> instances = {};
    TimePoint listed = {};
  };

  void act_on_next(const std::shared_ptr<std::vector<GuardEvent>>& events, std::size_t index,
                   const On<void>& on_done);
  void act(const GuardEvent& event, const On<void>& on_done);
  void look_at_named(const GuardEvent& event, const On<void>& on_done);

  void drain(const GuardEvent& event, const On<void>& on_done);
  void begin_drain(const GuardEvent& event, const On<void>& on_done);
  void find_host(const std::shared_ptr<Draining>& draining, std::size_t cluster);
  void drain_host(const std::shared_ptr<Draining>& draining, const ContainerHost& host);
  void watch(const std::shared_ptr<Draining>& draining, const DrainedHost& host);
  void drained(const std::shared_ptr<Draining>& draining, const std::string& outcome);
  void let_go_once_empty(const GuardEvent& event, std::size_t cluster, const On<void>& on_done);
  void let_go(const GuardEvent& event, const std::string& outcome, const On<void>& on_done);
  void fill_gap(const GuardEvent& event, std::size_t rule, const On<void>& on_done);
  void note_host(const GuardEvent& event, const FleetRule& rule, const std::string& type);
  std::string type_of(const FleetRule& rule, const GuardHost& host);
  double weight_of(const FleetRule& rule, const std::string& type);

  void size(const FleetRule& rule, On<void> on_done);
  void begin_look(const FleetRule& rule);
  void look_at_fleet(const std::shared_ptr<Look>& look);
  void look_at_instances(const std::shared_ptr<Look>& look);
  void look_at_targets(const std::shared_ptr<Look>& look);
  void look_at_pending(const std::shared_ptr<Look>& look);
  void look_at_group(const std::shared_ptr<Look>& look);
  void decide(const std::shared_ptr<Look>& look);
  void end_look(const std::shared_ptr<Look>& look, const Result<void>& result);
  Result<FallbackState> update_fallback(const FleetRule& rule, TimePoint now);

  const FleetRule* find_rule(const std::string& fleet_id) const;
  Result<void> note_decision(std::string subject, std::string what, std::string outcome,
                             std::string inputs);

  Rules rules_;
  std::string holder_;
  GuardPorts ports_;
  GuardCounts counts_;
  DecisionLog log_;
  FleetScaler scaler_;
  DrainWatch watch_;
  std::map<std::string, FleetWork> work_;                  // by fleet
  std::map<std::string, std::vector<On<void>>> draining_;  // who waits for an instance's draining
};

}  // namespace spotvane::guard
