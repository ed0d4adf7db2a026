#include "lab/deliveries.hpp"

#include "lab/sns_envelope.hpp"
#include "sim/uuid.hpp"
#include "sim/value_noise.hpp"

#include <algorithm>
#include <utility>

namespace spotvane::lab {

namespace {

constexpr Duration kQuickest = std::chrono::milliseconds{50};
constexpr double kSpread = 400.0;  // milliseconds
constexpr int kMostAttempts = 4;
constexpr Duration kNextTry = std::chrono::seconds{20};

}  // namespace

TimePoint Deliveries::soon() {
  const auto share = sim::uniform(sim::derive(seed_, ++things_));
  return market_.now() + kQuickest + Duration{static_cast<std::int64_t>(share * kSpread)};
}

std::string Deliveries::publish(sim::Topic& topic, std::string subject, std::string body,
                                sim::MessageAttributes attributes) {
  const auto message = topics_.publish(topic, std::move(subject), std::move(body),
                                       std::move(attributes), market_.now());
  for (const auto* subscription : topics_.subscriptions_of(topic.arn)) {
    if (subscription->is_confirmed) {
      agenda_.at(soon(), [this, message, arn = subscription->arn] {
        if (const auto* still = topics_.find_subscription(arn)) {
          deliver(message, *still);
        }
      });
    }
  }
  return message.id;
}

void Deliveries::deliver(const sim::TopicMessage& message, const sim::Subscription& subscription) {
  const auto* topic = topics_.find(message.topic);
  if (topic == nullptr) {
    return;
  }
  auto body = subscription.is_raw
                  ? message.body
                  : notification(message, subscription, topic->signature_version, address_);
  if (subscription.protocol != "sqs") {
    return post(subscription, "Notification", message.id, std::move(body));
  }
  auto* own = topics_.find_subscription(subscription.arn);
  if (auto* queue = queues_.find(subscription.endpoint)) {
    queue->send(std::move(body),
                subscription.is_raw ? message.attributes : sim::MessageAttributes{},
                "sns.amazonaws.com", std::nullopt, market_.now());
    ++own->delivered;
  } else {
    ++own->failed;
  }
}

void Deliveries::ask_to_confirm(const sim::Subscription& subscription) {
  agenda_.at(soon(), [this, arn = subscription.arn] {
    const auto* still = topics_.find_subscription(arn);
    const auto* topic = still != nullptr ? topics_.find(still->topic) : nullptr;
    if (topic != nullptr && !still->is_confirmed) {
      const auto id = sim::uuid_of(sim::derive(seed_, ++things_));
      post(
          *still, "SubscriptionConfirmation", id,
          subscription_confirmation(*still, id, topic->signature_version, market_.now(), address_));
    }
  });
}

void Deliveries::post(const sim::Subscription& subscription, std::string_view type,
                      const std::string& id, std::string body) {
  HttpRequest request{.method = "POST",
                      .url = subscription.endpoint,
                      .headers = {{"Content-Type", "text/plain; charset=UTF-8"},
                                  {"User-Agent", "Amazon Simple Notification Service Agent"},
                                  {"x-amz-sns-message-type", std::string{type}},
                                  {"x-amz-sns-message-id", id},
                                  {"x-amz-sns-topic-arn", subscription.topic}},
                      .body = std::move(body)};
  if (type == "Notification") {
    request.headers.push_back({"x-amz-sns-subscription-arn", subscription.arn});
    if (subscription.is_raw) {
      request.headers.push_back({"x-amz-sns-rawdelivery", "true"});
    }
  }
  const auto trip = ++things_;
  trips_[trip] = {subscription.arn, std::move(request)};
  due_.push_back(trip);
}

bool Deliveries::send(const std::string& arn, const std::string& body) {
  if (auto* topic = topics_.find(arn)) {
    publish(*topic, {}, body, {});
    return true;
  }
  if (queues_.find(arn) == nullptr) {
    return false;
  }
  agenda_.at(soon(), [this, arn, body] {
    if (auto* queue = queues_.find(arn)) {
      queue->send(body, {}, "events.amazonaws.com", std::nullopt, market_.now());
    }
  });
  return true;
}

std::vector<Deliveries::Outgoing> Deliveries::take_outgoing() {
  std::vector<Outgoing> going;
  for (const auto id : std::exchange(due_, {})) {
    auto& trip = trips_.at(id);
    ++trip.attempts;
    going.push_back({id, trip.request});
  }
  return going;
}

void Deliveries::done(std::uint64_t id, bool is_taken) {
  const auto trip = trips_.find(id);
  if (trip == trips_.end()) {
    return;
  }
  auto* subscription = topics_.find_subscription(trip->second.subscription);
  if (!is_taken && subscription != nullptr && trip->second.attempts < kMostAttempts) {
    agenda_.at(market_.now() + kNextTry, [this, id] { due_.push_back(id); });
    return;
  }
  if (subscription != nullptr) {
    ++(is_taken ? subscription->delivered : subscription->failed);
  }
  trips_.erase(trip);
}

bool Deliveries::has_addresses() const {
  const auto& all = topics_.subscriptions();
  return !trips_.empty() ||
         std::any_of(all.begin(), all.end(), [](const auto& one) { return one.protocol != "sqs"; });
}

}  // namespace spotvane::lab
