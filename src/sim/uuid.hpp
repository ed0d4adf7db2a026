#pragma once

#include <cstdint>
#include <string>

namespace spotvane::sim {

/// "1e5527d7-bb36-4607-8370-4164db56a40e": the same for the same key.
std::string uuid_of(std::uint64_t key);

}  // namespace spotvane::sim
