#pragma once

#include "adapters/aws/aws_client.hpp"
#include "ports/cloud.hpp"

#include <string>

namespace spotvane::adapters {

/// The Spot Advisor's file, fetched by its public address. What it borrows must outlive it.
class AwsAdvisor final : public Advisor {
 public:
  AwsAdvisor(AwsClient& client, std::string url);

  void fetch(const AdvisorFeed& known, On<AdvisorFeed> on_feed) override;

 private:
  AwsClient& client_;
  std::string url_;
};

}  // namespace spotvane::adapters
