#pragma once

#include "agent/delivery.hpp"
#include "agent/host_reader.hpp"
#include "agent/sightings.hpp"
#include "agent/watch.hpp"
#include "ports/containers.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace spotvane::agent {

/// What the agent needs of the world. All must outlive it.
struct AgentPorts {
  HttpTransport& transport;
  Timers& timers;
  const Clock& clock;
  Containers* containers;  ///< null: no attributes are set
  DeliveryRecord& record;
  Log& log;
};

struct AgentOptions {
  Duration poll = std::chrono::seconds{1};
  MetadataSession::Options metadata = {};
  std::string ecs_endpoint = "http://localhost:51678";
};

/// Watches what AWS means to do with the instance it runs on, and tells.
///
/// Nothing that the world does ends it. The loop must not run once it is gone.
class Agent {
 public:
  Agent(AgentOptions options, std::vector<std::unique_ptr<Sink>> sinks, const AgentPorts& ports,
        Random random);
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  /// Begins to watch, for ever.
  void start();

  /// Sends a message as of an interruption now, for a drill. Calls back when it is delivered to
  /// every sink, with `Unavailable` where to some it is not.
  void drill(On<void> on_done);

  /// The message an interruption would be told by. Fails where the instance is not known.
  void describe(On<Message> on_message);

 private:
  void learn_host();
  void learn_ecs_place();
  void mark_host(int attempt);
  void note(Event event);
  void tell(Event event, TimePoint seen);
  void send(const Event& event, TimePoint seen);
  void await_delivery(const On<void>& on_done);

  AgentOptions options_;
  AgentPorts ports_;
  MetadataSession metadata_;
  HostReader reader_;
  Watch watch_;
  Sightings sightings_;
  Delivery delivery_;
  std::optional<Host> host_;
};

}  // namespace spotvane::agent
