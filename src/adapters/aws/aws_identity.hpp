#pragma once

#include "adapters/aws/aws_client.hpp"
#include "ports/cloud.hpp"

#include <string>

namespace spotvane::adapters {

/// STS, asked who we are. What it borrows must outlive it.
class AwsIdentity final : public Identity {
 public:
  AwsIdentity(AwsClient& client, std::string region);

  void get_caller_identity(On<CallerIdentity> on_identity) override;

 private:
  AwsClient& client_;
  std::string region_;
};

}  // namespace spotvane::adapters
