#include "adapters/aws/aws_cloud.hpp"

#include <utility>

namespace spotvane::adapters {

AwsCloud::AwsCloud(AwsConfiguration configuration, AwsClientOptions options, const AwsPorts& ports,
                   Random random)
    : configuration_{std::move(configuration)},
      credentials_{make_credentials_provider(configuration_, ports, random.fork())},
      client_{configuration_, std::move(options), *credentials_, ports, random.fork()},
      ec2_{client_, configuration_.region},
      advisor_{client_, configuration_.advisor_url()},
      price_list_{client_},
      identity_{client_, configuration_.region},
      instances_{client_},
      images_{client_},
      containers_{client_},
      container_services_{client_},
      queues_{client_, configuration_.region},
      topics_{client_, configuration_.region},
      fleets_{client_},
      groups_{client_},
      metrics_{client_},
      worker_reports_{client_} {}

CloudAccess AwsCloud::access() const {
  CloudAccess access{.profile = configuration_.profile,
                     .region = configuration_.region,
                     .method = std::string{method_of(configuration_.credentials)},
                     .source = origin_of(configuration_.credentials),
                     .roles = {},
                     .endpoints = {}};
  for (const auto& role : configuration_.credentials.roles) {
    access.roles.push_back(role.role_arn);
  }
  if (const auto* web = std::get_if<WebIdentity>(&configuration_.credentials.keys)) {
    access.roles.insert(access.roles.begin(), web->role_arn);
  }
  for (const auto& service : wire::kServices) {
    const auto region =
        service.name == wire::kPricing.name ? kPricingRegion : std::string_view{access.region};
    access.endpoints.emplace_back(service.name, configuration_.endpoint(service, region));
  }
  return access;
}

void AwsCloud::keys_in_use(On<KeysInUse> on_keys) {
  credentials_->provide([this, on_keys = std::move(on_keys)](Result<wire::SigningKeys> keys) {
    on_keys(std::move(keys).map([&](const wire::SigningKeys& one) {
      return KeysInUse{one.access_key_id, !one.session_token.empty(), credentials_->expires()};
    }));
  });
}

}  // namespace spotvane::adapters
