#pragma once

#include "base/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace spotvane::lab {

/// What a web identity's token (a JWT) says of its bearer.
struct IdentityToken {
  std::string issuer;
  std::string subject;
  std::string audience;  ///< the first, where there are several
  std::optional<TimePoint> expires = {};
};

/// Reads a token; none where it is no JWT that names issuer, subject and audience. Whether the
/// issuer signed it nobody asks here: a lab knows no issuers.
std::optional<IdentityToken> read_identity_token(std::string_view text);

}  // namespace spotvane::lab
