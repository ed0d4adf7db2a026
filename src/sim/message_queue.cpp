#include "sim/message_queue.hpp"

#include "sim/uuid.hpp"
#include "sim/value_noise.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spotvane::sim {

namespace {

/// How long after its deletion a queue's name is taken.
constexpr Duration kNameRests = std::chrono::seconds{60};

}  // namespace

MessageQueue::MessageQueue(Owner owner, std::string name, QueueSettings settings,
                           std::uint64_t seed, TimePoint now)
    : owner_{std::move(owner)},
      name_{std::move(name)},
      settings_{std::move(settings)},
      seed_{seed},
      created_at_{now} {}

std::string MessageQueue::arn() const {
  return fmt::format("arn:aws:sqs:{}:{}:{}", owner_.region, owner_.account, name_);
}

std::string MessageQueue::send(std::string body, MessageAttributes attributes, std::string sender,
                               std::optional<Duration> delay, TimePoint now) {
  messages_.push_back({.id = uuid_of(derive(seed_, ++things_)),
                       .body = std::move(body),
                       .attributes = std::move(attributes),
                       .sender = std::move(sender),
                       .sent_at = now,
                       .visible_at = now + delay.value_or(settings_.delay)});
  ++counts_.sent;
  return messages_.back().id;
}

void MessageQueue::expire(TimePoint now) {
  counts_.expired += std::erase_if(messages_, [&](const QueueMessage& message) {
    return message.sent_at + settings_.retention <= now;
  });
}

std::list<QueueMessage>::iterator MessageQueue::next(TimePoint now,
                                                     const QueueConditions& conditions) {
  const auto is_there = [now](const QueueMessage& message) { return message.visible_at <= now; };
  auto found = std::find_if(messages_.begin(), messages_.end(), is_there);
  const auto luck = derive(seed_, ++things_);
  if (found == messages_.end() || uniform(derive(luck, "order")) >= conditions.reordering) {
    return found;
  }
  const auto there = std::count_if(found, messages_.end(), is_there);
  auto skipped =
      static_cast<std::ptrdiff_t>(uniform(derive(luck, "which")) * static_cast<double>(there));
  for (; skipped > 0; --skipped) {
    found = std::find_if(std::next(found), messages_.end(), is_there);
  }
  return found;
}

std::vector<const QueueMessage*> MessageQueue::receive(int most, Duration visibility, TimePoint now,
                                                       const QueueConditions& conditions,
                                                       MessageQueue* dead_letters) {
  expire(now);
  std::vector<const QueueMessage*> given;
  std::vector<QueueMessage*> taken;
  while (static_cast<int>(given.size()) < most) {
    const auto message = next(now, conditions);
    if (message == messages_.end()) {
      break;
    }
    if (dead_letters != nullptr && message->receipts >= settings_.most_receipts) {
      message->visible_at = now;
      message->receipts = 0;
      ++dead_letters->counts_.sent;
      dead_letters->messages_.splice(dead_letters->messages_.end(), messages_, message);
      ++counts_.set_aside;
      continue;
    }
    ++counts_.received;
    ++message->receipts;
    message->first_received_at = std::min(message->first_received_at, now);
    const auto key = derive(seed_, ++things_);
    message->handle = fmt::format("AQEB{}#{:016x}", message->id, derive(key, "handle"));
    message->visible_at = kNever;  // not twice in one answer
    given.push_back(&*message);
    taken.push_back(&*message);
  }
  for (auto* message : taken) {
    const auto luck = derive(derive(seed_, message->handle), "again");
    message->visible_at = uniform(luck) < conditions.duplicates ? now : now + visibility;
  }
  return given;
}

TimePoint MessageQueue::next_visible() const {
  const auto first = std::min_element(
      messages_.begin(), messages_.end(),
      [](const auto& left, const auto& right) { return left.visible_at < right.visible_at; });
  return first == messages_.end() ? kNever : first->visible_at;
}

