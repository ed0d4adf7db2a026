#pragma once

#include "cli/world.hpp"

#include <memory>

namespace spotvane::app {

/// A home on this machine's file system, as `cli::World::open_home` promises it: with its own
/// SQLite database, or one of a PostgreSQL server.
Result<std::unique_ptr<cli::Home>> open_real_home(const cli::HomePlace& place, cli::HomeUse use);

}  // namespace spotvane::app
