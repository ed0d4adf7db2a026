#pragma once

#include "base/http_message.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace spotvane::wire {

/// What a request is signed with.
struct SigningKeys {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token = {};  ///< empty for permanent keys
};

/// Where a signature counts.
struct SigningScope {
  std::string region;
  std::string service;  ///< "ec2", "sts", "pricing"
};

/// Signs `request` by Signature Version 4, in place of any signature it carries: sets x-amz-date,
/// x-amz-security-token (with temporary keys) and Authorization. Covers host, content-type and
/// every x-amz-* header.
void sign(HttpRequest& request, const SigningScope& scope, const SigningKeys& keys, TimePoint now);

/// What an Authorization header says.
struct Authorization {
  std::string access_key_id;
  std::string date;  ///< of the scope, "20260801"
  SigningScope scope;
  std::vector<std::string> signed_headers;
  std::string signature;
};

/// Fails with `InvalidInput` on anything that is not Signature Version 4.
Result<Authorization> parse_authorization(std::string_view header);

/// Whether the request carries the signature that `secret_access_key` gives it, over whichever
/// headers the signer chose. A signed header that did not arrive counts as empty. Says nothing
/// about the time: compare x-amz-date with the clock.
bool is_signed_by(const HttpRequest& request, const Authorization& authorization,
                  std::string_view secret_access_key);

/// The text whose digest is signed; for diagnosis and tests.
std::string canonical_request(const HttpRequest& request, const Authorization& authorization);

/// The text the signature is made of; for diagnosis and tests.
std::string string_to_sign(const HttpRequest& request, const Authorization& authorization);

}  // namespace spotvane::wire
