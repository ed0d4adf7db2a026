#include "sim/launch_templates.hpp"

#include "sim/value_noise.hpp"

#include <fmt/format.h>

namespace spotvane::sim {

namespace {

bool is_there(const LaunchTemplate& one, const Owner& owner, TimePoint as_of) {
  return one.owner == owner && one.visible_at <= as_of && as_of < one.deleted_at;
}

}  // namespace

Granted<const LaunchTemplate*> LaunchTemplates::create(LaunchTemplate wanted,
                                                       const ClientToken& token, TimePoint now) {
  if (const auto known = tokens_.find({wanted.owner, token.text});
      !token.text.empty() && known != tokens_.end()) {
    if (known->second.parameters != token.parameters) {
      return tl::unexpected(mismatch(token));
    }
    return &templates_[known->second.made];
  }
  if (find(wanted.owner, {}, wanted.name, now) != nullptr) {
    return tl::unexpected(
        MarketRefusal{"InvalidLaunchTemplateName.AlreadyExistsException",
                      fmt::format("Launch template name '{}' already in use.", wanted.name)});
  }
  const auto key = derive(derive(seed_, "template"), templates_.size());
  wanted.id = fmt::format("lt-0{:016x}", key);
  wanted.created_at = now;
  wanted.visible_at = now;  // EC2 reads its own templates back at once
  if (!token.text.empty()) {
    tokens_[{wanted.owner, token.text}] = {token.parameters, templates_.size()};
  }
  return &templates_.emplace_back(std::move(wanted));
}

Granted<const LaunchTemplate*> LaunchTemplates::remove(const Owner& owner, const std::string& id,
                                                       const std::string& name, TimePoint now) {
  for (auto& one : templates_) {
    if (is_there(one, owner, now) && (id.empty() ? one.name == name : one.id == id)) {
      one.deleted_at = now;
      return &one;
    }
  }
  return tl::unexpected(
      id.empty()
          ? MarketRefusal{"InvalidLaunchTemplateName.NotFoundException",
                          fmt::format("The specified launch template, with template name {}, does "
                                      "not exist.",
                                      name)}
          : MarketRefusal{
                "InvalidLaunchTemplateId.NotFound",
                fmt::format("The specified launch template, with template ID {}, does not "
                            "exist.",
                            id)});
}

const LaunchTemplate* LaunchTemplates::find(const Owner& owner, const std::string& id,
                                            const std::string& name, TimePoint as_of) const {
  for (const auto& one : templates_) {
    if (is_there(one, owner, as_of) && (id.empty() ? one.name == name : one.id == id)) {
      return &one;
    }
  }
  return nullptr;
}

LaunchTemplate* LaunchTemplates::find(const Owner& owner, const std::string& id, TimePoint as_of) {
  for (auto& one : templates_) {
    if (is_there(one, owner, as_of) && one.id == id) {
      return &one;
    }
  }
  return nullptr;
}

std::vector<const LaunchTemplate*> LaunchTemplates::list(const Owner& owner,
                                                         TimePoint as_of) const {
  std::vector<const LaunchTemplate*> found;
  for (const auto& one : templates_) {
    if (is_there(one, owner, as_of)) {
      found.push_back(&one);
    }
  }
  return found;
}

}  // namespace spotvane::sim
