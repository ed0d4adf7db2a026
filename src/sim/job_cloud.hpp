#pragma once

#include "ports/cloud.hpp"
#include "ports/instances.hpp"
#include "ports/worker_metrics.hpp"

#include <string>
#include <vector>

namespace spotvane::sim {

/// AWS as far as jobs ask it, for worlds that have nothing but jobs in them: whatever else is asked
/// is never answered.
class JobCloud : public Instances, public Ec2, public WorkerReports {
 public:
  void request_spot_instances(model::LaunchOrder, On<std::vector<model::SpotRequest>>) final {}
  void create_launch_template(model::LaunchOrder, On<model::LaunchTemplate>) final {}
  void create_fleet(model::LaunchOrder, model::LaunchTemplateId, On<model::Fleet>) final {}
  void describe_instance_status(model::Region, std::vector<model::InstanceId>,
                                On<std::vector<model::InstanceChecks>>) final {}
  void describe_fleets(model::Region, Selection, On<std::vector<model::Fleet>>) final {}
  void describe_launch_templates(model::Region, Selection,
                                 On<std::vector<model::LaunchTemplate>>) final {}
  void cancel_spot_requests(model::Region, std::vector<model::SpotRequestId>, On<void>) final {}
  void delete_fleets(model::Region, std::vector<model::FleetId>, On<void>) final {}
  void delete_launch_template(model::Region, model::LaunchTemplateId, On<void>) final {}
  void create_tags(model::Region, std::vector<std::string>, std::vector<model::Tag>,
                   On<void>) final {}
  void describe_regions(On<std::vector<model::RegionStatus>>) final {}
  void describe_availability_zones(model::Region, On<std::vector<model::Zone>>) final {}
  void describe_instance_types(model::Region, On<std::vector<model::InstanceTypeFacts>>) final {}
  void describe_instance_type_offerings(model::Region, On<std::vector<model::Offering>>) final {}
  void get_spot_placement_scores(model::ScoreQuery, On<std::vector<model::PlacementScore>>) final {}
};

}  // namespace spotvane::sim
