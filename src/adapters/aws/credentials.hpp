#pragma once

#include "base/random.hpp"
#include "base/time.hpp"
#include "ports/clock.hpp"
#include "ports/cloud.hpp"
#include "ports/http_transport.hpp"
#include "ports/process_runner.hpp"
#include "ports/timers.hpp"
#include "wire/sigv4.hpp"

#include <memory>
#include <optional>

namespace spotvane::adapters {

struct AwsConfiguration;

/// What a client of AWS needs of the world.
struct AwsPorts {
  HttpTransport& transport;
  Timers& timers;
  const Clock& wall_clock;  ///< dates signatures: the real time, in the lab as well
  ProcessRunner& processes;
};

/// Keeps keys to sign with at hand.
class CredentialsProvider {
 public:
  virtual ~CredentialsProvider() = default;

  /// Keys that are good now. `Denied` where there are none, `Unavailable` where they could not be
  /// fetched.
  virtual void provide(On<wire::SigningKeys> on_keys) = 0;

  /// Word that AWS refused the keys as expired. True where `provide` may have others by now.
  virtual bool renew() = 0;

  /// When the keys provided last expire; none: never, or nobody said.
  virtual std::optional<TimePoint> expires() const = 0;
};

/// The provider for the configuration's source; what it borrows must outlive it, and the loop must
/// not run once it is gone.
std::unique_ptr<CredentialsProvider> make_credentials_provider(
    const AwsConfiguration& configuration, const AwsPorts& ports, Random random);

}  // namespace spotvane::adapters
