#include "adapters/aws/credentials_source.hpp"

#include <fmt/format.h>

namespace spotvane::adapters {

namespace {

struct Method {
  std::string_view operator()(const FixedKeys& fixed) const {
    switch (fixed.written_in) {
      case WrittenIn::Program:
        return "explicit";
      case WrittenIn::Environment:
        return "env";
      case WrittenIn::CredentialsFile:
        return "shared-credentials-file";
      case WrittenIn::ConfigFile:
        return "config-file";
    }
    return "explicit";
  }
  std::string_view operator()(const InstanceRole&) const { return "iam-role"; }
  std::string_view operator()(const ContainerRole&) const { return "container-role"; }
  std::string_view operator()(const KeyProcess&) const { return "custom-process"; }
  std::string_view operator()(const WebIdentity&) const { return "assume-role-with-web-identity"; }
  std::string_view operator()(const NoCredentials&) const { return "none"; }
};

struct Origin {
  std::string operator()(const FixedKeys& fixed) const { return fixed.origin; }
  std::string operator()(const InstanceRole& role) const {
    return fmt::format("instance metadata at '{}'", role.endpoint);
  }
  std::string operator()(const ContainerRole& role) const {
    return fmt::format("container endpoint '{}'", role.url);
  }
  std::string operator()(const KeyProcess& process) const {
    return fmt::format("credential_process '{}' of profile '{}'", process.words.front(),
                       process.profile);
  }
  std::string operator()(const WebIdentity& identity) const {
    return fmt::format("{}, token file '{}'", identity.origin, identity.token_file);
  }
  std::string operator()(const NoCredentials&) const { return "nowhere"; }
};

}  // namespace

std::string_view method_of(const CredentialsSource& source) {
  return source.roles.empty() ? std::visit(Method{}, source.keys) : "assume-role";
}

std::string origin_of(const CredentialsSource& source) {
  auto origin = std::visit(Origin{}, source.keys);
  if (!source.roles.empty()) {
    origin = fmt::format("profile '{}', by way of {}", source.roles.back().profile, origin);
  }
  return origin;
}

}  // namespace spotvane::adapters
