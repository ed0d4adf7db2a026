#pragma once

#include "adapters/aws/aws_client.hpp"
#include "ports/instances.hpp"
#include "wire/form.hpp"

#include <memory>
#include <string>
#include <vector>

namespace spotvane::adapters {

/// What launches, describes and ends instances, over EC2's query protocol. A call that is sent
/// again, by itself or by the caller, carries the same token. What it borrows must outlive it.
class AwsInstances final : public Instances {
 public:
  explicit AwsInstances(AwsClient& client) : client_{client} {}

  void request_spot_instances(model::LaunchOrder order,
                              On<std::vector<model::SpotRequest>> on_requests) override;
  void run_instances(model::LaunchOrder order,
                     On<std::vector<model::Instance>> on_instances) override;
  void create_launch_template(model::LaunchOrder order,
                              On<model::LaunchTemplate> on_template) override;
  void create_fleet(model::LaunchOrder order, model::LaunchTemplateId from,
                    On<model::Fleet> on_fleet) override;

  void describe_spot_requests(model::Region region, Selection which,
                              On<std::vector<model::SpotRequest>> on_requests) override;
  void describe_instances(model::Region region, Selection which,
                          On<std::vector<model::Instance>> on_instances) override;
  void describe_instance_status(model::Region region, std::vector<model::InstanceId> instances,
                                On<std::vector<model::InstanceChecks>> on_checks) override;
  void describe_fleets(model::Region region, Selection which,
                       On<std::vector<model::Fleet>> on_fleets) override;
  void describe_launch_templates(model::Region region, Selection which,
                                 On<std::vector<model::LaunchTemplate>> on_templates) override;

  void cancel_spot_requests(model::Region region, std::vector<model::SpotRequestId> requests,
                            On<void> on_done) override;
  void terminate_instances(model::Region region, std::vector<model::InstanceId> instances,
                           On<void> on_done) override;
  void delete_fleets(model::Region region, std::vector<model::FleetId> fleets,
                     On<void> on_done) override;
  void delete_launch_template(model::Region region, model::LaunchTemplateId which,
                              On<void> on_done) override;
  void create_tags(model::Region region, std::vector<std::string> resources,
                   std::vector<model::Tag> tags, On<void> on_done) override;

 private:
  template <typename T>
  struct Batches;
  template <typename T>
  void list_next(const std::shared_ptr<Batches<T>>& batches);
  template <typename T>
  void list_batches(const model::Region& region, std::vector<wire::Form> forms, std::string set,
                    On<std::vector<T>> on_rows);
  struct Checks;
  void list_next_checks(const std::shared_ptr<Checks>& checks);
  void act(const model::Region& region, const wire::Form& form, On<void> on_done);

  AwsClient& client_;
};

}  // namespace spotvane::adapters
