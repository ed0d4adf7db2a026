#include "plot/svg.hpp"

#include <fmt/format.h>

#include <cmath>

namespace spotvane::plot {

namespace {

constexpr std::size_t kColours = 8;

constexpr std::string_view kStyle = R"(<style>
svg { color-scheme: light dark; font: 12px system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
.paper { fill: #ffffff; }
.title { fill: #16202c; font-size: 17px; font-weight: 600; }
.head { fill: #16202c; font-weight: 600; }
.note { fill: #5a6775; }
.grid { stroke: #e6e9ed; }
.axis { stroke: #a3adb8; }
.line { fill: none; stroke-width: 1.8; stroke-linejoin: round; stroke-linecap: round; }
.plain { stroke: #3d4a58; }
.ondemand { stroke: #6b7785; stroke-dasharray: 7 5; }
.c0 { stroke: #0b6bcb; } .c1 { stroke: #d9480f; } .c2 { stroke: #15803d; } .c3 { stroke: #7c3aed; }
.c4 { stroke: #c2256b; } .c5 { stroke: #0e7490; } .c6 { stroke: #9a6700; } .c7 { stroke: #57606a; }
.d1 { stroke-dasharray: 2 4; } .d2 { stroke-dasharray: 10 4 2 4; }
@media (prefers-color-scheme: dark) {
.paper { fill: #11161d; }
.title, .head { fill: #e8edf2; }
.note { fill: #9aa7b4; }
.grid { stroke: #232c36; }
.axis { stroke: #566270; }
.plain { stroke: #cbd5df; }
.ondemand { stroke: #94a1ae; }
.c0 { stroke: #6cb2ff; } .c1 { stroke: #ff9a5c; } .c2 { stroke: #56d07f; } .c3 { stroke: #b79bff; }
.c4 { stroke: #ff85b3; } .c5 { stroke: #3fd3ea; } .c6 { stroke: #e9c04a; } .c7 { stroke: #b3bdc7; }
}
</style>
)";

}  // namespace

std::string_view style_sheet() {
  return kStyle;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    switch (letter) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        if (static_cast<unsigned char>(letter) < 0x20) {
          out += "\xEF\xBF\xBD";
        } else {
          out += letter;
        }
    }
  }
  return out;
}

std::string length(double value) {
  const double tenths = std::round(value * 10) / 10;
  return fmt::format("{}", tenths == 0 ? 0.0 : tenths);
}

std::string words_at(std::string_view style, double x, double y, std::string_view anchor,
                     std::string_view words) {
  return fmt::format("<text class=\"{}\" x=\"{}\" y=\"{}\" text-anchor=\"{}\">{}</text>\n", style,
                     length(x), length(y), anchor, escaped(words));
}

std::string stroke(std::string_view style, double x1, double y1, double x2, double y2) {
  return fmt::format("<path class=\"{}\" d=\"M{} {}L{} {}\"/>\n", style, length(x1), length(y1),
                     length(x2), length(y2));
}

std::string titled_path(std::string_view style, std::string_view course, std::string_view title) {
  return fmt::format("<path class=\"{}\" d=\"{}\"><title>{}</title></path>\n", style, course,
                     escaped(title));
}

std::string colour_of(std::size_t line) {
  const auto dashes = line / kColours % 3;
  return fmt::format("c{}{}", line % kColours, dashes == 0 ? "" : fmt::format(" d{}", dashes));
}

std::string picture(double width, double height, std::string_view title,
                    std::string_view description, std::string_view body) {
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{0}\" height=\"{1}\" "
      "viewBox=\"0 0 {0} {1}\">\n<title>{2}</title>\n<desc>{3}</desc>\n{4}"
      "<rect class=\"paper\" width=\"{0}\" height=\"{1}\"/>\n{5}</svg>\n",
      length(width), length(height), escaped(title), escaped(description), style_sheet(), body);
}

}  // namespace spotvane::plot
