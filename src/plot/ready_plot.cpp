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
constexpr std::size_t kCurveColours = 8;

double seconds(Duration span) {
  return std::chrono::duration<double>(span).count();
}

std::string text(std::string_view style, double x, double y, std::string_view anchor,
                 std::string_view words) {
  return fmt::format("<text class=\"{}\" x=\"{}\" y=\"{}\" text-anchor=\"{}\">{}</text>\n", style,
                     length(x), length(y), anchor, escaped(words));
}

std::string rule(std::string_view style, double x1, double y1, double x2, double y2) {
  return fmt::format("<path class=\"{}\" d=\"M{} {}L{} {}\"/>\n", style, length(x1), length(y1),
                     length(x2), length(y2));
}

std::string style_of(std::size_t curve) {
  return fmt::format("line c{} d{}", curve % kCurveColours, curve / kCurveColours % 3);
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

  std::string out = text("title", kReadyLeft, 34, "start", plot.title);
  for (int part = 0; part <= 4; ++part) {
    out += rule("grid", kReadyLeft, y(part / 4.0), kReadyRight, y(part / 4.0));
    out += text("note", kReadyLeft - 10, y(part / 4.0) + 4, "end", fmt::format("{} %", part * 25));
  }
  for (const auto& tick : ticks) {
    out += rule("grid", x(tick.value), top, x(tick.value), bottom);
    out += text("note", x(tick.value), bottom + 20, "middle", tick.label);
  }
  out += rule("axis", kReadyLeft, bottom, kReadyRight, bottom);
  out += text("note", kReadyRight, bottom + 40, "end", "seconds since the request");
  for (std::size_t i = 0; i < plot.curves.size(); ++i) {
    const auto& curve = plot.curves[i];
    const double row = 56 + kRow * static_cast<double>(i);
    out += rule(style_of(i), kReadyLeft, row - 4, kReadyLeft + 20, row - 4);
    out += text("note", kReadyLeft + 28, row, "start", curve.label);
    std::string path = fmt::format("M{} {}", length(x(0)), length(y(0)));
    for (const auto& [at, ready] : curve.steps) {
      path += fmt::format("H{}V{}", length(x(seconds(at))),
                          length(y(static_cast<double>(ready) / curve.asked)));
    }
    path += fmt::format("H{}", length(x(seconds(curve.span))));
    out += fmt::format("<path class=\"{}\" d=\"{}\"><title>{}</title></path>\n", style_of(i), path,
                       escaped(curve.label));
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{0}\" height=\"{1}\" "
      "viewBox=\"0 0 {0} {1}\">\n<title>{2}</title>\n<desc>The share of the instances asked for "
      "that were ready, by the time since the request</desc>\n{3}<rect class=\"paper\" "
      "width=\"{0}\" height=\"{1}\"/>\n{4}</svg>\n",
      length(kReadyWidth), length(bottom + 56), escaped(plot.title), style_sheet(), out);
}

}  // namespace spotvane::plot
