#pragma once

#include "base/result.hpp"
#include "wire/sigv4.hpp"

#include <string>
#include <variant>

namespace spotvane::adapters {

/// Keys that stand written somewhere.
struct FixedKeys {
  wire::SigningKeys keys;
  std::string origin;  ///< "environment", "profile 'x'"
};

/// The role of the EC2 instance the program runs on.
struct InstanceRole {
  std::string endpoint;  ///< of the metadata service, "http://169.254.169.254"
};

/// None, and what to tell whoever asks.
struct NoCredentials {
  Error why;
};

/// Where credentials come from: the first place of AWS's order that applies.
using CredentialsSource = std::variant<FixedKeys, InstanceRole, NoCredentials>;

}  // namespace spotvane::adapters
