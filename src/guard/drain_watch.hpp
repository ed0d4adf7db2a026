#pragma once

#include "guard/guard_ports.hpp"

#include <functional>
#include <memory>
#include <string>

namespace spotvane::guard {

/// A host that was told to drain, and when AWS takes it.
struct DrainedHost {
  std::string instance_id;
  ContainerHost host;
  TimePoint ends;
};

/// Says whether hosts will drain in time as they begin to, and what came of it.
///
/// What it borrows must outlive it, and the loop must not run once it is gone.
class DrainWatch {
 public:
  DrainWatch(const GuardPorts& ports, const DecisionLog& log) : ports_{ports}, log_{log} {}

  /// Nothing where there are no surveys to be had.
  void follow(const DrainedHost& drained);
  /// Says beforehand whether it will, no more; for who is stopped before it is over. `on_said` is
  /// called in any case.
  void foretell(const DrainedHost& drained, std::function<void()> on_said);

  /// Hosts whose end is not known yet.
  int followed() const { return followed_; }

 private:
  struct Following;

  void look(const std::shared_ptr<Following>& following);
  void end(const std::shared_ptr<Following>& following, const std::string& outcome);

  GuardPorts ports_;
  const DecisionLog& log_;
  int followed_ = 0;
};

}  // namespace spotvane::guard
