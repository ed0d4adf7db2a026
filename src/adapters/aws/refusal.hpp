#pragma once

#include "adapters/aws/retry.hpp"
#include "base/http_message.hpp"
#include "base/result.hpp"

#include <string_view>

namespace spotvane::adapters {

/// Why a request got no answer, and whether to try again.
struct Refusal {
  Error error;
  Retry retry = Retry::Never;
  /// The keys were not accepted, or the region does not know them: AWS says the same for both.
  bool may_be_region = false;
  /// The clock is off or the keys have expired: EC2 says the same for both.
  bool may_be_keys = false;
};

/// Judges a response that is no success, by AWS's error code first and by its status only where
/// there is no code: capacity errors come with a 5xx and must not be retried.
/// `permission` is what IAM calls the action, "ec2:DescribeRegions".
Refusal judge(const HttpResponse& response, std::string_view permission);

/// Judges a request that got no response at all.
Refusal judge(Error no_response);

}  // namespace spotvane::adapters
