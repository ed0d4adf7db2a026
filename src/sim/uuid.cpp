#include "sim/uuid.hpp"

#include "sim/value_noise.hpp"

#include <fmt/format.h>

namespace spotvane::sim {

std::string uuid_of(std::uint64_t key) {
  const auto high = derive(key, 1);
  const auto low = derive(key, 2);
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", high >> 32U, (high >> 16U) & 0xffffU,
                     high & 0xfffU, 0x8000U | ((low >> 48U) & 0x3fffU), low & 0xffffffffffffU);
}

}  // namespace spotvane::sim
