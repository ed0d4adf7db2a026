#pragma once

#include "adapters/aws/aws_advisor.hpp"
#include "adapters/aws/aws_client.hpp"
#include "adapters/aws/aws_configuration.hpp"
#include "adapters/aws/aws_container_services.hpp"
#include "adapters/aws/aws_containers.hpp"
#include "adapters/aws/aws_ec2.hpp"
#include "adapters/aws/aws_fleets.hpp"
#include "adapters/aws/aws_identity.hpp"
#include "adapters/aws/aws_images.hpp"
#include "adapters/aws/aws_instances.hpp"
#include "adapters/aws/aws_price_list.hpp"
#include "adapters/aws/aws_queues.hpp"
#include "adapters/aws/aws_scaling.hpp"
#include "adapters/aws/aws_topics.hpp"
#include "adapters/aws/aws_worker_reports.hpp"
#include "adapters/aws/credentials.hpp"

#include <memory>

namespace spotvane::adapters {

/// AWS as one set of credentials sees it: everything the ports ask, over one client. Several may
/// live side by side, each with a profile of its own: `read_aws_configuration` with the profile's
/// name among the choices gives the configuration of one.
///
/// Everything it borrows must outlive it, and the loop must not run once it is gone.
class AwsCloud {
 public:
  AwsCloud(AwsConfiguration configuration, AwsClientOptions options, const AwsPorts& ports,
           Random random);

  AwsCloud(const AwsCloud&) = delete;
  AwsCloud& operator=(const AwsCloud&) = delete;

  const AwsConfiguration& configuration() const { return configuration_; }
  CloudAccess access() const;
  void keys_in_use(On<KeysInUse> on_keys);
  /// Requests that are not answered yet.
  std::size_t under_way() const { return client_.under_way(); }
  Ec2& ec2() { return ec2_; }
  Advisor& advisor() { return advisor_; }
  PriceList& price_list() { return price_list_; }
  Identity& identity() { return identity_; }
  Instances& instances() { return instances_; }
  Images& images() { return images_; }
  Containers& containers() { return containers_; }
  HostSurveys& host_surveys() { return containers_; }
  ContainerServices& container_services() { return container_services_; }
  Queues& queues() { return queues_; }
  Topics& topics() { return topics_; }
  Fleets& fleets() { return fleets_; }
  FleetOrders& fleet_orders() { return fleets_; }
  ScalingGroups& groups() { return groups_; }
  Metrics& metrics() { return metrics_; }
  WorkerReports& worker_reports() { return worker_reports_; }

 private:
  AwsConfiguration configuration_;
  std::unique_ptr<CredentialsProvider> credentials_;
  AwsClient client_;
  AwsEc2 ec2_;
  AwsAdvisor advisor_;
  AwsPriceList price_list_;
  AwsIdentity identity_;
  AwsInstances instances_;
  AwsImages images_;
  AwsContainers containers_;
  AwsContainerServices container_services_;
  AwsQueues queues_;
  AwsTopics topics_;
  AwsFleets fleets_;
  AwsScalingGroups groups_;
  AwsMetrics metrics_;
  AwsWorkerReports worker_reports_;
};

}  // namespace spotvane::adapters
