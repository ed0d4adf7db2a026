#pragma once

#include "adapters/aws/credentials_source.hpp"
#include "adapters/aws/refreshing_credentials.hpp"
#include "ports/http_transport.hpp"

#include <string>

namespace spotvane::adapters {

/// The keys of the EC2 instance's role, from its metadata service (IMDSv2).
///
/// What it borrows must outlive it, and the loop must not run once it is gone.
class InstanceRoleFetcher final : public KeyFetcher {
 public:
  InstanceRoleFetcher(InstanceRole role, HttpTransport& transport);

  void fetch(On<SessionKeys> on_keys) override;

 private:
  void fetch_role(const std::string& token, On<SessionKeys> on_keys);
  void fetch_keys(const std::string& token, const std::string& role, On<SessionKeys> on_keys);
  void get(const std::string& token, const std::string& path, On<std::string> on_body);

  InstanceRole role_;
  HttpTransport& transport_;
};

}  // namespace spotvane::adapters
