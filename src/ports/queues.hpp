#pragma once

#include "base/time.hpp"
#include "ports/cloud.hpp"

#include <string>
#include <vector>

namespace spotvane {

/// What is sent to a queue.
struct QueueMessage {
  std::string text;
  std::string id = {};     ///< the same for the same message: queues that keep order take it once
  std::string group = {};  ///< such queues keep order within it
};

/// A message that was handed out; it comes again unless it is removed in time.
struct QueueDelivery {
  std::string id;
  std::string receipt;
  std::string text;
  int times_received = 1;
};

struct QueueWait {
  int most = 10;                                   ///< messages, at most 10
  Duration at_most = std::chrono::seconds{20};     ///< for a first message; at most 20 s
  Duration hidden_for = std::chrono::seconds{30};  ///< from others, once handed out
};

/// SQS: each message is handed out until somebody has done with it.
class Queues {
 public:
  virtual ~Queues() = default;

  /// Answers the message's ID.
  virtual void send(std::string queue_url, QueueMessage message, On<std::string> on_id) = 0;

  /// None is a success.
  virtual void receive(std::string queue_url, QueueWait wait,
                       On<std::vector<QueueDelivery>> on_messages) = 0;

  virtual void remove(std::string queue_url, std::string receipt, On<void> on_done) = 0;

  /// Hands it out again after that while in place of what was said as it was received.
  virtual void hide(std::string queue_url, std::string receipt, Duration hidden_for,
                    On<void> on_done) = 0;
};

}  // namespace spotvane
