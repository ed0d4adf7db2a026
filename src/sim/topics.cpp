#include "sim/topics.hpp"

#include "sim/uuid.hpp"
#include "sim/value_noise.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spotvane::sim {

std::uint64_t Topics::next_key() {
  return derive(seed_, ++things_);
}

Topic& Topics::create(const Owner& owner, const std::string& name) {
  auto arn = fmt::format("arn:aws:sns:{}:{}:{}", owner.region, owner.account, name);
  return topics_.try_emplace(arn, Topic{.arn = arn, .name = name, .owner = owner}).first->second;
}

void Topics::remove(const std::string& arn) {
  topics_.erase(arn);
  std::erase_if(subscriptions_, [&arn](const Subscription& one) { return one.topic == arn; });
}

Topic* Topics::find(const std::string& arn) {
  const auto found = topics_.find(arn);
  return found == topics_.end() ? nullptr : &found->second;
}

std::vector<const Topic*> Topics::list(const Owner& owner) const {
  std::vector<const Topic*> found;
  for (const auto& [arn, topic] : topics_) {
    if (topic.owner == owner) {
      found.push_back(&topic);
    }
  }
  return found;
}

Subscription& Topics::subscribe(const Topic& topic, const std::string& protocol,
                                const std::string& endpoint, bool is_raw) {
  for (auto& one : subscriptions_) {
    if (one.topic == topic.arn && one.protocol == protocol && one.endpoint == endpoint) {
      return one;
    }
  }
  const auto key = next_key();
  const auto first = derive(key, "token");
  return subscriptions_.emplace_back(Subscription{
      .arn = fmt::format("{}:{}", topic.arn, uuid_of(key)),
      .topic = topic.arn,
      .protocol = protocol,
      .endpoint = endpoint,
      .owner = topic.owner,
      .is_confirmed = protocol == "sqs",
      .is_raw = is_raw,
      .token = fmt::format("2336412f37fb687f5d51e6e2{:016x}{:016x}", first, derive(first, 1))});
}

Subscription* Topics::confirm(const std::string& topic, const std::string& token) {
  const auto found = std::find_if(
      subscriptions_.begin(), subscriptions_.end(),
      [&](const Subscription& one) { return one.topic == topic && one.token == token; });
  if (found == subscriptions_.end()) {
    return nullptr;
  }
  found->is_confirmed = true;
  return &*found;
}

void Topics::unsubscribe(const std::string& arn) {
  std::erase_if(subscriptions_, [&arn](const Subscription& one) { return one.arn == arn; });
}

Subscription* Topics::find_subscription(const std::string& arn) {
  const auto found = std::find_if(subscriptions_.begin(), subscriptions_.end(),
                                  [&arn](const Subscription& one) { return one.arn == arn; });
  return found == subscriptions_.end() ? nullptr : &*found;
}

std::vector<Subscription*> Topics::subscriptions_of(const std::string& topic) {
  std::vector<Subscription*> found;
  for (auto& one : subscriptions_) {
    if (one.topic == topic) {
      found.push_back(&one);
    }
  }
  return found;
}

TopicMessage Topics::publish(Topic& topic, std::string subject, std::string body,
                             MessageAttributes attributes, TimePoint now) {
  ++topic.published;
  return {.id = uuid_of(next_key()),
          .topic = topic.arn,
          .subject = std::move(subject),
          .body = std::move(body),
          .attributes = std::move(attributes),
          .published_at = now};
}

}  // namespace spotvane::sim
