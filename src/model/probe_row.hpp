#pragma once

#include "model/probe.hpp"

#include <string>

namespace spotvane::model {

/// A row of the probes' archive: something that was seen of a probe, and which probe it was.
///
/// `what` is an event's, or of the probe itself "requested", "ready-count" (`detail`: how many),
/// "ended" (the outcome), "cleared" (what it cost at most, in dollars).
struct ProbeRow {
  TimePoint at;
  ProbeId probe;
  Pool pool;
  LaunchMethod via = LaunchMethod::SpotRequest;
  int instances = 0;    ///< asked for
  TimePoint requested;  ///< or, where AWS was never asked, intended
  std::string subject;  ///< an instance or a request; empty: the probe itself
  std::string what;
  std::string detail = {};

  friend bool operator==(const ProbeRow&, const ProbeRow&) = default;
};

}  // namespace spotvane::model
