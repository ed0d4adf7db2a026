#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "sim/instance_orders.hpp"
#include "sim/message_queue.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::lab {

/// What faults know instance metadata by; asking for a token is "InstanceMetadataToken".
inline constexpr std::string_view kMetadataAction = "InstanceMetadata";

/// What can go wrong with an answer on purpose.
enum class FaultKind : std::uint8_t {
  Throttle,  ///< refused as too fast
  Error,     ///< the service failed: 500 InternalError
  Busy,      ///< the service failed: 503 Unavailable
  Deny,      ///< the caller has no permission for the action
  Reset,     ///< the connection is closed without a byte, and nothing was done
  Lost,      ///< what was asked took effect; then the connection is closed without a byte
  Truncate,  ///< the connection is closed in the middle of the body
  Slow,      ///< the answer waits, by wall time
  Stale,     ///< a description shows the world as it was, by the lab's time
  Missing,   ///< of instance metadata alone: 404, whatever there is
};

inline constexpr std::array kFaultKinds{FaultKind::Throttle, FaultKind::Error, FaultKind::Busy,
                                        FaultKind::Deny,     FaultKind::Reset, FaultKind::Lost,
                                        FaultKind::Truncate, FaultKind::Slow,  FaultKind::Stale,
                                        FaultKind::Missing};

/// As scenarios name it: "throttle".
std::string_view to_text(FaultKind kind);

struct FaultRule {
  FaultKind kind = FaultKind::Error;
  std::string action;        ///< "GetSpotPlacementScores", with wildcards; "*" for all
  double probability = 0.0;  ///< 0..1
  Duration delay{0};         ///< of `Slow`, and how old a `Stale` answer is
  bool is_after = false;     ///< of `Error` and `Busy`: what was asked took effect all the same
};

/// What goes wrong in a lab.
struct Scenario {
  std::vector<FaultRule> rules = {};  ///< the first that strikes counts
  Duration clock_skew{0};  ///< how far the services' clock is ahead of this machine's, or behind
  sim::MarketConditions instances = {};  ///< what happens to them besides the ordinary
  sim::QueueConditions queues = {};      ///< likewise to messages
};

/// Decides which answers go wrong: by seed, rule, request and how often it came, so that the order
/// of different requests changes nothing.
class Faults {
 public:
  explicit Faults(std::uint64_t seed) : seed_{seed} {}

  /// Takes the place of the scenario before.
  void set(Scenario scenario);

  const Scenario& scenario() const { return scenario_; }

  /// The first rule that strikes; none mostly. `request` identifies the request's content and time.
  std::optional<FaultRule> strike(std::string_view action, std::uint64_t request);

  /// How many answers went wrong in which way since the scenario was set.
  std::uint64_t count(FaultKind kind) const;

 private:
  std::uint64_t seed_;
  Scenario scenario_;
  std::map<FaultKind, std::uint64_t> counts_;
};

/// Reads {"rules": [{"kind": "throttle", "action": "*", "probability": 0.1, "delay": "3s"}],
/// "clock_skew": "-20m", "instances": {"late_fulfilment": 0.1}}; all may be left out, but of a rule
/// not its kind and probability. Fails with `InvalidInput`.
Result<Scenario> parse_scenario(std::string_view json);

/// The scenario and the counts, in the same form.
std::string describe_faults(const Faults& faults);

}  // namespace spotvane::lab
