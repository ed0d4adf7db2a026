#pragma once

#include "sim/instance_orders.hpp"

#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace spotvane::sim {

/// What SQS does with messages besides the ordinary.
struct QueueConditions {
  double duplicates = 0.0;  ///< share of receipts after which a message stays there to be received
  double reordering = 0.0;  ///< share of receipts that take any message instead of the oldest
};

/// A typed value that travels with a message.
struct MessageAttribute {
  std::string type;   ///< "String", "Number.int", "Binary"
  std::string value;  ///< the raw bytes of a Binary
  bool is_binary = false;

  friend bool operator==(const MessageAttribute&, const MessageAttribute&) = default;
};

using MessageAttributes = std::map<std::string, MessageAttribute>;

struct QueueMessage {
  std::string id;
  std::string body;
  MessageAttributes attributes = {};
  std::string sender = {};
  TimePoint sent_at = {};
  TimePoint visible_at = {};  ///< received, or sent with a delay: not before
  TimePoint first_received_at = kNever;
  int receipts = 0;
  std::string handle = {};  ///< of the latest receipt
};

struct QueueSettings {
  Duration visibility = std::chrono::seconds{30};
  Duration delay{0};
  Duration retention = std::chrono::days{4};
  Duration wait{0};                    ///< of receivers who do not say how long
  std::size_t most_bytes = 1U << 20U;  ///< of a message
  std::string dead_letters = {};       ///< the ARN of the queue for what is received too often
  int most_receipts = 0;               ///< how often is too often
  std::map<std::string, std::string> others = {};  ///< kept and told, and nothing else

  friend bool operator==(const QueueSettings&, const QueueSettings&) = default;
};

/// What happened to a queue's messages since it was made.
struct QueueCounts {
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  std::uint64_t deleted = 0;
  std::uint64_t expired = 0;
  std::uint64_t set_aside = 0;  ///< to the queue of dead letters
};

/// A standard queue of SQS: at least once, in about the order of sending.
class MessageQueue {
 public:
  MessageQueue(Owner owner, std::string name, QueueSettings settings, std::uint64_t seed,
               TimePoint now);

  const Owner& owner() const { return owner_; }
  const std::string& name() const { return name_; }
  std::string arn() const;
  TimePoint created_at() const { return created_at_; }
  const QueueCounts& counts() const { return counts_; }

  const QueueSettings& settings() const { return settings_; }
  void set(QueueSettings settings) { settings_ = std::move(settings); }

  /// Its ID.
  std::string send(std::string body, MessageAttributes attributes, std::string sender,
                   std::optional<Duration> delay, TimePoint now);

  /// At most so many of those that are there, hidden from others until `now` and `visibility`. What
  /// was received too often before goes to `dead_letters` instead, where that is not null.
  std::vector<const QueueMessage*> receive(int most, Duration visibility, TimePoint now,
                                           const QueueConditions& conditions,
                                           MessageQueue* dead_letters);

  /// The moment the next message can be received; `kNever` where there is none.
  TimePoint next_visible() const;

  /// What becomes of the message of a receipt. `Gone` is a success where it is to be deleted.
  enum class Receipt : std::uint8_t { Good, Gone, Unknown };
  Receipt remove(const std::string& handle);
  Receipt hide(const std::string& handle, TimePoint until, TimePoint now);

  void purge() { messages_.clear(); }

  struct Sizes {
    std::size_t visible = 0;
    std::size_t hidden = 0;
    std::size_t delayed = 0;
  };
  Sizes sizes(TimePoint now) const;

 private:
  void expire(TimePoint now);
  std::list<QueueMessage>::iterator next(TimePoint now, const QueueConditions& conditions);
  std::list<QueueMessage>::iterator find(const std::string& handle);

  Owner owner_;
  std::string name_;
  QueueSettings settings_;
  std::uint64_t seed_;
  TimePoint created_at_;
  std::uint64_t things_ = 0;          // that were made or drawn so far
  std::list<QueueMessage> messages_;  // by the time they were sent
  QueueCounts counts_;
};

/// Everybody's queues. Pointers stay good until the queue is deleted.
class MessageQueues {
 public:
  explicit MessageQueues(std::uint64_t seed) : seed_{seed} {}

  /// Refused with `QueueAlreadyExists` where there is one of that name with other settings, and
  /// with `QueueDeletedRecently` within a minute of a deletion.
  Granted<MessageQueue*> create(const Owner& owner, const std::string& name,
                                const QueueSettings& settings, TimePoint now);
  void remove(const Owner& owner, const std::string& name, TimePoint now);

  /// Null where there is none.
  MessageQueue* find(const Owner& owner, const std::string& name);
  const MessageQueue* find(const Owner& owner, const std::string& name) const;
  MessageQueue* find(const std::string& arn);

  std::vector<const MessageQueue*> list(const Owner& owner) const;
  std::vector<const MessageQueue*> every() const;

  /// From the queue, past what was received too often.
  std::vector<const QueueMessage*> receive(MessageQueue& queue, int most, Duration visibility,
                                           TimePoint now);

  void set_conditions(const QueueConditions& conditions) { conditions_ = conditions; }
  const QueueConditions& conditions() const { return conditions_; }

 private:
  using Key = std::pair<Owner, std::string>;

  std::uint64_t seed_;
  QueueConditions conditions_ = {};
  std::map<Key, MessageQueue> queues_;
  std::map<Key, TimePoint> deleted_;
};

}  // namespace spotvane::sim
