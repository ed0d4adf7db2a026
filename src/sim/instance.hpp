#pragma once

#include "base/money.hpp"
#include "base/time.hpp"
#include "model/instance_type.hpp"
#include "model/place.hpp"
#include "model/volume.hpp"

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::sim {

/// When something happens that never does.
inline constexpr TimePoint kNever = TimePoint::max();

/// From the notice of an interruption to the interruption.
inline constexpr Duration kNotice = std::chrono::minutes{2};

/// Whose, and where: an account sees its own things only, a region at a time.
struct Owner {
  std::string account;
  model::Region region;

  friend bool operator==(const Owner&, const Owner&) = default;
  friend auto operator<=>(const Owner&, const Owner&) = default;
};

using Tags = std::map<std::string, std::string>;

/// What is to be launched. The market looks at type and zone; the rest is carried along.
struct LaunchSpec {
  model::InstanceType type;
  model::ZoneId zone = {};  ///< empty: any of the region's
  std::string image_id = {};
  std::string key_name = {};
  std::vector<std::string> security_groups = {};
  std::string user_data = {};                   ///< as the instance reads it, not in base64
  std::string instance_profile = {};            ///< the name of its role; empty: none
  bool shows_tags = false;                      ///< to itself, in its metadata
  std::vector<model::VolumeSpec> volumes = {};  ///< that come and go with it, the root volume first
};

/// EC2's states with EC2's codes. An instance only moves forward through them.
enum class InstanceState : std::uint8_t {
  Pending = 0,
  Running = 16,
  ShuttingDown = 32,
  Terminated = 48,
};

std::string_view to_text(InstanceState state);  ///< "shutting-down"

enum class CheckState : std::uint8_t { NotApplicable, Initializing, Ok, Impaired };

std::string_view to_text(CheckState state);  ///< "not-applicable", "initializing", "ok", "impaired"

/// Why an instance is ending, in EC2's words; empty while nobody has ended it.
struct EndReason {
  std::string_view code = {};  ///< "Server.SpotInstanceTermination"
  std::string_view message = {};
};

/// An instance with all that will happen to it, as far as it is settled. What EC2 says of it at
/// some moment is a question to the functions below.
struct Instance {
  std::string id;
  std::string reservation_id;
  int launch_index = 0;  ///< in its reservation
  Owner owner;
  LaunchSpec spec;  ///< its zone is where the instance is
  int vcpus = 0;
  bool is_spot = false;
  std::string spot_request_id = {};
  std::string fleet_id = {};
  std::string client_token = {};  ///< of RunInstances
  Tags tags = {};
  TimePoint launched_at;
  TimePoint visible_at;  ///< describes know nothing of it before
  TimePoint running_at;
  TimePoint system_ok_at;
  TimePoint instance_ok_at;
  std::optional<TimePoint> ebs_ok_at = {};  ///< none: EC2 does not report this check for the type
  TimePoint rebalance_at = kNever;          ///< recommended since; with the notice at the latest
  TimePoint notice_at = kNever;             ///< of its interruption
  TimePoint shutdown_at = kNever;           ///< when it stops running
  TimePoint terminated_at = kNever;
  EndReason reason = {};
};

/// Something that happened to an instance. That it began to run is not told: `running_at` is
/// settled at its launch.
struct InstanceChange {
  enum class Kind : std::uint8_t { Launched, Recommended, Noticed, ShuttingDown, Terminated };

  Kind kind = Kind::Launched;
  TimePoint at = {};
  std::uint32_t instance = 0;  ///< of `InstanceMarket::every_instance()`
};

InstanceState state(const Instance& instance, TimePoint at);

/// Of the checks that begin once it runs: initializing, then ok; impaired where it never gets ok.
CheckState system_check(const Instance& instance, TimePoint at);
CheckState instance_check(const Instance& instance, TimePoint at);
std::optional<CheckState> ebs_check(const Instance& instance, TimePoint at);

/// What is billed of it until then: by the second from running to shutting down, a minute at least.
/// None where it has not run.
struct BilledTime {
  TimePoint from;
  TimePoint to;
};
std::optional<BilledTime> billed_time(const Instance& instance, TimePoint until);

/// What its volumes have cost until then, in dollars: for the time that is billed of itself.
double volumes_usd(const Instance& instance, TimePoint until);

/// When it was running with every reported check ok; `kNever` where it ended before.
TimePoint ready_at(const Instance& instance);

enum class RequestState : std::uint8_t { Open, Active, Closed, Cancelled, Failed };

std::string_view to_text(RequestState state);  ///< "cancelled"

/// What EC2 says of a spot request from some moment on.
struct RequestStatus {
  TimePoint at;
  RequestState state = RequestState::Open;
  std::string code;  ///< "pending-evaluation"
  std::string message;
};

/// A request for one spot instance, one-time.
struct SpotRequest {
  std::string id;
  Owner owner;
  LaunchSpec spec;
  int vcpus = 0;
  std::optional<Money> max_price = {};  ///< none: on-demand's
  TimePoint created_at;
  TimePoint visible_at;
  TimePoint valid_until = kNever;
  Tags tags = {};
  std::string instance_id = {};        ///< once it is fulfilled
  TimePoint fulfilled_at = kNever;     ///< may be after it was cancelled
  std::vector<RequestStatus> history;  ///< never empty; by time
  std::string bad_parameter = {};      ///< what makes its evaluation fail for good
  bool holds_capacity = false;         ///< about to be fulfilled, come what may
  bool is_claimed = true;              ///< counts as what may still become an instance
};

/// The status in force at `at`; before all, the first.
const RequestStatus& status(const SpotRequest& request, TimePoint at);

}  // namespace spotvane::sim
