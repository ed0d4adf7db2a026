#include "model/volume.hpp"

#include <algorithm>
#include <array>

namespace spotvane::model {

namespace {

constexpr double kHoursOfVolumeMonth = 720.0;
constexpr double kFreeGp3Iops = 3000.0;

using KindPrices = std::array<VolumePrice, 3>;

constexpr KindPrices kind_prices(double gp2, double gp3, double io1, double io1_iops,
                                 double gp3_iops) {
  return {VolumePrice{"gp2", gp2}, VolumePrice{"gp3", gp3, gp3_iops, kFreeGp3Iops},
          VolumePrice{"io1", io1, io1_iops}};
}

struct RegionalVolumePrices {
  std::string_view region;
  KindPrices prices;
};

/// The list prices of the regions every account has, by region.
constexpr std::array kVolumePrices{
    RegionalVolumePrices{"ap-northeast-1", kind_prices(0.12, 0.096, 0.142, 0.074, 0.006)},
    RegionalVolumePrices{"ap-northeast-2", kind_prices(0.114, 0.0912, 0.1278, 0.0666, 0.0057)},
    RegionalVolumePrices{"ap-northeast-3", kind_prices(0.12, 0.096, 0.142, 0.074, 0.006)},
    RegionalVolumePrices{"ap-south-1", kind_prices(0.114, 0.0912, 0.131, 0.068, 0.0057)},
    RegionalVolumePrices{"ap-southeast-1", kind_prices(0.12, 0.096, 0.138, 0.072, 0.006)},
    RegionalVolumePrices{"ap-southeast-2", kind_prices(0.12, 0.096, 0.138, 0.072, 0.006)},
    RegionalVolumePrices{"ca-central-1", kind_prices(0.11, 0.088, 0.138, 0.072, 0.0055)},
    RegionalVolumePrices{"eu-central-1", kind_prices(0.119, 0.0952, 0.149, 0.078, 0.006)},
    RegionalVolumePrices{"eu-north-1", kind_prices(0.1045, 0.0836, 0.1311, 0.0684, 0.0052)},
    RegionalVolumePrices{"eu-west-1", kind_prices(0.11, 0.088, 0.138, 0.072, 0.0055)},
    RegionalVolumePrices{"eu-west-2", kind_prices(0.116, 0.0928, 0.145, 0.076, 0.0058)},
    RegionalVolumePrices{"eu-west-3", kind_prices(0.116, 0.0928, 0.145, 0.076, 0.0058)},
    RegionalVolumePrices{"sa-east-1", kind_prices(0.19, 0.152, 0.238, 0.091, 0.0095)},
    RegionalVolumePrices{"us-east-1", kind_prices(0.1, 0.08, 0.125, 0.065, 0.005)},
    RegionalVolumePrices{"us-east-2", kind_prices(0.1, 0.08, 0.125, 0.065, 0.005)},
    RegionalVolumePrices{"us-west-1", kind_prices(0.12, 0.096, 0.138, 0.072, 0.006)},
    RegionalVolumePrices{"us-west-2", kind_prices(0.1, 0.08, 0.125, 0.065, 0.005)},
};

constexpr KindPrices kElsewhere = kind_prices(0.12, 0.096, 0.15, 0.078, 0.006);

}  // namespace

std::span<const VolumePrice> volume_prices(const Region& region) {
  const auto* found = std::find_if(kVolumePrices.begin(), kVolumePrices.end(),
                                   [&](const auto& one) { return one.region == region.text(); });
  return found == kVolumePrices.end() ? kElsewhere : found->prices;
}

Result<double> volume_usd_per_hour(const VolumeSpec& volume, const Region& region) {
  const auto prices = volume_prices(region);
  const auto price = std::find_if(prices.begin(), prices.end(),
                                  [&](const auto& one) { return one.kind == volume.kind; });
  if (price == prices.end()) {
    return fail(ErrorKind::InvalidInput,
                "price a volume: of its kind '{}' no price is known, only of gp2, gp3 and io1",
                volume.kind);
  }
  if (!(volume.gb >= 0.0) || !(volume.iops >= 0.0)) {
    return fail(ErrorKind::InvalidInput,
                "price a volume: its size and IOPS must not be below 0, got {} GB and {}",
                volume.gb, volume.iops);
  }
  const auto month = volume.gb * price->usd_per_gb +
                     std::max(0.0, volume.iops - price->free_iops) * price->usd_per_iops;
  return month / kHoursOfVolumeMonth;
}

}  // namespace spotvane::model
