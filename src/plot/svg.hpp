#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace spotvane::plot {

/// `text` as XML's text or attribute holds it; what XML cannot hold at all becomes U+FFFD.
std::string escaped(std::string_view text);

/// The classes that our pictures draw with, for light and dark ground.
std::string_view style_sheet();

/// A length in the picture, to a tenth.
std::string length(double value);

/// Words beside a point: `anchor` is "start", "middle" or "end".
std::string words_at(std::string_view style, double x, double y, std::string_view anchor,
                     std::string_view words);

/// A straight line between two points.
std::string stroke(std::string_view style, double x1, double y1, double x2, double y2);

/// A path that says what it is where a pointer rests on it; `course` as SVG's attribute d.
std::string titled_path(std::string_view style, std::string_view course, std::string_view title);

/// The style that tells the `line`th of several lines, from 0, from the others: a colour, and where
/// those run out dashes as well.
std::string colour_of(std::size_t line);

/// The whole file: `body` on paper of this size, under what it is called and what it shows.
std::string picture(double width, double height, std::string_view title,
                    std::string_view description, std::string_view body);

}  // namespace spotvane::plot
