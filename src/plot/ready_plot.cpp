#include "plot/ready_plot.hpp"

#include "plot/scale.hpp"
#include "plot/svg.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spotvane::plot {

namespace {

constexpr double kReadyWidth = 960;
constexpr double kReadyLeft = 64;
constexpr double kReadyRight = kReadyWidth - 28;
constexpr double kHeight = 280;
constexpr double kRow = 20;

double seconds(Duration span) {
  return std::chrono::duration<double>(span).count();
}

std::string style_of(std::size_t curve) {
  return "line " + colour_of(curve);
}

}  // namespace

std::string ready_svg(const ReadyPlot& plot) {
  double longest = 1;
  for (const auto& curve : plot.curves) {
    longest = std::max(longest, seconds(curve.span));
  }
  const auto ticks = number_ticks(0, longest, 8);
  const double top = 60 + kRow * static_cast<double>(plot.curves.size());
  const double bottom = top + kHeight;
  const auto x = [&](double at) {
    return kReadyLeft + at / ticks.back().value * (kReadyRight - kReadyLeft);
  };
  const auto y = [&](double share) { return bottom - share * kHeight; };

  std::string out = words_at("title", kReadyLeft, 34, "start", plot.title);
  for (int part = 0; part <= 4; ++part) {
    out += stroke("grid", kReadyLeft, y(part / 4.0), kReadyRight, y(part / 4.0));
    out +=
        words_at("note", kReadyLeft - 10, y(part / 4.0) + 4, "end", fmt::format("{} %", part * 25));
  }
  for (const auto& tick : ticks) {
    out += stroke("grid", x(tick.value), top, x(tick.value), bottom);
    out += words_at("note", x(tick.value), bottom + 20, "middle", tick.label);
  }
  out += stroke("axis", kReadyLeft, bottom, kReadyRight, bottom);
  out += words_at("note", kReadyRight, bottom + 40, "end", "seconds since the request");
  for (std::size_t i = 0; i < plot.curves.size(); ++i) {
    const auto& curve = plot.curves[i];
    const double row = 56 + kRow * static_cast<double>(i);
    out += stroke(style_of(i), kReadyLeft, row - 4, kReadyLeft + 20, row - 4);
    out += words_at("note", kReadyLeft + 28, row, "start", curve.label);
    std::string path = fmt::format("M{} {}", length(x(0)), length(y(0)));
    for (const auto& [at, ready] : curve.steps) {
      path += fmt::format("H{}V{}", length(x(seconds(at))),
                          length(y(static_cast<double>(ready) / curve.asked)));
    }
    path += fmt::format("H{}", length(x(seconds(curve.span))));
    out += titled_path(style_of(i), path, curve.label);
  }
  return picture(kReadyWidth, bottom + 56, plot.title,
                 "The share of the instances asked for that were ready, by the time since the "
                 "request",
                 out);
}

}  // namespace spotvane::plot
