#pragma once

#include <string_view>

namespace spotvane::lab {

// The files of data/lab, as they are there; part of the program.

std::string_view embedded_instance_types();  ///< JSON, xz
std::string_view embedded_offerings();       ///< CSV, xz
std::string_view embedded_on_demand();       ///< CSV, xz
std::string_view embedded_advisor();         ///< JSON, xz
std::string_view embedded_zones();           ///< CSV

}  // namespace spotvane::lab
