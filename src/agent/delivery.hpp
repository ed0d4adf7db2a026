#pragma once

#include "agent/log.hpp"
#include "agent/message.hpp"
#include "agent/sinks.hpp"
#include "base/random.hpp"
#include "ports/clock.hpp"
#include "ports/timers.hpp"

#include <memory>
#include <string>
#include <vector>

namespace spotvane::agent {

/// What was delivered, beyond a restart of the agent. Each entry is one line.
class DeliveryRecord {
 public:
  virtual ~DeliveryRecord() = default;
  virtual bool holds(const std::string& entry) const = 0;
  virtual void add(const std::string& entry) = 0;
};

/// Brings each message to each sink once, trying until it is there or the deadline has passed.
///
/// What it borrows must outlive it, and the loop must not run once it is gone.
class Delivery {
 public:
  Delivery(std::vector<std::unique_ptr<Sink>> sinks, DeliveryRecord& record, Timers& timers,
           const Clock& clock, Log& log, Random random);

  /// All sinks at once, in their order; none waits for another.
  void deliver(const Message& message);

  /// Deliveries not yet done or given up.
  int under_way() const { return under_way_; }
  /// Deliveries that were given up so far.
  int given_up() const { return given_up_; }

 private:
  struct Attempt;

  void attempt(const std::shared_ptr<Attempt>& one);
  void finish(const std::shared_ptr<Attempt>& one, const Result<void>& result);

  std::vector<std::unique_ptr<Sink>> sinks_;
  DeliveryRecord& record_;
  Timers& timers_;
  const Clock& clock_;
  Log& log_;
  Random random_;
  int under_way_ = 0;
  int given_up_ = 0;
};

}  // namespace spotvane::agent
