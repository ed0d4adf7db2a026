#pragma once

#include "model/launch.hpp"
#include "ports/cloud.hpp"

#include <string>
#include <vector>

namespace spotvane {

/// Which of a region's things to describe: those with the tag at any of these values, or with the
/// tag at all; or these IDs. An ID that is not known is left out, and no error.
struct Selection {
  std::string tag_key = {};
  std::vector<std::string> tag_values = {};  ///< empty: any
  std::vector<std::string> ids = {};         ///< where given, the tag does not matter
  std::vector<std::string> statuses = {};    ///< of Spot requests, with `*`; empty: any
};

/// EC2 as far as launching goes. Every description is complete: all pages were read.
///
/// Of calls that launch: `NoCapacity`, `QuotaExceeded`, `Denied`, `InvalidInput`, `NotFound` and
/// `NotEnabled` are AWS's refusals. Anything else (`Unavailable`, `Throttled`, `Corrupt`) leaves
/// open whether the call took effect: an earlier attempt may have, unheard. To send the same order
/// with the same token again is safe then.
class Instances {
 public:
  virtual ~Instances() = default;

  /// One-time requests, `count` of them, an instance each.
  virtual void request_spot_instances(model::LaunchOrder order,
                                      On<std::vector<model::SpotRequest>> on_requests) = 0;
  /// Spot instances, at once or not at all.
  virtual void run_instances(model::LaunchOrder order,
                             On<std::vector<model::Instance>> on_instances) = 0;
  /// What `create_fleet` launches from; its name is `order.token`.
  virtual void create_launch_template(model::LaunchOrder order,
                                      On<model::LaunchTemplate> on_template) = 0;
  /// An instant fleet of spot instances: as many as there are, which may be none.
  virtual void create_fleet(model::LaunchOrder order, model::LaunchTemplateId from,
                            On<model::Fleet> on_fleet) = 0;

  virtual void describe_spot_requests(model::Region region, Selection which,
                                      On<std::vector<model::SpotRequest>> on_requests) = 0;
  virtual void describe_instances(model::Region region, Selection which,
                                  On<std::vector<model::Instance>> on_instances) = 0;
  /// Of those that are running. Fails with `NotFound` where AWS does not know one of them (yet).
  virtual void describe_instance_status(model::Region region,
                                        std::vector<model::InstanceId> instances,
                                        On<std::vector<model::InstanceChecks>> on_checks) = 0;
  virtual void describe_fleets(model::Region region, Selection which,
                               On<std::vector<model::Fleet>> on_fleets) = 0;
  virtual void describe_launch_templates(model::Region region, Selection which,
                                         On<std::vector<model::LaunchTemplate>> on_templates) = 0;

  // Each of these does all of it or fails, with `NotFound` where AWS does not know one of them.
  virtual void cancel_spot_requests(model::Region region,
                                    std::vector<model::SpotRequestId> requests,
                                    On<void> on_done) = 0;
  virtual void terminate_instances(model::Region region, std::vector<model::InstanceId> instances,
                                   On<void> on_done) = 0;
  /// Deletes fleets; their instances are the caller's to terminate.
  virtual void delete_fleets(model::Region region, std::vector<model::FleetId> fleets,
                             On<void> on_done) = 0;
  virtual void delete_launch_template(model::Region region, model::LaunchTemplateId which,
                                      On<void> on_done) = 0;
  virtual void create_tags(model::Region region, std::vector<std::string> resources,
                           std::vector<model::Tag> tags, On<void> on_done) = 0;
};

/// Where to find what to boot.
class Images {
 public:
  virtual ~Images() = default;

  /// The newest Amazon Linux 2023 of each architecture: by AWS's public parameters, and where
  /// these are refused or missing, by the images there are. Fails as the latter does.
  virtual void latest_amazon_linux(model::Region region,
                                   On<std::vector<model::Image>> on_images) = 0;
};

}  // namespace spotvane
