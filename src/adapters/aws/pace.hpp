#pragma once

#include "base/time.hpp"

#include <optional>

namespace spotvane::adapters {

/// How many requests of a kind may be sent.
struct Pace {
  double per_second = 1.0;  ///< above 0
  int burst = 1;            ///< at once after a rest; at least 1
};

/// A bucket of `burst` tokens that fills at the pace; every request takes one.
class TokenBucket {
 public:
  explicit TokenBucket(Pace pace) : pace_{pace}, tokens_{static_cast<double>(pace.burst)} {}

  /// Takes a token, if need be one that is still to come, and says how long until it is there.
  Duration take(TimePoint now);

 private:
  Pace pace_;
  double tokens_;  // below 0: taken ahead of time
  std::optional<TimePoint> filled_at_;
};

}  // namespace spotvane::adapters
