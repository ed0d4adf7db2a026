#pragma once

#include "adapters/aws/credentials_source.hpp"
#include "ports/clock.hpp"
#include "ports/cloud.hpp"
#include "ports/http_transport.hpp"
#include "ports/timers.hpp"
#include "wire/sigv4.hpp"

#include <memory>

namespace spotvane::adapters {

/// Keeps keys to sign with at hand.
class CredentialsProvider {
 public:
  virtual ~CredentialsProvider() = default;

  /// Keys that are good now. `Denied` where there are none, `Unavailable` where they could not be
  /// fetched.
  virtual void provide(On<wire::SigningKeys> on_keys) = 0;

  /// Word that AWS refused the keys as expired. True where `provide` may have others by now.
  virtual bool renew() = 0;
};

/// The provider for `source`; what it borrows must outlive it.
std::unique_ptr<CredentialsProvider> make_credentials_provider(CredentialsSource source,
                                                               HttpTransport& transport,
                                                               Timers& timers, const Clock& clock);

}  // namespace spotvane::adapters
