#pragma once

#include "base/http_message.hpp"
#include "sim/agenda.hpp"
#include "sim/instance_market.hpp"
#include "sim/message_queue.hpp"
#include "sim/topics.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace spotvane::lab {

/// Brings messages of topics, and events, to where they are to go: queues at once, addresses by
/// HTTP requests that the caller sends. Each takes some tenths of a second, by the lab's time; an
/// address that does not take a message is tried three times more, 20 s apart.
class Deliveries {
 public:
  Deliveries(sim::Topics& topics, sim::MessageQueues& queues, sim::Agenda& agenda,
             const sim::InstanceMarket& market, std::uint64_t seed)
      : topics_{topics}, queues_{queues}, agenda_{agenda}, market_{market}, seed_{seed} {}

  /// Where the lab is found: it stands in messages.
  void set_address(std::string address) { address_ = std::move(address); }

  /// To all who have confirmed that they want the topic's messages; gives the message's ID.
  std::string publish(sim::Topic& topic, std::string subject, std::string body,
                      sim::MessageAttributes attributes);
  /// Asks an address whether it wants them.
  void ask_to_confirm(const sim::Subscription& subscription);
  /// To the queue or topic of that ARN; false where there is none.
  bool send(const std::string& arn, const std::string& body);

  /// A request that is to be sent to a subscriber.
  struct Outgoing {
    std::uint64_t id = 0;
    HttpRequest request;
  };
  /// Those that are due. What came of each is to be told by `done`.
  std::vector<Outgoing> take_outgoing();
  void done(std::uint64_t id, bool is_taken);
  /// Whether anything may have to go out by itself, as time passes.
  bool has_addresses() const;

 private:
  struct Trip {
    std::string subscription;
    HttpRequest request;
    int attempts = 0;
  };

  TimePoint soon();
  void deliver(const sim::TopicMessage& message, const sim::Subscription& subscription);
  void post(const sim::Subscription& subscription, std::string_view type, const std::string& id,
            std::string body);

  sim::Topics& topics_;
  sim::MessageQueues& queues_;
  sim::Agenda& agenda_;
  const sim::InstanceMarket& market_;
  std::uint64_t seed_;
  std::uint64_t things_ = 0;
  std::string address_ = "http://127.0.0.1:4599";
  std::map<std::uint64_t, Trip> trips_;
  std::vector<std::uint64_t> due_;
};

}  // namespace spotvane::lab
