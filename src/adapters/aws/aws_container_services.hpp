#pragma once

#include "adapters/aws/aws_client.hpp"
#include "ports/container_services.hpp"

#include <memory>

namespace spotvane::adapters {

/// ECS's services over its JSON calls.
class AwsContainerServices final : public ContainerServices {
 public:
  explicit AwsContainerServices(AwsClient& client) : client_{client} {}

  void describe_service(ContainerServiceName name, On<ContainerServiceStatus> on_status) override;
  void set_desired_count(ContainerServiceName name, int count, On<void> on_done) override;
  void hosts(model::Region region, std::string cluster, std::string attribute, std::string value,
             On<std::vector<ServiceHost>> on_hosts) override;

 private:
  struct HostWalk;

  void describe_task(const model::Region& region, const std::string& definition,
                     ContainerServiceStatus status, On<ContainerServiceStatus> on_status);
  void next_hosts(const std::shared_ptr<HostWalk>& walk, const std::string& token);

  AwsClient& client_;
};

}  // namespace spotvane::adapters
