#pragma once

#include <string>
#include <utility>
#include <vector>

namespace spotvane::plot {

/// Points that belong together.
struct ChartLine {
  std::string label;
  std::vector<std::pair<double, double>> points = {};  ///< (x, y), by x where they are joined
  bool is_joined = true;                               ///< else dots
  bool is_faint = false;
};

/// Numbers over numbers, both axes from zero on.
struct Chart {
  std::string title;
  std::string x_label;
  std::string y_label;
  std::vector<ChartLine> lines = {};
};

/// Draws them as the text of an SVG file, as `history_svg` does. Also where there is no line.
std::string chart_svg(const Chart& chart);

}  // namespace spotvane::plot
