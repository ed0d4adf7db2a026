#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "wire/sigv4.hpp"

#include <optional>
#include <string_view>

namespace spotvane::adapters {

/// Keys, and until when they are good.
struct SessionKeys {
  wire::SigningKeys keys;
  std::optional<TimePoint> expires = {};  ///< none: for ever
};

// The texts in which keys are handed out. All fail with `Denied`, saying what is wrong but quoting
// nothing: there are secrets in it.

/// What a credential_process prints.
Result<SessionKeys> read_process_keys(std::string_view text);

/// What the endpoint of a container answers.
Result<SessionKeys> read_container_keys(std::string_view text);

/// What the metadata service of an instance answers.
Result<SessionKeys> read_instance_keys(std::string_view text);

/// What STS answers to `action`, one of the ways to assume a role.
Result<SessionKeys> read_sts_keys(std::string_view text, std::string_view action);

}  // namespace spotvane::adapters
