#pragma once

#include "lab/deliveries.hpp"
#include "lab/value.hpp"
#include "sim/instance.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spotvane::lab {

/// Whether an event fits a pattern of EventBridge: {"source": ["aws.ec2"], "detail": {"state":
/// [{"anything-but": "pending"}]}}. Known are literals, prefix, suffix, exists and anything-but.
bool fits_pattern(const Value& pattern, const Value& event);

struct EventTarget {
  std::string id;
  std::string arn;
  std::string input = {};  ///< sent in place of the event; empty: none
};

struct EventRule {
  std::string name;
  sim::Owner owner;
  std::string pattern;
  Value parsed = {};
  bool is_enabled = true;
  std::vector<EventTarget> targets = {};
  std::uint64_t matched = 0;
  std::uint64_t undeliverable = 0;  ///< to targets that are not there
};

/// EventBridge's default buses, one an account and region: rules, and what fits them sent on.
class EventBus {
 public:
  EventBus(Deliveries& deliveries, std::uint64_t seed) : deliveries_{deliveries}, seed_{seed} {}

  EventRule& put(const sim::Owner& owner, const std::string& name);
  EventRule* find(const sim::Owner& owner, const std::string& name);
  void remove(const sim::Owner& owner, const std::string& name);
  std::vector<const EventRule*> list(const sim::Owner& owner) const;

  /// Makes an event of it, sends it where rules say, and gives its ID.
  std::string publish(const sim::Owner& owner, TimePoint at, std::string_view source,
                      std::string_view type, Value::List resources, Value detail);

 private:
  Deliveries& deliveries_;
  std::uint64_t seed_;
  std::uint64_t things_ = 0;
  std::map<std::pair<sim::Owner, std::string>, EventRule> rules_;
};

/// Tells what happened to an instance as EC2 does. `zone` is its zone's name to its account.
void tell_notice(EventBus& bus, const sim::Instance& instance, std::string_view zone, TimePoint at);
void tell_rebalance(EventBus& bus, const sim::Instance& instance, std::string_view zone,
                    TimePoint at);
void tell_state(EventBus& bus, const sim::Instance& instance, sim::InstanceState state,
                TimePoint at);

}  // namespace spotvane::lab
