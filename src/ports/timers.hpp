#pragma once

#include "base/time.hpp"

#include <functional>

namespace spotvane {

/// Runs callbacks later, on the one thread that owns the loop, never from inside `after`.
///
/// A callback cannot be taken back: what it touches must outlive the loop's run, or be asked for by
/// a weak reference.
class Timers {
 public:
  virtual ~Timers() = default;
  virtual void after(Duration delay, std::function<void()> callback) = 0;
};

}  // namespace spotvane
