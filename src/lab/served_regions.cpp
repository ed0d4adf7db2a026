#include "lab/served_regions.hpp"

#include "lab/service_refusals.hpp"

#include <algorithm>
#include <array>

namespace spotvane::lab {

namespace {

/// The only regions that answer for the price list.
constexpr std::array<std::string_view, 3> kPricingRegions{"us-east-1", "eu-central-1",
                                                          "ap-south-1"};

}  // namespace

Answered<void> check_region(const World& world, const Route& route, const model::Region& region) {
  const auto* view = world.find(region);
  const bool is_pricing = route.service_name == wire::kPricing.name;
  const bool is_served = is_pricing ? std::find(kPricingRegions.begin(), kPricingRegions.end(),
                                                region.text()) != kPricingRegions.end()
                                    : view != nullptr;
  if (!is_served) {
    return tl::unexpected(wrong_region(route.service.protocol));
  }
  if (!is_pricing && !view->is_enabled) {
    return tl::unexpected(region_not_enabled(route.service.protocol, region.text()));
  }
  return {};
}

}  // namespace spotvane::lab
