#include "lab/throttle.hpp"

#include <algorithm>

namespace spotvane::lab {

bool Throttle::allow(const std::string& key, TimePoint now) {
  if (options_.burst <= 0.0) {
    return true;
  }
  auto& bucket = buckets_.try_emplace(key, Bucket{options_.burst, now}).first->second;
  const std::chrono::duration<double> since = now - bucket.filled_at;
  bucket.tokens =
      std::min(options_.burst, bucket.tokens + since.count() * options_.refill_per_second);
  bucket.filled_at = now;
  if (bucket.tokens < 1.0) {
    ++refused_;
    return false;
  }
  bucket.tokens -= 1.0;
  return true;
}

}  // namespace spotvane::lab
