#pragma once

#include "adapters/aws/credentials.hpp"
#include "base/time.hpp"

#include <optional>
#include <string>
#include <vector>

namespace spotvane::adapters {

/// The keys of the EC2 instance's role, from its metadata service (IMDSv2).
///
/// Fetches anew a quarter of an hour before they expire. While that fails it goes on with those it
/// has, expired or not: AWS may extend them, and there are no better ones.
///
/// Everything it borrows must outlive it, and the loop must not run once it is gone.
class InstanceRoleCredentials final : public CredentialsProvider {
 public:
  InstanceRoleCredentials(InstanceRole role, HttpTransport& transport, Timers& timers,
                          const Clock& clock);

  void provide(On<wire::SigningKeys> on_keys) override;
  bool renew() override;

 private:
  struct Held {
    wire::SigningKeys keys;
    TimePoint next_fetch;
  };

  void fetch_token();
  void fetch_role(const std::string& token);
  void fetch_keys(const std::string& token, const std::string& role);
  void get(const std::string& token, const std::string& path, On<std::string> on_body);
  void finish(Result<Held> fetched);

  InstanceRole role_;
  HttpTransport& transport_;
  Timers& timers_;
  const Clock& clock_;
  std::optional<Held> held_;
  std::vector<On<wire::SigningKeys>> waiting_;  // for the fetch under way, if any
};

}  // namespace spotvane::adapters
