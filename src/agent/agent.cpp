#include "agent/agent.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace spotvane::agent {

using namespace std::chrono_literals;

namespace {

constexpr Duration kHostRetry = 1s;
constexpr Duration kEcsRetry = 10s;
constexpr Duration kMarkRetry = 2s;
constexpr Duration kLongestMarkRetry = 1min;
constexpr Duration kDrill = 5s;             // somebody is waiting for it
constexpr Duration kIdentityRetry = 200ms;  // with a notice at hand

LogFields fields_of(const Event& event) {
  return {{"event", std::string{to_text(event.kind)}},
          {"eventId", event.id},
          {"action", event.action},
          {"time", event.time ? to_iso8601(*event.time) : std::string{}}};
}

std::string pool_of(const Host& host) {
  return fmt::format(
      "{}@{}", host.instance_type,
      host.availability_zone_id.empty() ? host.availability_zone : host.availability_zone_id);
}

}  // namespace

Agent::Agent(AgentOptions options, std::vector<std::unique_ptr<Sink>> sinks,
             const AgentPorts& ports, Random random)
    : options_{std::move(options)},
      ports_{ports},
      metadata_{options_.metadata, ports.transport, ports.clock},
      reader_{metadata_, ports.transport, options_.ecs_endpoint},
      watch_{options_.poll, metadata_, ports.timers, ports.log,
             [this](Event event) { note(std::move(event)); }},
      delivery_{std::move(sinks), ports.record, ports.timers, ports.clock, ports.log, random} {}

void Agent::start() {
  learn_host();
  watch_.start();
}

void Agent::learn_host() {
  reader_.read_host([this](Result<Host> host) {
    if (!host) {
      ports_.timers.after(kHostRetry, [this] { learn_host(); });
      return;
    }
    const auto ecs = host_ ? host_->ecs : EcsPlace{};
    host_ = std::move(*host);
    host_->ecs = ecs;
    ports_.log.write(LogLevel::Info, "watching",
                     {{"instanceId", host_->instance_id}, {"pool", pool_of(*host_)}});
    learn_ecs_place();
  });
}

void Agent::learn_ecs_place() {
  reader_.read_ecs([this](EcsPlace place) {
    if (place.container_arn.empty()) {
      // Not an ECS host, or one whose agent has not registered yet: asking costs next to nothing.
      ports_.timers.after(kEcsRetry, [this] { learn_ecs_place(); });
      return;
    }
    host_->ecs = std::move(place);
    ports_.log.write(LogLevel::Info, "ecs-host",
                     {{"cluster", host_->ecs.cluster}, {"container", host_->ecs.container_arn}});
    if (ports_.containers != nullptr) {
      mark_host(1);
    }
  });
}

void Agent::mark_host(int attempt) {
  std::vector<std::pair<std::string, std::string>> attributes{{"spotvane.pool", pool_of(*host_)}};
  if (!host_->life_cycle.empty()) {
    attributes.emplace_back("spotvane.lifecycle", host_->life_cycle);
  }
  ports_.containers->put_attributes(
      container_host(*host_), std::move(attributes), [this, attempt](const Result<void>& done) {
        if (done) {
          return ports_.log.write(LogLevel::Info, "attributes-set", {});
        }
        if (attempt == 1) {
          ports_.log.write(LogLevel::Warning, "attributes-failed",
                           {{"error", done.error().message}, {"hint", done.error().hint}});
        }
        ports_.timers.after(std::min<Duration>(kMarkRetry * attempt, kLongestMarkRetry),
                            [this, attempt] { mark_host(attempt + 1); });
      });
}

void Agent::note(Event event) {
  const auto now = ports_.clock.now();
  if (auto news = sightings_.note(std::move(event), now)) {
    ports_.log.write(LogLevel::Warning, "notice", fields_of(*news));
    tell(std::move(*news), now);
  }
}

void Agent::tell(Event event, TimePoint seen) {
  if (!host_) {
    // A message that does not say whose end it is would help nobody.
    reader_.read_host([this, event = std::move(event), seen](Result<Host> host) {
      if (host && !host_) {
        host_ = std::move(*host);
      }
      if (host_ || ports_.clock.now() >= deadline_of(event, seen)) {
        return send(event, seen);
      }
      ports_.timers.after(kIdentityRetry, [this, event, seen] { tell(event, seen); });
    });
    return;
  }
  send(event, seen);
}

void Agent::send(const Event& event, TimePoint seen) {
  if (!host_) {
    return ports_.log.write(LogLevel::Error, "unknown-instance", fields_of(event));
  }
  const auto deliver = [this, event, seen] {
    Message message{.event = event, .host = *host_, .deadline = deadline_of(event, seen)};
    message.event.id = fmt::format("{}/{}", host_->instance_id, event.id);
    delivery_.deliver(message);
  };
  if (!host_->ecs.container_arn.empty()) {
    return deliver();
  }
  reader_.read_ecs([this, deliver](EcsPlace place) {
    if (!place.container_arn.empty()) {
      host_->ecs = std::move(place);
    }
    deliver();
  });
}

void Agent::describe(On<Message> on_message) {
  reader_.read_host([this, on_message = std::move(on_message)](Result<Host> host) {
    if (!host) {
      return on_message(
          tl::unexpected(std::move(host.error()).during("read the instance's metadata")));
    }
    reader_.read_ecs([this, host = std::move(*host), on_message](EcsPlace place) {
      const auto now = ports_.clock.now();
      Message message{.event = {.kind = EventKind::Drill,
                                .id = fmt::format("{}/drill/{}", host.instance_id, to_iso8601(now)),
                                .action = "terminate"},
                      .host = host,
                      .deadline = now + kDrill};
      message.host.ecs = std::move(place);
      on_message(std::move(message));
    });
  });
}

void Agent::drill(On<void> on_done) {
  describe([this, on_done = std::move(on_done)](Result<Message> message) {
    if (!message) {
      return on_done(tl::unexpected(std::move(message.error())));
    }
    delivery_.deliver(*message);
    await_delivery(on_done);
  });
}

void Agent::await_delivery(const On<void>& on_done) {
  if (delivery_.under_way() > 0) {
    ports_.timers.after(10ms, [this, on_done] { await_delivery(on_done); });
    return;
  }
  on_done(delivery_.given_up() == 0
              ? Result<void>{}
              : fail(ErrorKind::Unavailable, "the message did not reach {} of its sinks",
                     delivery_.given_up()));
}

}  // namespace spotvane::agent
