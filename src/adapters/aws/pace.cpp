#include "adapters/aws/pace.hpp"

#include <algorithm>

namespace spotvane::adapters {

Duration TokenBucket::take(TimePoint now) {
  // A clock set back gives no tokens and takes none.
  const auto rest = std::max(now - filled_at_.value_or(now), Duration{0});
  const double seconds = std::chrono::duration<double>{rest}.count();
  tokens_ = std::min(tokens_ + seconds * pace_.per_second, static_cast<double>(pace_.burst)) - 1.0;
  filled_at_ = now;
  return std::chrono::ceil<Duration>(
      std::chrono::duration<double>{std::max(-tokens_, 0.0) / pace_.per_second});
}

}  // namespace spotvane::adapters
