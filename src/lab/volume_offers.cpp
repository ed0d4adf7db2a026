#include "lab/volume_offers.hpp"

#include "model/volume.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace spotvane::lab {

namespace {

using OfferAttributes = std::map<std::string, std::string>;

struct VolumeWords {
  std::string_view kind;
  const char* name;           ///< "General Purpose"
  const char* storage_usage;  ///< as bills call it
  const char* iops_usage;
};

constexpr std::array kVolumeWords{
    VolumeWords{"gp2", "General Purpose", "EBS:VolumeUsage.gp2", ""},
    VolumeWords{"gp3", "General Purpose", "EBS:VolumeUsage.gp3", "EBS:VolumeP-IOPS.gp3"},
    VolumeWords{"io1", "Provisioned IOPS", "EBS:VolumeUsage.piops", "EBS:VolumeP-IOPS.piops"},
};

/// Where bills name what was used without the region before it.
constexpr std::string_view kUnnamedRegion = "us-east-1";

wire::PriceListItem volume_offer(const model::Region& region, const VolumeWords& words, double usd,
                                 bool is_iops) {
  OfferAttributes attributes{
      {"servicecode", "AmazonEC2"},   {"servicename", "Amazon Elastic Compute Cloud"},
      {"locationType", "AWS Region"}, {"volumeApiName", std::string{words.kind}},
      {"volumeType", words.name},
  };
  if (is_iops) {
    attributes.emplace("group", "EBS IOPS");
    attributes.emplace("provisioned", "Yes");
  } else {
    attributes.emplace("storageMedia", "SSD-backed");
  }
  if (region.text() == kUnnamedRegion) {
    attributes.emplace("usagetype", is_iops ? words.iops_usage : words.storage_usage);
  }
  return {.type = fmt::format("{}-{}", words.kind, is_iops ? "iops" : "storage"),
          .region = region.text(),
          .price_per_hour = Money::from_dollars(usd),
          .attributes = std::move(attributes),
          .family = is_iops ? "System Operation" : "Storage",
          .unit = is_iops ? "IOPS-Mo" : "GB-Mo"};
}

bool is_let_through(const wire::PriceListRequest& request, const wire::PriceListItem& offer) {
  return std::all_of(request.filters.begin(), request.filters.end(), [&](const auto& filter) {
    const auto& [field, value] = filter;
    if (field == "regionCode") {
      return value == offer.region;
    }
    if (field == "productFamily") {
      return value == offer.family;
    }
    if (field == "ServiceCode" || field == "termType") {
      return value == "AmazonEC2" || value == "OnDemand";
    }
    const auto found = offer.attributes.find(field);
    return found != offer.attributes.end() && found->second == value;
  });
}

}  // namespace

std::vector<wire::PriceListItem> volume_offers(const World& world,
                                               const wire::PriceListRequest& request) {
  std::vector<wire::PriceListItem> offers;
  for (const auto& [region, view] : world.regions()) {
    for (const auto& price : model::volume_prices(region)) {
      const auto* words = std::find_if(kVolumeWords.begin(), kVolumeWords.end(),
                                       [&](const auto& one) { return one.kind == price.kind; });
      offers.push_back(volume_offer(region, *words, price.usd_per_gb, false));
      if (price.usd_per_iops > 0.0) {
        offers.push_back(volume_offer(region, *words, price.usd_per_iops, true));
      }
    }
  }
  std::erase_if(offers, [&](const auto& offer) { return !is_let_through(request, offer); });
  return offers;
}

}  // namespace spotvane::lab
