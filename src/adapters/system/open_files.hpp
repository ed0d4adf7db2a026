#pragma once

#include "base/result.hpp"

#include <cstddef>

namespace spotvane::adapters {

/// Lets this process have at least `count` files and sockets open at once: shells commonly allow
/// 1,024. Fails with `Unavailable` where the administrator allows less; nothing is changed then.
Result<void> raise_open_file_limit(std::size_t count);

}  // namespace spotvane::adapters
