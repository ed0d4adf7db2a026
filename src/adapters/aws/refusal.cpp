#include "adapters/aws/refusal.hpp"

#include "wire/envelope.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace spotvane::adapters {

namespace {

struct Rule {
  std::string_view code;
  ErrorKind kind;
  Retry retry = Retry::Never;
};

constexpr std::string_view kKeysHint =
    "check the access key and its secret; in a region that the account has not enabled they are "
    "not known either";
constexpr std::string_view kSignatureHint =
    "check the secret access key, and that the clock of this machine is right";
// EC2 says the same of a session that is over and of a clock that is off.
constexpr std::string_view kRequestExpiredHint =
    "fetch new temporary credentials if those in use have expired; otherwise set the clock of this "
    "machine right";
constexpr std::string_view kClockHint = "set the clock of this machine right";
constexpr std::string_view kExpiredHint =
    "fetch new temporary credentials; those in use have expired";

// A code that is not here is judged by its looks, see `judge_unknown`.
constexpr std::array kRules{
    Rule{"Throttling", ErrorKind::Throttled, Retry::Throttling},
    Rule{"ThrottlingException", ErrorKind::Throttled, Retry::Throttling},
    Rule{"ThrottledException", ErrorKind::Throttled, Retry::Throttling},
    Rule{"RequestThrottled", ErrorKind::Throttled, Retry::Throttling},
    Rule{"RequestThrottledException", ErrorKind::Throttled, Retry::Throttling},
    Rule{"TooManyRequestsException", ErrorKind::Throttled, Retry::Throttling},
    Rule{"RequestLimitExceeded", ErrorKind::Throttled, Retry::Throttling},
    Rule{"BandwidthLimitExceeded", ErrorKind::Throttled, Retry::Throttling},
    Rule{"LimitExceededException", ErrorKind::Throttled, Retry::Throttling},
    Rule{"SlowDown", ErrorKind::Throttled, Retry::Throttling},
    Rule{"PriorRequestNotComplete", ErrorKind::Throttled, Retry::Throttling},
    Rule{"ProvisionedThroughputExceededException", ErrorKind::Throttled, Retry::Throttling},
    Rule{"TransactionInProgressException", ErrorKind::Throttled, Retry::Throttling},
    Rule{"EC2ThrottledException", ErrorKind::Throttled, Retry::Throttling},

    Rule{"RequestTimeout", ErrorKind::Unavailable, Retry::Transient},
    Rule{"RequestTimeoutException", ErrorKind::Unavailable, Retry::Transient},
    Rule{"InternalError", ErrorKind::Unavailable, Retry::Transient},
    Rule{"InternalErrorException", ErrorKind::Unavailable, Retry::Transient},
    Rule{"InternalFailure", ErrorKind::Unavailable, Retry::Transient},
    Rule{"ServiceUnavailable", ErrorKind::Unavailable, Retry::Transient},
    Rule{"Unavailable", ErrorKind::Unavailable, Retry::Transient},
    Rule{"IDPCommunicationError", ErrorKind::Unavailable, Retry::Transient},

    Rule{"MaxConfigLimitExceeded", ErrorKind::QuotaExceeded},
    Rule{"MaxConfigLimitExceededException", ErrorKind::QuotaExceeded},
    // Not a matter of time, and not of how many configurations were asked.
    Rule{"TargetCapacityLimitExceeded", ErrorKind::InvalidInput},
    Rule{"TargetCapacityLimitExceededException", ErrorKind::InvalidInput},
    Rule{"MaxSpotInstanceCountExceeded", ErrorKind::QuotaExceeded},
    Rule{"VcpuLimitExceeded", ErrorKind::QuotaExceeded},
    Rule{"InstanceLimitExceeded", ErrorKind::QuotaExceeded},
    Rule{"MaxSpotFleetRequestCountExceeded", ErrorKind::QuotaExceeded},
    Rule{"MaxFleetCountExceeded", ErrorKind::QuotaExceeded},

    Rule{"InsufficientInstanceCapacity", ErrorKind::NoCapacity},
    Rule{"InsufficientHostCapacity", ErrorKind::NoCapacity},
    Rule{"InsufficientFreeAddressesInSubnet", ErrorKind::Unavailable},
    Rule{"UnfulfillableCapacity", ErrorKind::NoCapacity},
    Rule{"ReservationCapacityExceeded", ErrorKind::NoCapacity},
    Rule{"SpotMaxPriceTooLow", ErrorKind::NoCapacity},
    Rule{"InsufficientCapacity", ErrorKind::NoCapacity},
    Rule{"Unsupported", ErrorKind::InvalidInput},

    Rule{"QueueDoesNotExist", ErrorKind::NotFound},
    Rule{"AWS.SimpleQueueService.NonExistentQueue", ErrorKind::NotFound},
    Rule{"ScalingActivityInProgress", ErrorKind::Busy},
    Rule{"FleetNotInModifiableState", ErrorKind::Busy},
    Rule{"fleetRequestIdDoesNotExist", ErrorKind::NotFound},
    Rule{"fleetIdDoesNotExist", ErrorKind::NotFound},
    Rule{"ResourceContention", ErrorKind::Unavailable, Retry::Transient},

    Rule{"OptInRequired", ErrorKind::NotEnabled},
    Rule{"RegionDisabledException", ErrorKind::NotEnabled},

    Rule{"UnauthorizedOperation", ErrorKind::Denied},
    Rule{"AccessDenied", ErrorKind::Denied},
    Rule{"AccessDeniedException", ErrorKind::Denied},
    Rule{"AuthorizationError", ErrorKind::Denied},
    Rule{"AuthFailure", ErrorKind::Denied, Retry::ClockSkew},
    Rule{"InvalidClientTokenId", ErrorKind::Denied},
    Rule{"UnrecognizedClientException", ErrorKind::Denied},
    Rule{"MissingAuthenticationToken", ErrorKind::Denied},
    Rule{"MissingAuthenticationTokenException", ErrorKind::Denied},
    Rule{"IncompleteSignature", ErrorKind::Denied},
    Rule{"IncompleteSignatureException", ErrorKind::Denied},
    Rule{"InvalidIdentityToken", ErrorKind::Denied},
    Rule{"IDPRejectedClaim", ErrorKind::Denied},
    Rule{"AuthFailure.ServiceLinkedRoleCreationNotPermitted", ErrorKind::Denied},
    Rule{"PendingVerification", ErrorKind::Denied},
    Rule{"Blocked", ErrorKind::Denied},
    Rule{"SignatureDoesNotMatch", ErrorKind::Denied, Retry::ClockSkew},
    Rule{"InvalidSignatureException", ErrorKind::Denied, Retry::ClockSkew},
    Rule{"RequestExpired", ErrorKind::Denied, Retry::ClockSkew},
    Rule{"RequestTimeTooSkewed", ErrorKind::Denied, Retry::ClockSkew},
    Rule{"RequestInTheFuture", ErrorKind::Denied, Retry::ClockSkew},
    Rule{"ExpiredToken", ErrorKind::Denied, Retry::ExpiredKeys},
    Rule{"ExpiredTokenException", ErrorKind::Denied, Retry::ExpiredKeys},
};

bool is_transient(int status) {
  return status == 500 || status == 502 || status == 503 || status == 504;
}

Rule judge_unknown(std::string_view code, int status) {
  if (code.ends_with(".NotFound") || code.ends_with("NotFoundException") || status == 404) {
    return {code, ErrorKind::NotFound};
  }
  if (status == 401 || status == 403) {
    return {code, ErrorKind::Denied};
  }
  return status < 500 ? Rule{code, ErrorKind::InvalidInput}
                      : Rule{code, ErrorKind::Unavailable,
                             is_transient(status) ? Retry::Transient : Retry::Never};
}

Rule rule_of(std::string_view code, int status) {
  const auto* found = std::find_if(kRules.begin(), kRules.end(),
                                   [&](const Rule& rule) { return rule.code == code; });
  return found != kRules.end() ? *found : judge_unknown(code, status);
}

bool is_any_of(std::string_view code, std::initializer_list<std::string_view> codes) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

bool may_be_region(std::string_view code) {
  return is_any_of(code, {"AuthFailure", "InvalidClientTokenId", "UnrecognizedClientException"});
}

std::string hint_of(std::string_view code, std::string_view message, std::string_view permission) {
  if (message.find("scoped to a valid region") != std::string_view::npos) {
    return "check the region's name: that of --aws-region, AWS_REGION or the profile";
  }
  if (is_any_of(code, {"UnauthorizedOperation", "AccessDenied", "AccessDeniedException",
                       "AuthorizationError"})) {
    return fmt::format("allow '{}' in the IAM policy of these credentials", permission);
  }
  if (may_be_region(code)) {
    return std::string{kKeysHint};
  }
  if (is_any_of(code, {"SignatureDoesNotMatch", "InvalidSignatureException"})) {
    return std::string{kSignatureHint};
  }
  if (code == "RequestExpired") {
    return std::string{kRequestExpiredHint};
  }
  if (is_any_of(code, {"RequestTimeTooSkewed", "RequestInTheFuture"})) {
    return std::string{kClockHint};
  }
  if (is_any_of(code, {"ExpiredToken", "ExpiredTokenException"})) {
    return std::string{kExpiredHint};
  }
  if (is_any_of(code, {"OptInRequired", "RegionDisabledException"})) {
    return "enable the region in the account's settings, or leave it out";
  }
  if (is_any_of(code, {"MaxConfigLimitExceeded", "MaxConfigLimitExceededException"})) {
    return "ask again for configurations of the last 24 hours, or wait until some have lapsed";
  }
  if (is_any_of(code, {"TargetCapacityLimitExceeded", "TargetCapacityLimitExceededException"})) {
    return "ask for a smaller target capacity: this account has not used as much lately";
  }
  if (code == "AuthFailure.ServiceLinkedRoleCreationNotPermitted") {
    return "the account has never used spot instances: once, with the rights to it, run "
           "`aws iam create-service-linked-role --aws-service-name spot.amazonaws.com`";
  }
  if (is_any_of(code,
                {"MaxSpotInstanceCountExceeded", "VcpuLimitExceeded", "InstanceLimitExceeded"})) {
    return "ask for fewer, or have AWS raise the account's limit in the Service Quotas console";
  }
  return {};
}

/// Without the kilobyte that only AWS can decode.
std::string_view readable(std::string_view message) {
  return message.substr(0, message.find(" Encoded authorization failure message"));
}

/// Whether this was to be an error of AWS's: what it says got lost on the way.
bool is_cut_off(std::string_view body) {
  const auto begins = [&](std::string_view how) { return body.starts_with(how); };
  const auto last = body.find_last_not_of(" \r\n");
  const auto text = last == std::string_view::npos ? body : body.substr(0, last + 1);
  const auto is_xml = begins("<?xml") || begins("<Response") || begins("<ErrorResponse");
  return (is_xml && !text.ends_with("Response>") && !text.ends_with("Error>")) ||
         (begins("{\"") && !text.ends_with('}'));
}

/// No answer of AWS: a proxy's, or something else's that listens at the address.
Refusal judge_status(int status) {
  Refusal refusal{{ErrorKind::Unavailable, fmt::format("status {} without an AWS error", status),
                   "check the endpoint: is this an AWS service, and does it know this action?"}};
  if (status == 429) {
    refusal.error.kind = ErrorKind::Throttled;
    refusal.retry = Retry::Throttling;
  } else if (is_transient(status)) {
    refusal.retry = Retry::Transient;
  } else if (status == 401 || status == 403) {
    refusal.error.kind = ErrorKind::Denied;
  } else if (status == 404) {
    refusal.error.kind = ErrorKind::NotFound;
  }
  return refusal;
}

}  // namespace

Refusal judge(const HttpResponse& response, std::string_view permission) {
  const auto error = wire::read_error(response);
  if (!error && is_cut_off(response.body)) {
    return {{ErrorKind::Unavailable,
             fmt::format("status {} with an AWS error that is cut off", response.status),
             {}},
            Retry::Transient};
  }
  if (!error) {
    return judge_status(response.status);
  }
  const auto rule = rule_of(error->code, response.status);
  return {{rule.kind, fmt::format("{} ({})", readable(error->message), error->code),
           hint_of(error->code, error->message, permission)},
          rule.retry,
          may_be_region(error->code),
          error->code == "RequestExpired"};
}

Refusal judge(Error no_response) {
  const auto retry = no_response.kind == ErrorKind::Unavailable ? Retry::Timeout : Retry::Never;
  return {std::move(no_response), retry};
}

}  // namespace spotvane::adapters
