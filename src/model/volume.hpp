#pragma once

#include "base/money.hpp"
#include "base/result.hpp"
#include "model/place.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace spotvane::model {

/// A volume an instance is launched with, such as its root volume.
struct VolumeSpec {
  std::string kind = "gp3";  ///< "gp2", "gp3", "io1"
  double gb = 8.0;
  double iops = 0.0;  ///< asked for: gp3's beyond 3,000 and all of io1's cost extra

  friend bool operator==(const VolumeSpec&, const VolumeSpec&) = default;
};

/// What AWS asks for a kind of volume in a region, in dollars a month.
struct VolumePrice {
  std::string_view kind;
  double usd_per_gb = 0.0;
  double usd_per_iops = 0.0;
  double free_iops = 0.0;  ///< of each volume
};

/// The kinds of volume whose price is known in a region, as AWS lists them; those of us-east-1,
/// a fifth dearer, where the region is not among those known.
std::span<const VolumePrice> volume_prices(const Region& region);

/// The hourly share of a volume's month of 720 hours, in dollars: 20 GB of io1 with 1,000 IOPS in
/// us-east-1 are (20 * 0.125 + 1000 * 0.065) / 720 = 0.09375. What an instance costs an hour is
/// its own price plus this, for every volume it was launched with.
///
/// Fails with `InvalidInput` for a kind that is not known, and where size or IOPS are below zero.
Result<double> volume_usd_per_hour(const VolumeSpec& volume, const Region& region);

}  // namespace spotvane::model
