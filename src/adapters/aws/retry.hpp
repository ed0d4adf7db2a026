#pragma once

#include "base/time.hpp"

#include <cstdint>

namespace spotvane::adapters {

/// Whether a failed attempt is worth another one.
enum class Retry : std::uint8_t {
  Never,
  Transient,    ///< the other side failed: soon
  Timeout,      ///< no answer came: soon, but it costs more of the budget
  Throttling,   ///< too fast: after a while
  ClockSkew,    ///< at once, with the clock corrected
  ExpiredKeys,  ///< at once, with other keys
};

/// How long to wait before attempt `attempt` + 1 (the first is 1): an even draw between nothing and
/// a bound that doubles with each attempt, from 50 ms, or 1 s where throttled, up to 20 s.
/// `random` is in [0, 1).
Duration backoff(Retry retry, int attempt, double random);

/// The budget that keeps retries from multiplying an outage, as in AWS's standard mode: full at
/// 500, a retry costs 5, after a timeout 10; a success gives back what its last retry cost, or 1.
class RetryBudget {
 public:
  /// Pays for a retry. False, and nothing is paid, where too little is left.
  bool pay(Retry retry);

  /// A request succeeded whose last retry was this, or `Retry::Never` where it had none.
  void refund(Retry retry);

  int left() const { return left_; }

 private:
  static constexpr int kFull = 500;

  int left_ = kFull;
};

}  // namespace spotvane::adapters
