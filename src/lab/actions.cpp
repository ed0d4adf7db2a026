#include "lab/actions.hpp"

#include "lab/ec2_places.hpp"
#include "lab/ec2_prices.hpp"
#include "lab/ec2_scores.hpp"
#include "lab/ec2_types.hpp"
#include "lab/pricing.hpp"
#include "lab/sts.hpp"

#include <algorithm>
#include <array>

namespace spotvane::lab {

namespace {

struct Entry {
  std::string_view service;
  std::string_view name;
  Action run;
  bool is_open_to_all = false;
};

constexpr std::array kActions{
    Entry{"ec2", "DescribeAvailabilityZones", describe_availability_zones},
    Entry{"ec2", "DescribeInstanceTypeOfferings", describe_instance_type_offerings},
    Entry{"ec2", "DescribeInstanceTypes", describe_instance_types},
    Entry{"ec2", "DescribeRegions", describe_regions},
    Entry{"ec2", "DescribeSpotPriceHistory", describe_spot_price_history},
    Entry{"ec2", "GetSpotPlacementScores", get_spot_placement_scores},
    Entry{"pricing", "GetProducts", get_products},
    Entry{"sts", "AssumeRole", assume_role},
    Entry{"sts", "AssumeRoleWithWebIdentity", assume_role_with_web_identity, true},
    Entry{"sts", "GetCallerIdentity", get_caller_identity},
};

const Entry* find_entry(std::string_view service, std::string_view action) {
  const auto* found = std::find_if(kActions.begin(), kActions.end(), [&](const Entry& entry) {
    return entry.service == service && entry.name == action;
  });
  return found == kActions.end() ? nullptr : found;
}

}  // namespace

Action find_action(std::string_view service, std::string_view action) {
  const auto* entry = find_entry(service, action);
  return entry != nullptr ? entry->run : nullptr;
}

bool is_open_to_all(std::string_view service, std::string_view action) {
  const auto* entry = find_entry(service, action);
  return entry != nullptr && entry->is_open_to_all;
}

}  // namespace spotvane::lab
