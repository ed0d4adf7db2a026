#pragma once

#include "adapters/aws/credentials_source.hpp"
#include "adapters/aws/refreshing_credentials.hpp"
#include "ports/http_transport.hpp"
#include "ports/timers.hpp"

#include <string>
#include <string_view>

namespace spotvane::adapters {

/// Where the agent of an ECS instance answers.
inline constexpr std::string_view kContainerAddress = "http://169.254.170.2";

/// Whether a container's keys may be asked for at `url`: over https anywhere; else only on this
/// machine and at the addresses that AWS uses. Fails with `Denied`.
Result<void> check_container_url(std::string_view url);

/// The keys of a container's role.
///
/// What it borrows must outlive it, and the loop must not run once it is gone.
class ContainerRoleFetcher final : public KeyFetcher {
 public:
  ContainerRoleFetcher(ContainerRole role, HttpTransport& transport, Timers& timers);

  void fetch(On<SessionKeys> on_keys) override;

 private:
  void send(const HttpRequest& request, int attempt, On<SessionKeys> on_keys);

  ContainerRole role_;
  HttpTransport& transport_;
  Timers& timers_;
};

}  // namespace spotvane::adapters
