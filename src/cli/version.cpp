#include "cli/version.hpp"

namespace spotvane::cli {

std::string_view version() {
  return SPOTVANE_VERSION;  // CMake's project version
}

}  // namespace spotvane::cli
