#pragma once

#include "adapters/aws/aws_configuration.hpp"
#include "adapters/aws/credentials_source.hpp"
#include "adapters/aws/profiles.hpp"

#include <string>

namespace spotvane::adapters {

/// Decides where the credentials of `profile` come from, in boto3's order: the environment; a role
/// the profile assumes; a web identity; IAM Identity Center; the credentials file; a program; the
/// configuration file; the container; the EC2 instance.
///
/// Where `is_chosen`, the program itself named the profile, and the environment's keys do not
/// count. A mistake on the way there, and what is not supported, is a source `NoCredentials` that
/// says so.
CredentialsSource find_credentials(const EnvironmentLookup& environment, const Profiles& profiles,
                                   const std::string& profile, bool is_chosen);

/// That a profile named `profile` does not exist, and which one was probably meant.
Error unknown_profile(const Profiles& profiles, const std::string& profile);

}  // namespace spotvane::adapters
