#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "wire/sigv4.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace spotvane::adapters {

/// Where keys stand written.
enum class WrittenIn : std::uint8_t { Program, Environment, CredentialsFile, ConfigFile };

/// Keys that stand written somewhere.
struct FixedKeys {
  wire::SigningKeys keys;
  std::string origin;  ///< "environment", "profile 'x'"
  WrittenIn written_in = WrittenIn::Program;
  std::optional<TimePoint> expires = {};
};

/// The role of the EC2 instance the program runs on.
struct InstanceRole {
  std::string endpoint;    ///< of the metadata service, "http://169.254.169.254"
  std::string tried = {};  ///< where nothing was found before: "none in profile 'x', ..."
};

/// The role of the container the program runs in: of an ECS task, or an EKS pod.
struct ContainerRole {
  std::string url;
  std::string token = {};       ///< the Authorization header
  std::string token_file = {};  ///< holds it; comes before `token`
};

/// A program that prints keys.
struct KeyProcess {
  std::string profile;             ///< that names it
  std::vector<std::string> words;  ///< the program and its arguments
};

/// A role that STS gives to the bearer of somebody else's token.
struct WebIdentity {
  std::string origin;  ///< "environment", "profile 'x'"
  std::string role_arn;
  std::string session_name;  ///< empty: ours
  std::string token_file;
};

/// None, and what to tell whoever asks.
struct NoCredentials {
  Error why;
};

/// A role that STS gives to who may assume it.
struct AssumedRole {
  std::string profile;  ///< that names it
  std::string role_arn;
  std::string session_name = {};  ///< empty: ours
  std::string external_id = {};   ///< empty: none
  std::optional<int> duration_seconds = {};
};

/// Where credentials come from: the first place of AWS's order that applies, and the roles assumed
/// with its keys, one with the keys of the other.
struct CredentialsSource {
  std::variant<FixedKeys, InstanceRole, ContainerRole, KeyProcess, WebIdentity, NoCredentials> keys;
  std::vector<AssumedRole> roles = {};
};

/// boto3's name for the kind of source: "env", "assume-role", "iam-role"; "none" where there is
/// none.
std::string_view method_of(const CredentialsSource& source);

/// Where they come from, for people: "profile 'x'", "role '...' of profile 'y'".
std::string origin_of(const CredentialsSource& source);

}  // namespace spotvane::adapters