std::list<QueueMessage>::iterator MessageQueue::find(const std::string& handle) {
  // A handle of an earlier receipt still names the message.
  const auto id = handle.substr(4, handle.find('#') - 4);
  return std::find_if(messages_.begin(), messages_.end(),
                      [&id](const QueueMessage& message) { return message.id == id; });
}

MessageQueue::Receipt MessageQueue::remove(const std::string& handle) {
  if (!handle.starts_with("AQEB") || handle.find('#') == std::string::npos) {
    return Receipt::Unknown;
  }
  const auto message = find(handle);
  if (message == messages_.end()) {
    return Receipt::Gone;
  }
  messages_.erase(message);
  ++counts_.deleted;
  return Receipt::Good;
}

MessageQueue::Receipt MessageQueue::hide(const std::string& handle, TimePoint until,
                                         TimePoint now) {
  if (!handle.starts_with("AQEB") || handle.find('#') == std::string::npos) {
    return Receipt::Unknown;
  }
  const auto message = find(handle);
  if (message == messages_.end() || message->handle != handle || message->visible_at <= now) {
    return Receipt::Gone;
  }
  message->visible_at = until;
  return Receipt::Good;
}

MessageQueue::Sizes MessageQueue::sizes(TimePoint now) const {
  Sizes sizes;
  for (const auto& message : messages_) {
    ++(message.visible_at <= now ? sizes.visible
       : message.receipts > 0    ? sizes.hidden
                                 : sizes.delayed);
  }
  return sizes;
}

Granted<MessageQueue*> MessageQueues::create(const Owner& owner, const std::string& name,
                                             const QueueSettings& settings, TimePoint now) {
  const Key key{owner, name};
  if (auto* known = find(owner, name)) {
    return known->settings() == settings
               ? Granted<MessageQueue*>{known}
               : tl::unexpected(MarketRefusal{
                     "QueueAlreadyExists",
                     "A queue already exists with the same name and a different value for an "
                     "attribute"});
  }
  if (const auto deleted = deleted_.find(key);
      deleted != deleted_.end() && now < deleted->second + kNameRests) {
    return tl::unexpected(MarketRefusal{
        "QueueDeletedRecently",
        "You must wait 60 seconds after deleting a queue before you can create another with the "
        "same name."});
  }
  const auto seed = derive(derive(derive(derive(seed_, owner.account), owner.region.text()), name),
                           static_cast<std::uint64_t>(now.time_since_epoch().count()));
  return &queues_.try_emplace(key, owner, name, settings, seed, now).first->second;
}

void MessageQueues::remove(const Owner& owner, const std::string& name, TimePoint now) {
  queues_.erase({owner, name});
  deleted_[{owner, name}] = now;
}

MessageQueue* MessageQueues::find(const Owner& owner, const std::string& name) {
  const auto found = queues_.find({owner, name});
  return found == queues_.end() ? nullptr : &found->second;
}

const MessageQueue* MessageQueues::find(const Owner& owner, const std::string& name) const {
  const auto found = queues_.find({owner, name});
  return found == queues_.end() ? nullptr : &found->second;
}

MessageQueue* MessageQueues::find(const std::string& arn) {
  for (auto& [key, queue] : queues_) {
    if (queue.arn() == arn) {
      return &queue;
    }
  }
  return nullptr;
}

std::vector<const MessageQueue*> MessageQueues::list(const Owner& owner) const {
  std::vector<const MessageQueue*> found;
  for (const auto& [key, queue] : queues_) {
    if (key.first == owner) {
      found.push_back(&queue);
    }
  }
  return found;
}

std::vector<const MessageQueue*> MessageQueues::every() const {
  std::vector<const MessageQueue*> found;
  for (const auto& [key, queue] : queues_) {
    found.push_back(&queue);
  }
  return found;
}

std::vector<const QueueMessage*> MessageQueues::receive(MessageQueue& queue, int most,
                                                        Duration visibility, TimePoint now) {
  auto* dead_letters =
      queue.settings().dead_letters.empty() ? nullptr : find(queue.settings().dead_letters);
  return queue.receive(most, visibility, now, conditions_, dead_letters);
}

}  // namespace spotvane::sim
