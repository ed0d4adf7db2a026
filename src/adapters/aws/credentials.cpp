#include "adapters/aws/credentials.hpp"

#include "adapters/aws/assumed_role.hpp"
#include "adapters/aws/aws_configuration.hpp"
#include "adapters/aws/container_role.hpp"
#include "adapters/aws/instance_role.hpp"
#include "adapters/aws/key_process.hpp"
#include "adapters/aws/refreshing_credentials.hpp"
#include "adapters/aws/web_identity.hpp"

#include <utility>

namespace spotvane::adapters {

namespace {

/// The same answer every time: keys that stand written somewhere, or why there are none.
class FixedCredentials final : public CredentialsProvider {
 public:
  FixedCredentials(Result<FixedKeys> fixed, const AwsPorts& ports)
      : fixed_{std::move(fixed)}, timers_{ports.timers}, clock_{ports.wall_clock} {}

  void provide(On<wire::SigningKeys> on_keys) override {
    timers_.after(Duration{0}, [keys = keys(), on_keys = std::move(on_keys)] { on_keys(keys); });
  }

  bool renew() override { return false; }

  std::optional<TimePoint> expires() const override {
    return fixed_ ? fixed_->expires : std::nullopt;
  }

 private:
  Result<wire::SigningKeys> keys() const {
    if (!fixed_) {
      return tl::unexpected(fixed_.error());
    }
    if (fixed_->expires && clock_.now() >= *fixed_->expires) {
      return tl::unexpected(Error{ErrorKind::Denied,
                                  fmt::format("the AWS credentials of {} expired at {}",
                                              fixed_->origin, to_iso8601(*fixed_->expires)),
                                  "fetch new ones"});
    }
    return fixed_->keys;
  }

  Result<FixedKeys> fixed_;
  Timers& timers_;
  const Clock& clock_;
};

/// Makes the provider of each kind of source.
struct MakeProvider {
  using Made = std::unique_ptr<CredentialsProvider>;

  Made operator()(const FixedKeys& fixed) {
    return std::make_unique<FixedCredentials>(fixed, ports);
  }
  Made operator()(const NoCredentials& none) {
    return std::make_unique<FixedCredentials>(tl::unexpected(none.why), ports);
  }
  Made operator()(const InstanceRole& role) {
    return refreshing(std::make_unique<InstanceRoleFetcher>(role, ports.transport),
                      {.outlast_expiry = true});
  }
  Made operator()(const ContainerRole& role) {
    return refreshing(std::make_unique<ContainerRoleFetcher>(role, ports.transport, ports.timers));
  }
  Made operator()(const KeyProcess& process) {
    return refreshing(std::make_unique<KeyProcessFetcher>(process, ports.processes));
  }
  Made operator()(const WebIdentity& identity) {
    return refreshing(
        std::make_unique<WebIdentityFetcher>(identity, configuration, ports, random.fork()));
  }

  Made refreshing(std::unique_ptr<KeyFetcher> fetcher,
                  RefreshingCredentials::Options options = {}) const {
    return std::make_unique<RefreshingCredentials>(std::move(fetcher), options, ports.timers,
                                                   ports.wall_clock);
  }

  const AwsConfiguration& configuration;
  const AwsPorts& ports;
  Random random;
};

}  // namespace

std::unique_ptr<CredentialsProvider> make_credentials_provider(
    const AwsConfiguration& configuration, const AwsPorts& ports, Random random) {
  MakeProvider make{configuration, ports, random};
  auto provider = std::visit(make, configuration.credentials.keys);
  for (const auto& role : configuration.credentials.roles) {
    provider = make.refreshing(std::make_unique<AssumedRoleFetcher>(
        role, std::move(provider), configuration, ports, make.random.fork()));
  }
  return provider;
}

}  // namespace spotvane::adapters
