#include "agent/delivery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace spotvane::agent {

using namespace std::chrono_literals;

namespace {

constexpr Duration kFirstWait = 200ms;
constexpr Duration kLongestWait = 5s;

}  // namespace

struct Delivery::Attempt {
  Message message;
  Sink& sink;
  std::string entry;
  TimePoint begun;
  int number = 1;
  Duration wait = kFirstWait;
};

Delivery::Delivery(std::vector<std::unique_ptr<Sink>> sinks, DeliveryRecord& record, Timers& timers,
                   const Clock& clock, Log& log, Random random)
    : sinks_{std::move(sinks)},
      record_{record},
      timers_{timers},
      clock_{clock},
      log_{log},
      random_{random} {}

void Delivery::deliver(const Message& message) {
  for (const auto& sink : sinks_) {
    auto entry = fmt::format("{} {}", message.event.id, sink->name());
    if (!sink->wants(message) || record_.holds(entry)) {
      continue;
    }
    ++under_way_;
    attempt(std::make_shared<Attempt>(Attempt{
        .message = message, .sink = *sink, .entry = std::move(entry), .begun = clock_.now()}));
  }
}

void Delivery::attempt(const std::shared_ptr<Attempt>& one) {
  one->sink.deliver(one->message, [this, one](const Result<void>& result) { finish(one, result); });
}

void Delivery::finish(const std::shared_ptr<Attempt>& one, const Result<void>& result) {
  LogFields fields{{"eventId", one->message.event.id},
                   {"sink", one->sink.name()},
                   {"attempt", fmt::to_string(one->number)},
                   {"after", spotvane::to_text(clock_.now() - one->begun)}};
  if (result) {
    record_.add(one->entry);
    --under_way_;
    return log_.write(LogLevel::Info, "delivered", fields);
  }
  fields.emplace_back("error", result.error().message);
  // Half of the wait is drawn by lot: a hundred agents hear of their end at the same moment.
  const auto wait = one->wait / 2 + std::chrono::floor<Duration>(one->wait / 2 * random_.unit());
  if (clock_.now() + wait >= one->message.deadline) {
    --under_way_;
    ++given_up_;
    return log_.write(LogLevel::Error, "given-up", fields);
  }
  log_.write(LogLevel::Warning, "delivery-failed", fields);
  one->wait = std::min(one->wait * 2, kLongestWait);
  ++one->number;
  timers_.after(wait, [this, one] { attempt(one); });
}

}  // namespace spotvane::agent
