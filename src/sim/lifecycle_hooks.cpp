#include "sim/scaling_groups.hpp"
#include "sim/uuid.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spotvane::sim {

namespace {

GroupMember* waiting_member(ScalingGroup& group, const std::string& which) {
  const auto found =
      std::find_if(group.members.begin(), group.members.end(), [&](const GroupMember& one) {
        return one.is_waiting() && (one.hook_token == which || one.instance_id == which);
      });
  return found == group.members.end() ? nullptr : &*found;
}

tl::unexpected<MarketRefusal> nobody_waits(const std::string& which) {
  return tl::unexpected(MarketRefusal{
      "ValidationError",
      fmt::format("No active Lifecycle Action found with instance ID or token {}", which)});
}

}  // namespace

/// Whether the group's hook keeps the instance for now. One that ends by itself is not kept.
bool ScalingGroups::pause(ScalingGroup& group, GroupMember& member) {
  const auto* instance = market_.find_any(member.instance_id);
  if (!group.hook || instance == nullptr || state(*instance, now()) != InstanceState::Running) {
    return false;
  }
  member.hook_token = uuid_of(next_key());
  member.hook_ends = now() + group.hook->timeout;
  if (on_wait_) {
    on_wait_(group, member);
  }
  end_at_timeout(group, member.instance_id, member.hook_ends);
  return true;
}

void ScalingGroups::end_at_timeout(ScalingGroup& group, const std::string& instance_id,
                                   TimePoint at) {
  agenda_.at(at, [this, &group, instance_id] {
    const auto* member = waiting_member(group, instance_id);
    if (member != nullptr && member->hook_ends > now()) {
      return end_at_timeout(group, instance_id, member->hook_ends);
    }
    static_cast<void>(go_on(group, instance_id));  // unless somebody has said so before
  });
}

Granted<void> ScalingGroups::go_on(ScalingGroup& group, const std::string& which) {
  auto* member = waiting_member(group, which);
  if (member == nullptr) {
    return nobody_waits(which);
  }
  member->hook_token.clear();
  market_.end(member->instance_id);
  return {};
}

Granted<void> ScalingGroups::wait_longer(ScalingGroup& group, const std::string& which) {
  auto* member = waiting_member(group, which);
  if (member == nullptr || !group.hook) {
    return nobody_waits(which);
  }
  member->hook_ends = now() + group.hook->timeout;
  return {};
}

}  // namespace spotvane::sim
