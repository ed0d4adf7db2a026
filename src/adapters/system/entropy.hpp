#pragma once

#include <cstdint>

namespace spotvane::adapters {

/// A number nobody can foresee: the seed of a `Random` that is not asked to repeat itself.
std::uint64_t entropy();

}  // namespace spotvane::adapters
