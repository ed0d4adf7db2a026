#pragma once

#include "adapters/aws/aws_client.hpp"
#include "adapters/aws/credentials_source.hpp"
#include "adapters/aws/refreshing_credentials.hpp"

#include <memory>

namespace spotvane::adapters {

/// The keys of a role, which STS gives to the bearer of a token (AssumeRoleWithWebIdentity), as
/// Kubernetes and build services hand them out.
///
/// What it borrows must outlive it, and the loop must not run once it is gone.
class WebIdentityFetcher final : public KeyFetcher {
 public:
  WebIdentityFetcher(WebIdentity identity, const AwsConfiguration& configuration,
                     const AwsPorts& ports, Random random);
  ~WebIdentityFetcher() override;

  void fetch(On<SessionKeys> on_keys) override;

 private:
  class NoKeys;

  WebIdentity identity_;
  std::string endpoint_;
  Timers& timers_;
  std::unique_ptr<CredentialsProvider> no_keys_;
  AwsClient sts_;
};

}  // namespace spotvane::adapters
