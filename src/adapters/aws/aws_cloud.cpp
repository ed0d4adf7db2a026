#include "adapters/aws/aws_cloud.hpp"

#include <utility>

namespace spotvane::adapters {

AwsCloud::AwsCloud(AwsConfiguration configuration, AwsClientOptions options,
                   HttpTransport& transport, Timers& timers, const Clock& wall_clock, Random random)
    : configuration_{std::move(configuration)},
      credentials_{
          make_credentials_provider(configuration_.credentials, transport, timers, wall_clock)},
      client_{configuration_, std::move(options), *credentials_, transport,
              timers,         wall_clock,         random},
      ec2_{client_, configuration_.region},
      advisor_{client_, configuration_.advisor_url()},
      price_list_{client_},
      identity_{client_, configuration_.region} {}

}  // namespace spotvane::adapters
