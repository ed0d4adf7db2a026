#pragma once

#include "ports/clock.hpp"

namespace spotvane::adapters {

/// The machine's wall clock.
class SystemClock final : public Clock {
 public:
  TimePoint now() const override;
};

}  // namespace spotvane::adapters
