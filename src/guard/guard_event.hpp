#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::guard {

/// Why somebody wrote to the controller.
enum class Cause : std::uint8_t {
  Interruption,  ///< AWS takes the instance back; or a drill of it
  Ending,        ///< it is being ended otherwise: by its Auto Scaling group
  Rebalance,     ///< AWS recommends to leave it
  StateChange,   ///< it came to be in another state
  FleetLook,     ///< a fleet's capacity is to be looked at: an alarm, or somebody's word
  Alarm,         ///< an alarm changed its state that is of no fleet's
  Idle,          ///< nothing to do: a test message, an event of no interest
};

std::string_view to_text(Cause cause);

/// What a message says. What it does not say is empty.
struct GuardEvent {
  Cause cause = Cause::Idle;
  std::string instance_id = {};
  std::string instance_type = {};
  std::string region = {};
  std::string cluster = {};
  std::string container_arn = {};
  std::string fleet_id = {};
  std::string action = {};  ///< "terminate", "stop", "hibernate"
  std::string state = {};   ///< of a state change
  std::string alarm = {};   ///< CloudWatch's name of it
  std::string group = {};   ///< Auto Scaling's, that holds the instance by a hook
  std::string hook = {};
  std::string hook_token = {};
  std::optional<TimePoint> ends = {};  ///< when AWS takes it

  friend bool operator==(const GuardEvent&, const GuardEvent&) = default;
};

/// Reads a message in whichever wrapping it came: the agent's own JSON, an EventBridge event, a
/// CloudWatch alarm, {"fleetID": "..."}, each bare or as the Message of an SNS notification; and
/// AWS Lambda's list of such from SNS or SQS. Fails with `Corrupt` where it is none of these.
Result<std::vector<GuardEvent>> read_events(std::string_view text);

}  // namespace spotvane::guard
