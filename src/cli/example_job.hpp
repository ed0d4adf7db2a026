#pragma once

#include <string_view>

namespace spotvane::cli {

/// The text of examples/pi.toml: an installed program has no examples beside it.
std::string_view example_job();

}  // namespace spotvane::cli
