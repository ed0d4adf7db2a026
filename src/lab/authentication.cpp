#include "lab/authentication.hpp"

#include "wire/digest.hpp"
#include "wire/timestamp.hpp"

#include <utility>

namespace spotvane::lab {

namespace {

constexpr Duration kWindow = std::chrono::minutes{15};

/// The ways to fail; each service has its own words for them.
enum class Fault : std::uint8_t { Unsigned, Malformed, UnknownKey, BadSignature, Skewed, Expired };

constexpr auto kBadSignature =
    "The request signature we calculated does not match the signature you provided. Check your AWS "
    "Secret Access Key and signing method. Consult the service documentation for details.";
constexpr auto kUnknownKey = "The security token included in the request is invalid.";
constexpr auto kMalformed = "Authorization header or parameters are not formatted correctly.";
constexpr auto kUnsigned = "Request is missing Authentication Token";
constexpr auto kSkewed = "Signature expired: the request's time is more than 15 minutes off.";
constexpr auto kExpired = "The security token included in the request is expired";

Refusal ec2_refusal(Fault fault) {
  switch (fault) {
    case Fault::Unsigned:
      return {403, "MissingAuthenticationToken", kUnsigned};
    case Fault::Malformed:
      return {401, "AuthFailure", kMalformed};
    case Fault::UnknownKey:
    case Fault::BadSignature:
      return {401, "AuthFailure", "AWS was not able to validate the provided access credentials"};
    case Fault::Skewed:
    case Fault::Expired:
      return {400, "RequestExpired", "Request has expired."};
  }
  return {};
}

Refusal query_refusal(Fault fault) {
  switch (fault) {
    case Fault::Unsigned:
      return {403, "MissingAuthenticationToken", kUnsigned};
    case Fault::Malformed:
      return {400, "IncompleteSignature", kMalformed};
    case Fault::UnknownKey:
      return {403, "InvalidClientTokenId", kUnknownKey};
    case Fault::BadSignature:
      return {403, "SignatureDoesNotMatch", kBadSignature};
    case Fault::Skewed:
      return {403, "SignatureDoesNotMatch", kSkewed};
    case Fault::Expired:
      return {403, "ExpiredToken", kExpired};
  }
  return {};
}

Refusal json_refusal(Fault fault) {
  switch (fault) {
    case Fault::Unsigned:
      return {400, "MissingAuthenticationTokenException", kUnsigned};
    case Fault::Malformed:
      return {400, "IncompleteSignatureException", kMalformed};
    case Fault::UnknownKey:
      return {400, "UnrecognizedClientException", kUnknownKey};
    case Fault::BadSignature:
      return {400, "InvalidSignatureException", kBadSignature};
    case Fault::Skewed:
      return {400, "InvalidSignatureException", kSkewed};
    case Fault::Expired:
      return {400, "ExpiredTokenException", kExpired};
  }
  return {};
}

tl::unexpected<Refusal> refuse_sender(const wire::Service& service, Fault fault) {
  switch (service.protocol) {
    case wire::Protocol::Ec2:
      return tl::unexpected(ec2_refusal(fault));
    case wire::Protocol::Query:
      return tl::unexpected(query_refusal(fault));
    case wire::Protocol::Json11:
      return tl::unexpected(json_refusal(fault));
  }
  return tl::unexpected(Refusal{});
}

std::string header_of(const HttpRequest& request, std::string_view name) {
  const auto* value = find_header(request.headers, name);
  return value != nullptr ? *value : std::string{};
}

bool covers_host(const wire::Authorization& authorization) {
  for (const auto& name : authorization.signed_headers) {
    if (name == "host") {
      return true;
    }
  }
  return false;
}

}  // namespace

Answered<Sender> authenticate(const HttpRequest& request, const wire::Service& service,
                              const Accounts& accounts, TimePoint now) {
  const auto* header = find_header(request.headers, "authorization");
  if (header == nullptr) {
    return refuse_sender(service, Fault::Unsigned);
  }
  auto authorization = wire::parse_authorization(*header);
  const auto stamp = header_of(request, "x-amz-date");
  const auto signed_at = wire::parse_amz_date(stamp);
  if (!authorization || !signed_at || !covers_host(*authorization) ||
      !stamp.starts_with(authorization->date)) {
    return refuse_sender(service, Fault::Malformed);
  }
  const auto* account = accounts.find(authorization->access_key_id);
  if (account == nullptr ||
      !wire::equal_in_constant_time(account->session_token,
                                    header_of(request, "x-amz-security-token"))) {
    return refuse_sender(service, Fault::UnknownKey);
  }
  if (!wire::is_signed_by(request, *authorization, account->secret_access_key)) {
    return refuse_sender(service, Fault::BadSignature);
  }
  if (std::chrono::abs(now - *signed_at) > kWindow) {
    return refuse_sender(service, Fault::Skewed);
  }
  if (account->expires && now >= *account->expires) {
    return refuse_sender(service, Fault::Expired);
  }
  return Sender{*account, std::move(authorization->scope)};
}

}  // namespace spotvane::lab
