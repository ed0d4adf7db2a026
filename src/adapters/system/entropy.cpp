#include "adapters/system/entropy.hpp"

#include <random>

namespace spotvane::adapters {

std::uint64_t entropy() {
  std::random_device device;
  const std::uint64_t high = device();
  const std::uint64_t low = device();
  return (high << 32U) | low;
}

}  // namespace spotvane::adapters
