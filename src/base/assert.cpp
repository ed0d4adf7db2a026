#include "base/assert.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

namespace spotvane {

void assertion_failed(std::string_view condition, std::string_view file, int line) {
  fmt::print(stderr, "spotvane: a mistake of ours: {} does not hold at {}:{}\n", condition, file,
             line);
  std::abort();
}

}  // namespace spotvane
