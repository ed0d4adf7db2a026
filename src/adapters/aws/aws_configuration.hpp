#pragma once

#include "adapters/aws/credentials_source.hpp"
#include "base/result.hpp"
#include "wire/service.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace spotvane::adapters {

/// The value of an environment variable, or none.
using EnvironmentLookup = std::function<std::optional<std::string>(std::string_view)>;

/// What the AWS CLI would find in the environment and in the files of ~/.aws.
struct AwsConfiguration {
  std::string profile = "default";
  std::string region = "us-east-1";  ///< where to ask what no region in particular answers
  CredentialsSource credentials = {NoCredentials{{ErrorKind::Denied, "no AWS credentials"}}};
  /// Configured in place of AWS's own, without a final '/': by service name, and "" for the rest.
  std::map<std::string, std::string, std::less<>> endpoints = {};
  std::optional<std::string> advisor =
      {};  ///< the address of the Spot Advisor's file, if not AWS's
  int max_attempts = 3;

  /// Where the service answers for the region, without a final '/'.
  std::string endpoint(const wire::Service& service, std::string_view region_asked) const;

  /// Where the Spot Advisor's file is.
  std::string advisor_url() const;
};

/// What the program was told, which comes before anything configured.
struct AwsChoices {
  std::optional<std::string> profile = {};
  std::optional<std::string> region = {};
  std::optional<std::string> endpoint_url = {};  ///< of every service and the advisor
};

/// Finds the configuration as the AWS CLI does, AWS_PROFILE and AWS_REGION included.
///
/// Missing credentials are no failure here: see `AwsConfiguration::credentials`. Fails with
/// `InvalidInput` on a malformed file or value and on a profile that does not exist.
Result<AwsConfiguration> read_aws_configuration(const EnvironmentLookup& environment,
                                                const AwsChoices& choices = {});

}  // namespace spotvane::adapters
