#pragma once

#include "adapters/aws/aws_client.hpp"
#include "ports/cloud.hpp"

#include <string_view>
#include <vector>

namespace spotvane::adapters {

/// The price list answers in few regions, about all of them; this is one.
inline constexpr std::string_view kPricingRegion = "us-east-1";

/// AWS's price list, asked by GetProducts. What it borrows must outlive it.
class AwsPriceList final : public PriceList {
 public:
  explicit AwsPriceList(AwsClient& client) : client_{client} {}

  void on_demand_prices(model::Region region,
                        On<std::vector<model::OnDemandPrice>> on_prices) override;

 private:
  AwsClient& client_;
};

}  // namespace spotvane::adapters
