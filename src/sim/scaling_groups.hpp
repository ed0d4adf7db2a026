#pragma once

#include "sim/agenda.hpp"
#include "sim/instance_market.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spotvane::sim {

/// One launch or termination of a group, as it tells of it.
struct ScalingActivity {
  std::string id;
  std::string group;
  std::string description;
  std::string cause;
  std::string status;  ///< "InProgress", "Successful", "Failed"
  std::string message = {};
  std::string instance_id = {};
  TimePoint began_at = {};
  TimePoint ended_at = kNever;
};

struct GroupMember {
  enum class State : std::uint8_t { Pending, InService, Terminating };

  std::string instance_id;
  model::InstanceType type;
  model::ZoneId zone;
  bool is_spot = false;
  State state = State::Pending;
  bool is_healthy = true;
  bool is_protected = false;
  TimePoint launched_at = {};
  std::string hook_token = {};  ///< it waits for somebody to say that it may be ended
  TimePoint hook_ends = kNever;

  bool is_waiting() const { return !hook_token.empty(); }
};

/// A pause of instances that are to be ended, until somebody says to go on or its time is over.
struct LifecycleHook {
  std::string name;
  Duration timeout = std::chrono::hours{1};
  std::string result = "ABANDON";  ///< what the end of its time counts as
  std::string metadata = {};
};

/// A change of a group's desired capacity, for who audits it.
struct DesiredChange {
  TimePoint at;
  int before = 0;
  int after = 0;
  std::string why = {};  ///< "set", "set honouring the cooldown", "update", "terminate", "create"
};

/// What a group is to be.
struct ScalingGroupSettings {
  int least = 0;
  int most = 0;
  int desired = 0;
  Duration cooldown = std::chrono::minutes{5};
  std::vector<model::ZoneId> zones = {};
  std::vector<LaunchSpec> choices = {};  ///< without zones; the first that can be had
  int on_demand_base = 0;
  int on_demand_percent = 100;  ///< above the base
  std::optional<Money> max_price = {};
  bool rebalances = false;  ///< what is recommended to be left is replaced first
  std::string template_id = {};
  std::string template_name = {};
  std::string template_version = {};
};

struct ScalingGroup {
  std::string name;
  Owner owner;
  ScalingGroupSettings settings;
  Tags tags = {};
  Tags passed_on = {};  ///< of the tags, those that its instances get
  TimePoint created_at = {};
  bool is_deleted = false;
  std::optional<LifecycleHook> hook = {};
  std::vector<GroupMember> members = {};
  std::deque<ScalingActivity> activities = {};  ///< the newest first
  std::vector<DesiredChange> changes = {};
  TimePoint scaled_at = TimePoint::min();  ///< what the cooldown counts from
  bool is_looked_at = false;

  int live() const;
};

/// EC2 Auto Scaling as a model: groups that launch into the instance market until they have what is
/// desired, replace what ends, and end what is too many.
class ScalingGroups {
 public:
  ScalingGroups(Agenda& agenda, InstanceMarket& market, std::uint64_t seed)
      : agenda_{agenda}, market_{market}, seed_{seed} {}

  /// Refused where there is one of that name.
  Granted<ScalingGroup*> create(const Owner& owner, const std::string& name,
                                ScalingGroupSettings settings, Tags tags, Tags passed_on);
  /// Refused while it has instances, unless `force` ends them.
  Granted<void> remove(ScalingGroup& group, bool force);
  ScalingGroup* find(const Owner& owner, const std::string& name);
  std::vector<const ScalingGroup*> list(const Owner& owner) const;
  const std::deque<ScalingGroup>& groups() const { return groups_; }

  /// Refused outside of least and most, and where the cooldown is to be honoured and runs.
  Granted<void> set_desired(ScalingGroup& group, int desired, bool honours_cooldown);
  void update(ScalingGroup& group, ScalingGroupSettings settings);
  /// Refused where the instance is not the group's, or fewer are not allowed.
  Granted<ScalingActivity> terminate(ScalingGroup& group, const std::string& instance_id,
                                     bool decrements);

  /// Ends an instance that waits, named by its ID or its token; refused where there is none.
  Granted<void> go_on(ScalingGroup& group, const std::string& which);
  /// Lets it wait for the hook's time from now on.
  Granted<void> wait_longer(ScalingGroup& group, const std::string& which);
  /// Who is told of instances that begin to wait.
  using OnWait = std::function<void(const ScalingGroup&, const GroupMember&)>;
  void tell_waits(OnWait on_wait) { on_wait_ = std::move(on_wait); }

  /// The group an instance is in; null where in none.
  const ScalingGroup* group_of(const std::string& instance_id) const;
  static const GroupMember* member(const ScalingGroup& group, const std::string& instance_id);

  // What happens to instances.

  void recommended(const Instance& instance);
  void shutting_down(const Instance& instance);
  void terminated(const Instance& instance);

 private:
  TimePoint now() const { return market_.now(); }
  std::uint64_t next_key();
  void look_at(ScalingGroup& group, Duration after);
  void reconcile(ScalingGroup& group);
  bool launch_one(ScalingGroup& group);
  bool launch_as(ScalingGroup& group, bool is_spot);
  void in_service(ScalingGroup& group, const std::string& instance_id);
  ScalingActivity& end(ScalingGroup& group, GroupMember& member, std::string cause);
  bool pause(ScalingGroup& group, GroupMember& member);
  void end_at_timeout(ScalingGroup& group, const std::string& instance_id, TimePoint at);
  ScalingActivity& note(ScalingGroup& group, std::string description, std::string cause,
                        std::string instance_id);
  ScalingGroup* own_group_of(const std::string& instance_id);
  void change_desired(ScalingGroup& group, int desired, std::string why);

  Agenda& agenda_;
  InstanceMarket& market_;
  std::uint64_t seed_;
  std::uint64_t things_ = 0;
  std::deque<ScalingGroup> groups_;
  std::map<std::string, std::size_t> group_of_instance_;
  OnWait on_wait_ = {};
};

}  // namespace spotvane::sim
