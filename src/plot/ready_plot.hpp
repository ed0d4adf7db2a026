#pragma once

#include "base/time.hpp"

#include <string>
#include <utility>
#include <vector>

namespace spotvane::plot {

/// How many of the instances that were asked for were ready, since the request.
struct ReadyCurve {
  std::string label;
  int asked = 1;                                     ///< at least 1
  Duration span{0};                                  ///< for how long they were watched
  std::vector<std::pair<Duration, int>> steps = {};  ///< from then on so many; none before
};

struct ReadyPlot {
  std::string title;
  std::vector<ReadyCurve> curves = {};
};

/// Draws the curves over one axis, each as a share of what it asked for, as the text of an SVG
/// file; as `history_svg` does. Also where there is no curve.
std::string ready_svg(const ReadyPlot& plot);

}  // namespace spotvane::plot
