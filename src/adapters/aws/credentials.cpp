#include "adapters/aws/credentials.hpp"

#include "adapters/aws/instance_role.hpp"

#include <utility>

namespace spotvane::adapters {

namespace {

/// The same answer every time: keys that stand written somewhere, or why there are none.
class FixedCredentials final : public CredentialsProvider {
 public:
  FixedCredentials(Result<wire::SigningKeys> keys, Timers& timers)
      : keys_{std::move(keys)}, timers_{timers} {}

  void provide(On<wire::SigningKeys> on_keys) override {
    timers_.after(Duration{0}, [keys = keys_, on_keys = std::move(on_keys)] { on_keys(keys); });
  }

  bool renew() override { return false; }

 private:
  Result<wire::SigningKeys> keys_;
  Timers& timers_;
};

}  // namespace

std::unique_ptr<CredentialsProvider> make_credentials_provider(CredentialsSource source,
                                                               HttpTransport& transport,
                                                               Timers& timers, const Clock& clock) {
  if (auto* fixed = std::get_if<FixedKeys>(&source)) {
    return std::make_unique<FixedCredentials>(std::move(fixed->keys), timers);
  }
  if (auto* role = std::get_if<InstanceRole>(&source)) {
    return std::make_unique<InstanceRoleCredentials>(std::move(*role), transport, timers, clock);
  }
  return std::make_unique<FixedCredentials>(
      tl::unexpected(std::get<NoCredentials>(std::move(source)).why), timers);
}

}  // namespace spotvane::adapters
