#pragma once

#include <string>
#include <string_view>

namespace spotvane::plot {

/// `text` as XML's text or attribute holds it; what XML cannot hold at all becomes U+FFFD.
std::string escaped(std::string_view text);

/// The classes that our pictures draw with, for light and dark ground.
std::string_view style_sheet();

/// A length in the picture, to a tenth.
std::string length(double value);

}  // namespace spotvane::plot
