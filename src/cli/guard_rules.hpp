#pragma once

#include "guard/fleet_rule.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace spotvane::cli {

/// Reads the rules of a controller, TOML:
///
///   region = "us-east-1"
///   clusters = ["prod"]
///   [[fleet]]
///   id = "sfr-..."
///   group = "ecs-on-demand"
///   units_per_server = 4
///
/// Fails with `InvalidInput`, naming what is wrong; a key that is not known is wrong.
Result<guard::Rules> read_guard_rules(std::string_view text, const std::string& origin);

/// The same from a file.
Result<guard::Rules> read_guard_rules(const std::filesystem::path& file);

}  // namespace spotvane::cli
