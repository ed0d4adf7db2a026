#pragma once

#include "adapters/aws/aws_client.hpp"
#include "ports/cloud.hpp"

#include <string>
#include <string_view>

namespace spotvane::adapters {

/// Reads the Spot Advisor's file. A bad entry costs itself only. Fails with `Corrupt` where the
/// whole is no such file, or none of it can be used.
Result<AdvisorFeed> parse_advisor_feed(std::string_view text);

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
