#include "plot/chart.hpp"

#include "plot/scale.hpp"
#include "plot/svg.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spotvane::plot {

namespace {

constexpr double kChartWidth = 960;
constexpr double kChartLeft = 76;
constexpr double kChartRight = kChartWidth - 28;
constexpr double kChartHeight = 320;
constexpr double kLegendRow = 20;

std::string line_style(std::size_t line, bool is_faint) {
  return is_faint ? "line axis" : "line " + colour_of(line);
}

}  // namespace

std::string chart_svg(const Chart& chart) {
  double most_x = 1e-9;
  double most_y = 1e-9;
  for (const auto& line : chart.lines) {
    for (const auto& [x, y] : line.points) {
      most_x = std::max(most_x, x);
      most_y = std::max(most_y, y);
    }
  }
  const auto x_ticks = number_ticks(0, most_x, 8);
  const auto y_ticks = number_ticks(0, most_y, 6);
  const double top = 76 + kLegendRow * static_cast<double>(chart.lines.size());
  const double bottom = top + kChartHeight;
  const auto to_x = [&](double x) {
    return kChartLeft + x / x_ticks.back().value * (kChartRight - kChartLeft);
  };
  const auto to_y = [&](double y) { return bottom - y / y_ticks.back().value * kChartHeight; };

  std::string out = words_at("title", kChartLeft, 34, "start", chart.title);
  for (const auto& tick : y_ticks) {
    out += stroke("grid", kChartLeft, to_y(tick.value), kChartRight, to_y(tick.value));
    out += words_at("note", kChartLeft - 10, to_y(tick.value) + 4, "end", tick.label);
  }
  for (const auto& tick : x_ticks) {
    out += stroke("grid", to_x(tick.value), top, to_x(tick.value), bottom);
    out += words_at("note", to_x(tick.value), bottom + 20, "middle", tick.label);
  }
  out += stroke("axis", kChartLeft, bottom, kChartRight, bottom);
  out += words_at("note", kChartRight, bottom + 40, "end", chart.x_label);
  out += words_at("note", kChartLeft, top - 10, "start", chart.y_label);
  for (std::size_t i = 0; i < chart.lines.size(); ++i) {
    const auto& line = chart.lines[i];
    const auto style = line_style(i, line.is_faint);
    const double row = 56 + kLegendRow * static_cast<double>(i);
    out += stroke(style, kChartLeft, row - 4, kChartLeft + 20, row - 4);
    out += words_at("note", kChartLeft + 28, row, "start", line.label);
    std::string path;
    for (const auto& [x, y] : line.points) {
      path += line.is_joined && !path.empty()
                  ? fmt::format("L{} {}", length(to_x(x)), length(to_y(y)))
                  : fmt::format("M{} {}", length(to_x(x)), length(to_y(y)));
      // A dot is a short cross.
      path += line.is_joined ? "" : "m-3 0h6m-3 -3v6";
    }
    if (!path.empty()) {
      out += titled_path(style, path, line.label);
    }
  }
  return picture(kChartWidth, bottom + 56, chart.title,
                 fmt::format("{} over {}", chart.y_label, chart.x_label), out);
}

}  // namespace spotvane::plot
