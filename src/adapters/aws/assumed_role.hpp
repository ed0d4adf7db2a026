#pragma once

#include "adapters/aws/aws_client.hpp"
#include "adapters/aws/credentials_source.hpp"
#include "adapters/aws/refreshing_credentials.hpp"

#include <memory>
#include <string>

namespace spotvane::adapters {

/// What STS and its logs call our sessions, where nobody chose a name.
inline constexpr std::string_view kSessionName = "spotvane";

/// The keys of a role, which STS gives to who may assume it (AssumeRole).
///
/// What it borrows must outlive it, and the loop must not run once it is gone.
class AssumedRoleFetcher final : public KeyFetcher {
 public:
  /// `source` has the keys to ask STS with.
  AssumedRoleFetcher(AssumedRole role, std::unique_ptr<CredentialsProvider> source,
                     const AwsConfiguration& configuration, const AwsPorts& ports, Random random);

  void fetch(On<SessionKeys> on_keys) override;

 private:
  AssumedRole role_;
  std::string region_;
  std::unique_ptr<CredentialsProvider> source_;
  AwsClient sts_;
};

}  // namespace spotvane::adapters
