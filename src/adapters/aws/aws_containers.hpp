#pragma once

#include "adapters/aws/aws_client.hpp"
#include "ports/containers.hpp"
#include "ports/host_surveys.hpp"

namespace spotvane::adapters {

/// ECS over its JSON calls.
class AwsContainers final : public Containers, public HostSurveys {
 public:
  explicit AwsContainers(AwsClient& client) : client_{client} {}

  void drain(ContainerHost host, On<Draining> on_draining) override;
  void survey(ContainerHost host, On<HostSurvey> on_survey) override;
  void find_host(model::Region region, std::string cluster, std::string instance_id,
                 On<ContainerHostStatus> on_host) override;
  void put_attributes(ContainerHost host,
                      std::vector<std::pair<std::string, std::string>> attributes,
                      On<void> on_done) override;

 private:
  void describe_until_found(const model::Region& region, const std::string& cluster,
                            const std::string& instance_id, const std::string& next_token,
                            const On<ContainerHostStatus>& on_host);

  AwsClient& client_;
};

}  // namespace spotvane::adapters
