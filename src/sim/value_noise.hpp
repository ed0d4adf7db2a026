#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

namespace spotvane::sim {

// Randomness that is looked up instead of drawn: the value at a place never depends on which other
// places were looked at before. Keys are the seeds of independent streams; part of our contract, as
// `Random` is.

/// The key of a stream's part: independent of the stream and of its other parts.
std::uint64_t derive(std::uint64_t key, std::uint64_t part);
std::uint64_t derive(std::uint64_t key, std::string_view part);

/// Uniform in [0, 1).
double uniform(std::uint64_t key);

/// About standard normal, within +-3.5.
double gaussian(std::uint64_t key);

/// A smooth curve whose every value is about standard normal; values further than two apart in
/// `position` are independent.
double value_noise(std::uint64_t key, double position);

/// The same curve for someone who looks at neighbouring positions: sooner found.
class NoiseWalk {
 public:
  explicit NoiseWalk(std::uint64_t key) : key_{key} {}
  double at(double position);

 private:
  std::uint64_t key_;
  double node_ = std::numeric_limits<double>::quiet_NaN();  // before the last position
  double before_ = 0.0;
  double after_ = 0.0;
};

}  // namespace spotvane::sim
