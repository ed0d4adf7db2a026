#pragma once

#include "cli/document.hpp"
#include "probe/probe_statistics.hpp"

#include <string>
#include <vector>

namespace spotvane::cli {

/// How many instances of each probe were ready when, as a line of text: a character for each step
/// of time since the request, how many tenths were ready then, '*' for all.
Table curve_table(const std::vector<probe::ProbeHistory>& probes);

/// The same drawn, as the text of an SVG file.
std::string curves_svg(const std::vector<probe::ProbeHistory>& probes);

}  // namespace spotvane::cli
