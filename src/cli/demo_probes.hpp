#pragma once

#include "cli/market_session.hpp"
#include "lab/lab.hpp"
#include "probe/probe_statistics.hpp"

#include <cstdint>
#include <vector>

namespace spotvane::cli {

/// Where the demo's probes run.
struct DemoPlace {
  Environment& environment;
  MarketSession& session;
  lab::Lab& lab;  ///< in step time
  const CloudOptions& access;
  std::uint64_t seed;
};

/// Probes the pools with the best scores, as many as the settings say, from where the lab's time
/// is; and puts what was seen into the archive. The same seed sees the same.
Result<std::vector<probe::ProbeHistory>> probe_best(const DemoPlace& place,
                                                    const std::vector<model::DailyScore>& scores);

}  // namespace spotvane::cli
