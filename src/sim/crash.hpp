#pragma once

#include <cstdint>
#include <limits>

namespace spotvane::sim {

/// Thrown where the simulated process dies: nobody catches it but the test that planned it.
struct Crash {};

/// Kills the process at one of the places that `pass` marks, the `armed`th from now on.
class CrashPoint {
 public:
  void arm(std::uint64_t place) {
    left_ = place;
    passed_ = 0;
  }
  void disarm() { arm(std::numeric_limits<std::uint64_t>::max()); }

  void pass() {
    ++passed_;
    if (left_-- == 0) {
      disarm();
      throw Crash{};
    }
  }

  /// How many places were passed since it was last armed or disarmed.
  std::uint64_t passed() const { return passed_; }

 private:
  std::uint64_t left_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t passed_ = 0;
};

}  // namespace spotvane::sim
