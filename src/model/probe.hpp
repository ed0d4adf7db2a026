#pragma once

#include "base/money.hpp"
#include "base/time.hpp"
#include "model/launch.hpp"
#include "model/pool.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::model {

/// One probe: some instances of one pool, requested at once. Also its client token and the value of
/// its tag.
using ProbeId = Named<struct ProbeIdTag>;

/// The call that a probe requests its instances by.
enum class LaunchMethod : std::uint8_t { SpotRequest, RunInstances, CreateFleet };

/// What a probe is about to do: durable before AWS hears of it.
struct ProbePlan {
  ProbeId id;
  Pool pool;  ///< no zone: anywhere in the region
  ZoneName zone_name = {};
  ImageId image = {};
  LaunchMethod via = LaunchMethod::SpotRequest;
  int count = 10;
  int vcpus = 0;                        ///< of each instance
  Money price = {};                     ///< an hour and instance, at most
  std::optional<Money> max_price = {};  ///< what AWS is told; none: on-demand is the most
  Money cost_most = {};                 ///< of the whole probe
  Duration timeout = std::chrono::minutes{10};
  Duration interval = std::chrono::seconds{3};
  TimePoint intended = {};

  friend bool operator==(const ProbePlan&, const ProbePlan&) = default;
};

/// Something in AWS that a probe made and must end.
struct ProbeResource {
  enum class Kind : std::uint8_t { SpotRequest, Instance, Fleet, LaunchTemplate };
  Kind kind;
  std::string id;

  friend auto operator<=>(const ProbeResource&, const ProbeResource&) = default;
};

/// Something that happened to a probe, when it was seen.
///
/// Of an instance `what` is "fulfilled" (`detail`: its request), "pending", "running",
/// "system-ok", "instance-ok", "ebs-ok", "ready", "interrupted" (why), "terminated"; of a request
/// "status" (its code); of the probe itself, whose `subject` is empty, "late-look" (what happened
/// meanwhile was seen late), or another word on what went wrong.
struct ProbeEvent {
  TimePoint at;
  std::string subject;  ///< an instance or a request
  std::string what;
  std::string detail = {};

  friend bool operator==(const ProbeEvent&, const ProbeEvent&) = default;
};

/// From `at` on so many were ready.
struct ReadyCount {
  TimePoint at;
  int ready = 0;

  friend bool operator==(const ReadyCount&, const ReadyCount&) = default;
};

/// Why a probe measures no more.
enum class ProbeOutcome : std::uint8_t {
  AllReady,
  TimedOut,
  CannotBeMet,  ///< what is missing can no longer come
  Refused,      ///< AWS did not take the request
  Stopped,      ///< by the user
  CutShort,     ///< by a crash; ended by a later run
};

struct ProbeEnd {
  TimePoint at;
  ProbeOutcome outcome = ProbeOutcome::TimedOut;
  std::string note = {};

  friend bool operator==(const ProbeEnd&, const ProbeEnd&) = default;
};

/// Nothing of the probe is left in AWS.
struct ProbeClearance {
  TimePoint at;
  Money spent;  ///< at most

  friend bool operator==(const ProbeClearance&, const ProbeClearance&) = default;
};

/// What is known of a probe.
struct ProbeRecord {
  ProbePlan plan;
  std::optional<TimePoint> requested = {};  ///< when the call was first made
  std::optional<ProbeEnd> end = {};
  std::optional<ProbeClearance> cleared = {};

  friend bool operator==(const ProbeRecord&, const ProbeRecord&) = default;
};

/// What is new of a probe.
struct ProbeNews {
  ProbeId probe;
  std::optional<TimePoint> requested = {};
  std::vector<ProbeResource> resources = {};
  std::vector<ProbeEvent> events = {};
  std::vector<ReadyCount> ready = {};
  std::optional<ProbeEnd> end = {};
  std::optional<ProbeClearance> cleared = {};

  bool empty() const {
    return !requested && resources.empty() && events.empty() && ready.empty() && !end && !cleared;
  }
};

// "spot-request", "run-instances", "create-fleet".
std::string_view to_text(LaunchMethod via);
std::optional<LaunchMethod> parse_launch_method(std::string_view text);

// "all-ready", "timed-out", "cannot-be-met", "refused", "stopped", "cut-short".
std::string_view to_text(ProbeOutcome outcome);
std::optional<ProbeOutcome> parse_probe_outcome(std::string_view text);

// "spot-request", "instance", "fleet", "launch-template".
std::string_view to_text(ProbeResource::Kind kind);
std::optional<ProbeResource::Kind> parse_resource_kind(std::string_view text);

}  // namespace spotvane::model
