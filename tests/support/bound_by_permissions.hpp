#pragma once

#include <cstdint>

namespace spotvane::support {

/// While it lives, permissions bind this thread, and those it starts, even where it is root's.
class BoundByPermissions {
 public:
  BoundByPermissions();
  ~BoundByPermissions();
  BoundByPermissions(const BoundByPermissions&) = delete;
  BoundByPermissions& operator=(const BoundByPermissions&) = delete;

 private:
  std::uint32_t taken_;  ///< which capabilities to give back
};

}  // namespace spotvane::support
