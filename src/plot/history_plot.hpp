#pragma once

#include "base/time.hpp"
#include "model/market_row.hpp"

#include <string>
#include <vector>

namespace spotvane::plot {

/// The past of one pool.
struct PoolTrack {
  std::string label;
  std::vector<model::MarketChange> changes;  ///< by time; what came before `from` holds there
};

/// What is to be seen.
struct HistoryPlot {
  std::string title;
  TimePoint from;  ///< must be before `to`
  TimePoint to;    ///< the latest values hold until here
  std::vector<PoolTrack> tracks;
};

/// Draws prices, placement scores and interruption bands of some pools over one axis of time, as
/// the text of an SVG file: a step wherever a value changed, a gap where there is none. It is
/// readable on light and on dark ground, as the reader's system prefers. The same plot gives the
/// same text.
std::string history_svg(const HistoryPlot& plot);

}  // namespace spotvane::plot
