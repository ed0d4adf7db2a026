#pragma once

#include "base/money.hpp"
#include "base/named.hpp"
#include "base/time.hpp"
#include "model/instance_type.hpp"
#include "model/place.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::model {

using ImageId = Named<struct ImageIdTag>;                    ///< "ami-0123..."
using InstanceId = Named<struct InstanceIdTag>;              ///< "i-0123..."
using SpotRequestId = Named<struct SpotRequestIdTag>;        ///< "sir-0123..."
using FleetId = Named<struct FleetIdTag>;                    ///< "fleet-0123..."
using LaunchTemplateId = Named<struct LaunchTemplateIdTag>;  ///< "lt-0123..."

struct Tag {
  std::string key;
  std::string value;

  friend bool operator==(const Tag&, const Tag&) = default;
};

/// The disk an instance boots from, where it is not to be the image's own.
struct RootVolume {
  int gb = 0;
  std::string type = {};  ///< "gp3", "io1"
  int iops = 0;           ///< 0: the type's own

  friend bool operator==(const RootVolume&, const RootVolume&) = default;
};

/// What a launched instance is given besides its type, place and image.
struct HostSetup {
  std::string user_data = {};  ///< as the instance reads it
  std::string key_name = {};
  std::vector<std::string> security_groups = {};  ///< by ID
  std::string subnet = {};                        ///< empty: the zone's default
  std::string instance_profile = {};              ///< by name
  std::optional<RootVolume> volume = {};
  bool is_monitored = false;  ///< by the minute, in CloudWatch

  friend bool operator==(const HostSetup&, const HostSetup&) = default;
};

/// What is to be launched, by whichever call. AWS takes the same order with the same token once,
/// however often it is sent.
struct LaunchOrder {
  Region region;
  InstanceType type;
  ZoneName zone = {};  ///< by the account's name; empty: anywhere in the region
  ImageId image;
  int count = 1;
  std::string token;                    ///< at most 64 characters of ASCII
  std::vector<Tag> tags = {};           ///< on whatever the call lets be tagged
  std::optional<Money> max_price = {};  ///< an hour and instance; none: at most on-demand
  TimePoint valid_until = {};           ///< of a request that waits
  // Of RunInstances alone:
  bool is_on_demand = false;
  HostSetup setup = {};
};

enum class SpotRequestState : std::uint8_t { Open, Active, Closed, Cancelled, Failed, Disabled };

/// A spot instance request as AWS describes it.
struct SpotRequest {
  SpotRequestId id;
  SpotRequestState state = SpotRequestState::Open;
  std::string status_code = {};  ///< "pending-evaluation", "fulfilled", ...
  std::string message = {};
  std::optional<TimePoint> updated = {};  ///< when the status was last changed, by AWS
  InstanceId instance = {};               ///< empty: none yet
  InstanceType type = {};
  std::vector<Tag> tags = {};
};

enum class InstanceState : std::uint8_t {
  Pending,
  Running,
  ShuttingDown,
  Terminated,
  Stopping,
  Stopped
};

/// An instance as AWS describes it.
struct Instance {
  InstanceId id;
  InstanceState state = InstanceState::Pending;
  std::string state_reason = {};  ///< AWS's code: "Server.SpotInstanceTermination"
  InstanceType type = {};
  ZoneName zone = {};
  std::optional<TimePoint> launched = {};
  std::optional<TimePoint> ended = {};  ///< when it began to shut down, to the second
  SpotRequestId request = {};           ///< empty: on demand, or nobody said
  std::vector<Tag> tags = {};
};

/// A status check of an instance.
enum class Check : std::uint8_t {
  NotReported,  ///< AWS has none of that kind for this instance
  Waiting,      ///< it has not come to an end: "initializing", "insufficient-data"
  Ok,
  Impaired
};

struct InstanceChecks {
  InstanceId id;
  InstanceState state = InstanceState::Running;
  Check system = Check::NotReported;
  Check instance = Check::NotReported;
  Check attached_ebs = Check::NotReported;
};

/// Why a fleet did not launch all it was asked for.
struct FleetError {
  std::string code;
  std::string message;
};

/// What came of an instant fleet: some instances, some errors, or both.
struct Fleet {
  FleetId id;
  std::vector<InstanceId> instances = {};
  std::vector<FleetError> errors = {};
  bool is_deleted = false;
  std::vector<Tag> tags = {};
};

struct LaunchTemplate {
  LaunchTemplateId id;
  std::string name = {};
  std::vector<Tag> tags = {};
};

/// A machine image to boot from.
struct Image {
  ImageId id;
  std::string architecture;  ///< "x86_64", "arm64"
  std::string name = {};
  std::optional<TimePoint> created = {};
};

// AWS's spelling, both ways: "shutting-down", "cancelled". None for a word that is not known.
std::string_view to_text(SpotRequestState state);
std::string_view to_text(InstanceState state);
std::optional<SpotRequestState> parse_spot_request_state(std::string_view text);
std::optional<InstanceState> parse_instance_state(std::string_view text);

/// Whether the request can never again lead to an instance it has not led to.
inline bool is_over(SpotRequestState state) {
  return state != SpotRequestState::Open && state != SpotRequestState::Active;
}

/// The value of the tag; empty where there is none.
std::string_view tag_value(const std::vector<Tag>& tags, std::string_view key);

}  // namespace spotvane::model
