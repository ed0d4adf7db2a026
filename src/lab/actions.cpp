#include "lab/actions.hpp"

#include "lab/ec2_fleets.hpp"
#include "lab/ec2_images.hpp"
#include "lab/ec2_instances.hpp"
#include "lab/ec2_launch_templates.hpp"
#include "lab/ec2_launches.hpp"
#include "lab/ec2_places.hpp"
#include "lab/ec2_prices.hpp"
#include "lab/ec2_scores.hpp"
#include "lab/ec2_spot_requests.hpp"
#include "lab/ec2_tags.hpp"
#include "lab/ec2_types.hpp"
#include "lab/pricing.hpp"
#include "lab/ssm.hpp"
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
    Entry{"ec2", "CancelSpotInstanceRequests", cancel_spot_instance_requests},
    Entry{"ec2", "CreateFleet", create_fleet},
    Entry{"ec2", "CreateLaunchTemplate", create_launch_template},
    Entry{"ec2", "CreateTags", create_tags},
    Entry{"ec2", "DeleteFleets", delete_fleets},
    Entry{"ec2", "DeleteLaunchTemplate", delete_launch_template},
    Entry{"ec2", "DeleteTags", delete_tags},
    Entry{"ec2", "DescribeAvailabilityZones", describe_availability_zones},
    Entry{"ec2", "DescribeFleetInstances", describe_fleet_instances},
    Entry{"ec2", "DescribeFleets", describe_fleets},
    Entry{"ec2", "DescribeImages", describe_images},
    Entry{"ec2", "DescribeInstanceStatus", describe_instance_status},
    Entry{"ec2", "DescribeInstanceTypeOfferings", describe_instance_type_offerings},
    Entry{"ec2", "DescribeInstanceTypes", describe_instance_types},
    Entry{"ec2", "DescribeInstances", describe_instances},
    Entry{"ec2", "DescribeLaunchTemplateVersions", describe_launch_template_versions},
    Entry{"ec2", "DescribeLaunchTemplates", describe_launch_templates},
    Entry{"ec2", "DescribeRegions", describe_regions},
    Entry{"ec2", "DescribeSpotInstanceRequests", describe_spot_instance_requests},
    Entry{"ec2", "DescribeSpotPriceHistory", describe_spot_price_history},
    Entry{"ec2", "DescribeTags", describe_tags},
    Entry{"ec2", "GetSpotPlacementScores", get_spot_placement_scores},
    Entry{"ec2", "RequestSpotInstances", request_spot_instances},
    Entry{"ec2", "RunInstances", run_instances},
    Entry{"ec2", "TerminateInstances", terminate_instances},
    Entry{"pricing", "GetProducts", get_products},
    Entry{"ssm", "GetParameter", get_parameter},
    Entry{"ssm", "GetParameters", get_parameters},
    Entry{"ssm", "GetParametersByPath", get_parameters_by_path},
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
