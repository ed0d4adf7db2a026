#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace spotvane::lab {

/// AWS's request rate limit: a bucket of tokens for each account, region and action, by the lab's
/// time.
class Throttle {
 public:
  struct Options {
    double burst = 100.0;  ///< tokens of a full bucket; 0: no limit at all
    double refill_per_second = 20.0;
  };

  explicit Throttle(Options options) : options_{options} {}

  /// Takes a token of the bucket `key`; false where there is none.
  bool allow(const std::string& key, TimePoint now);

  /// How often there was none.
  std::uint64_t refused() const { return refused_; }

 private:
  struct Bucket {
    double tokens = 0.0;
    TimePoint filled_at;
  };

  Options options_;
  std::uint64_t refused_ = 0;
  std::map<std::string, Bucket> buckets_;
};

}  // namespace spotvane::lab
