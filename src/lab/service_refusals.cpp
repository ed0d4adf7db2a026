#include "lab/service_refusals.hpp"

#include "lab/spoken.hpp"
#include "wire/envelope.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace spotvane::lab {

Refusal too_fast(wire::Protocol protocol) {
  switch (protocol) {
    case wire::Protocol::Ec2:
      return {503, "RequestLimitExceeded", "Request limit exceeded."};
    case wire::Protocol::Query:
      return {400, "Throttling", "Rate exceeded"};
    case wire::Protocol::Json11:
      return {400, "ThrottlingException", "Rate exceeded"};
  }
  return {};
}

Refusal broken(FaultKind kind, wire::Protocol protocol) {
  if (kind == FaultKind::Throttle) {
    return too_fast(protocol);
  }
  if (kind == FaultKind::Busy) {
    return {503, protocol == wire::Protocol::Ec2 ? "Unavailable" : "ServiceUnavailable",
            "The server is overloaded and can't handle the request."};
  }
  return {500, protocol == wire::Protocol::Ec2 ? "InternalError" : "InternalFailure",
          "An internal error has occurred"};
}

Refusal unknown_action(const Route& route) {
  if (route.service.protocol == wire::Protocol::Json11) {
    return {400, "UnknownOperationException", ""};
  }
  if (route.action.empty()) {
    return {400, "MissingAction", "The request is missing an action or a required parameter."};
  }
  return {400, "InvalidAction",
          fmt::format("The action {} is not valid for this web service.", route.action)};
}

bool is_refused_by(FaultKind kind) {
  return kind == FaultKind::Throttle || kind == FaultKind::Error || kind == FaultKind::Busy;
}

Refusal not_permitted(const Route& route, const Account& account) {
  const auto message = fmt::format(
      "You are not authorized to perform this operation. User: arn:aws:iam::{}:user/{} is not "
      "authorized to perform: {}:{} because no identity-based policy allows the {}:{} action",
      account.id, account.user, route.service_name, route.action, route.service_name, route.action);
  switch (route.service.protocol) {
    case wire::Protocol::Ec2:
      return {403, "UnauthorizedOperation", message};
    case wire::Protocol::Query:
      return {403, "AccessDenied", message};
    case wire::Protocol::Json11:
      return {400, "AccessDeniedException", message};
  }
  return {};
}

std::optional<int> metadata_status(FaultKind kind, bool is_token) {
  constexpr std::array<std::pair<FaultKind, int>, 4> kStatuses{{{FaultKind::Throttle, 429},
                                                                {FaultKind::Error, 500},
                                                                {FaultKind::Busy, 503},
                                                                {FaultKind::Missing, 404}}};
  if (kind == FaultKind::Deny) {
    return is_token ? 403 : 401;
  }
  const auto* found = std::find_if(kStatuses.begin(), kStatuses.end(),
                                   [kind](const auto& one) { return one.first == kind; });
  return found == kStatuses.end() ? std::nullopt : std::optional{found->second};
}

void spoil(HttpReply& reply, const FaultRule& fault) {
  if (fault.kind == FaultKind::Slow) {
    reply.delay = fault.delay;
  } else if (fault.kind == FaultKind::Truncate) {
    reply.manner = HttpReply::Manner::Truncated;
  } else if (fault.kind == FaultKind::Reset || fault.kind == FaultKind::Lost) {
    reply.manner = HttpReply::Manner::Reset;
  }
}

Refusal wrong_region(wire::Protocol protocol) {
  constexpr auto kMessage = "Credential should be scoped to a valid region.";
  switch (protocol) {
    case wire::Protocol::Ec2:
      return {401, "AuthFailure", kMessage};
    case wire::Protocol::Query:
      return {403, "SignatureDoesNotMatch", kMessage};
    case wire::Protocol::Json11:
      return {400, "InvalidSignatureException", kMessage};
  }
  return {};
}

Refusal region_not_enabled(wire::Protocol protocol, const std::string& region) {
  if (protocol == wire::Protocol::Ec2) {
    return {403, "OptInRequired",
            fmt::format("You are not subscribed to this service. The region {} is not enabled for "
                        "the account.",
                        region)};
  }
  return {403, "InvalidClientTokenId", "The security token included in the request is invalid"};
}

HttpResponse response_of(const Answered<std::string>& body, const wire::Service& service,
                         const std::string& request_id) {
  HttpResponse response;
  if (body) {
    response.headers.push_back({"Content-Type", std::string{wire::content_type(service)}});
    response.body = *body;
  } else {
    const auto& refusal = body.error();
    const auto older = older_code(service.name, refusal.code);
    const bool is_json = service.protocol == wire::Protocol::Json11;
    response = wire::error_response(
        service, refusal.status,
        {is_json ? refusal.code : std::string{older}, refusal.message, request_id});
    if (is_json && older != refusal.code) {
      response.headers.push_back({"x-amzn-query-error", fmt::format("{};Sender", older)});
    }
  }
  if (find_header(response.headers, "x-amzn-requestid") == nullptr) {
    response.headers.push_back({"x-amzn-RequestId", request_id});
  }
  return response;
}

}  // namespace spotvane::lab
