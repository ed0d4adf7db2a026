#include "adapters/aws/retry.hpp"

#include <algorithm>
#include <cmath>

namespace spotvane::adapters {

namespace {

constexpr double kMaxSeconds = 20.0;

int cost(Retry retry) {
  return retry == Retry::Timeout ? 10 : 5;
}

}  // namespace

Duration backoff(Retry retry, int attempt, double random) {
  if (retry == Retry::ClockSkew || retry == Retry::ExpiredKeys) {
    return Duration{0};
  }
  const double base = retry == Retry::Throttling ? 1.0 : 0.05;
  const double bound = std::min(base * std::pow(2.0, attempt - 1), kMaxSeconds);
  return std::chrono::round<Duration>(std::chrono::duration<double>{random * bound});
}

bool RetryBudget::pay(Retry retry) {
  if (left_ < cost(retry)) {
    return false;
  }
  left_ -= cost(retry);
  return true;
}

void RetryBudget::refund(Retry retry) {
  left_ = std::min(left_ + (retry == Retry::Never ? 1 : cost(retry)), kFull);
}

}  // namespace spotvane::adapters
