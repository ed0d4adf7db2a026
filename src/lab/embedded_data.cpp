#include "lab/embedded_data.hpp"

// Each file's bytes lie between two symbols of embedded_data.S.
#define SPOTVANE_EMBEDDED(name)                              \
  extern "C" const char spotvane_##name##_begin[];           \
  extern "C" const char spotvane_##name##_end[];             \
  namespace spotvane::lab {                                  \
  std::string_view embedded_##name() {                       \
    return {spotvane_##name##_begin, spotvane_##name##_end}; \
  }                                                          \
  }

SPOTVANE_EMBEDDED(instance_types)
SPOTVANE_EMBEDDED(offerings)
SPOTVANE_EMBEDDED(on_demand)
SPOTVANE_EMBEDDED(advisor)
SPOTVANE_EMBEDDED(zones)
