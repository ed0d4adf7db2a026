#pragma once

#include "adapters/aws/aws_advisor.hpp"
#include "adapters/aws/aws_client.hpp"
#include "adapters/aws/aws_configuration.hpp"
#include "adapters/aws/aws_ec2.hpp"
#include "adapters/aws/aws_identity.hpp"
#include "adapters/aws/aws_price_list.hpp"
#include "adapters/aws/credentials.hpp"

#include <memory>

namespace spotvane::adapters {

/// AWS as one set of credentials sees it: everything the ports ask, over one client.
///
/// Everything it borrows must outlive it, and the loop must not run once it is gone.
class AwsCloud {
 public:
  /// `wall_clock` dates signatures: the real time, in the lab as well.
  AwsCloud(AwsConfiguration configuration, AwsClientOptions options, HttpTransport& transport,
           Timers& timers, const Clock& wall_clock, Random random);

  AwsCloud(const AwsCloud&) = delete;
  AwsCloud& operator=(const AwsCloud&) = delete;

  const AwsConfiguration& configuration() const { return configuration_; }
  Ec2& ec2() { return ec2_; }
  Advisor& advisor() { return advisor_; }
  PriceList& price_list() { return price_list_; }
  Identity& identity() { return identity_; }

 private:
  AwsConfiguration configuration_;
  std::unique_ptr<CredentialsProvider> credentials_;
  AwsClient client_;
  AwsEc2 ec2_;
  AwsAdvisor advisor_;
  AwsPriceList price_list_;
  AwsIdentity identity_;
};

}  // namespace spotvane::adapters
