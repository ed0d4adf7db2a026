#include "sim/value_noise.hpp"

#include "base/random.hpp"

#include <cmath>

namespace spotvane::sim {

std::uint64_t derive(std::uint64_t key, std::uint64_t part) {
  return Random{key ^ Random{part}.next()}.next();
}

std::uint64_t derive(std::uint64_t key, std::string_view part) {
  std::uint64_t hash = 0xcbf29ce484222325u;  // FNV-1a
  for (const char letter : part) {
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3u;
  }
  return derive(key, hash);
}

double uniform(std::uint64_t key) {
  return Random{key}.unit();
}

double gaussian(std::uint64_t key) {
  const auto bits = Random{key}.next();
  double sum = 0.0;  // of four uniform numbers: mean 2, variance 1/3
  for (unsigned shift = 0; shift < 64; shift += 16) {
    sum += (static_cast<double>((bits >> shift) & 0xffffu) + 0.5) / 65536.0;
  }
  return (sum - 2.0) * 1.7320508075688772;
}

double NoiseWalk::at(double position) {
  if (const double node = std::floor(position); node != node_) {
    const auto index = static_cast<std::int64_t>(node);
    before_ = gaussian(derive(key_, static_cast<std::uint64_t>(index)));
    after_ = gaussian(derive(key_, static_cast<std::uint64_t>(index + 1)));
    node_ = node;
  }
  const double part = position - node_;
  const double weight = part * part * (3.0 - 2.0 * part);
  const double mixed = before_ * (1.0 - weight) + after_ * weight;
  return mixed / std::sqrt((1.0 - weight) * (1.0 - weight) + weight * weight);
}

double value_noise(std::uint64_t key, double position) {
  return NoiseWalk{key}.at(position);
}

}  // namespace spotvane::sim
