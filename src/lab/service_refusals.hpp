#pragma once

#include "lab/account.hpp"
#include "lab/call.hpp"
#include "lab/faults.hpp"
#include "lab/route.hpp"
#include "ports/http_handler.hpp"

#include <optional>

namespace spotvane::lab {

// What every service says no with, in its own words, and what faults make of answers.

Refusal too_fast(wire::Protocol protocol);
Refusal unknown_action(const Route& route);
Refusal not_permitted(const Route& route, const Account& account);
/// The service is not in the region, or the region not in the account.
Refusal wrong_region(wire::Protocol protocol);
Refusal region_not_enabled(wire::Protocol protocol, const std::string& region);

/// Whether a fault of that kind refuses what was asked.
bool is_refused_by(FaultKind kind);
/// With what it does.
Refusal broken(FaultKind kind, wire::Protocol protocol);
/// The same for metadata, or for a token of it; none where it is answered all the same.
std::optional<int> metadata_status(FaultKind kind, bool is_token);

/// The response to a call: the body of a good answer, or the refusal in the service's encoding.
HttpResponse response_of(const Answered<std::string>& body, const wire::Service& service,
                         const std::string& request_id);

/// Lets a struck answer come late, in part or not at all.
void spoil(HttpReply& reply, const FaultRule& fault);

}  // namespace spotvane::lab
