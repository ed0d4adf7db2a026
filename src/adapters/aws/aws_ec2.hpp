#pragma once

#include "adapters/aws/aws_client.hpp"
#include "ports/cloud.hpp"

#include <string>
#include <vector>

namespace spotvane::adapters {

/// EC2 over its query protocol. What it borrows must outlive it.
class AwsEc2 final : public Ec2 {
 public:
  /// `home` is the region asked where the question names none.
  AwsEc2(AwsClient& client, std::string home);

  void describe_regions(On<std::vector<model::RegionStatus>> on_regions) override;
  void describe_availability_zones(model::Region region,
                                   On<std::vector<model::Zone>> on_zones) override;
  void describe_instance_types(model::Region region,
                               On<std::vector<model::InstanceTypeFacts>> on_types) override;
  void describe_instance_type_offerings(model::Region region,
                                        On<std::vector<model::Offering>> on_offerings) override;
  void get_spot_placement_scores(model::ScoreQuery query,
                                 On<std::vector<model::PlacementScore>> on_scores) override;
  void describe_spot_price_history(SpotPriceQuery query,
                                   On<std::vector<model::SpotPrice>> on_prices) override;

 private:
  AwsClient& client_;
  std::string home_;
};

}  // namespace spotvane::adapters
