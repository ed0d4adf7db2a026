#include "model/launch.hpp"

#include "model/words.hpp"

#include <algorithm>

namespace spotvane::model {

namespace {

constexpr Words<SpotRequestState, 6> kRequestStates{{{SpotRequestState::Open, "open"},
                                                     {SpotRequestState::Active, "active"},
                                                     {SpotRequestState::Closed, "closed"},
                                                     {SpotRequestState::Cancelled, "cancelled"},
                                                     {SpotRequestState::Failed, "failed"},
                                                     {SpotRequestState::Disabled, "disabled"}}};

constexpr Words<InstanceState, 6> kInstanceStates{{{InstanceState::Pending, "pending"},
                                                   {InstanceState::Running, "running"},
                                                   {InstanceState::ShuttingDown, "shutting-down"},
                                                   {InstanceState::Terminated, "terminated"},
                                                   {InstanceState::Stopping, "stopping"},
                                                   {InstanceState::Stopped, "stopped"}}};

}  // namespace

std::string_view to_text(SpotRequestState state) {
  return word_of(kRequestStates, state);
}

std::string_view to_text(InstanceState state) {
  return word_of(kInstanceStates, state);
}

std::optional<SpotRequestState> parse_spot_request_state(std::string_view text) {
  return value_of(kRequestStates, text);
}

std::optional<InstanceState> parse_instance_state(std::string_view text) {
  return value_of(kInstanceStates, text);
}

std::string_view tag_value(const std::vector<Tag>& tags, std::string_view key) {
  const auto found =
      std::find_if(tags.begin(), tags.end(), [&](const Tag& tag) { return tag.key == key; });
  return found == tags.end() ? std::string_view{} : std::string_view{found->value};
}

}  // namespace spotvane::model
