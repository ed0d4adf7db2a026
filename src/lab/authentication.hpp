#pragma once

#include "base/http_message.hpp"
#include "lab/account.hpp"
#include "lab/call.hpp"
#include "wire/service.hpp"
#include "wire/sigv4.hpp"

namespace spotvane::lab {

/// Who signed a request, and for where.
struct Sender {
  Account account;
  wire::SigningScope scope;
};

/// Checks a request's signature at `now`, the wall's time: it must be of an account's keys, with
/// their session token where they have one, and not more than 15 minutes off. Refuses with the
/// service's own codes.
Answered<Sender> authenticate(const HttpRequest& request, const wire::Service& service,
                              const Accounts& accounts, TimePoint now);

}  // namespace spotvane::lab
