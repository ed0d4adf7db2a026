#pragma once

#include "adapters/aws/aws_client.hpp"
#include "ports/instances.hpp"

#include <vector>

namespace spotvane::adapters {

/// Amazon Linux 2023, found by SSM's public parameters, else by DescribeImages. What it borrows
/// must outlive it.
class AwsImages final : public Images {
 public:
  explicit AwsImages(AwsClient& client) : client_{client} {}

  void latest_amazon_linux(model::Region region, On<std::vector<model::Image>> on_images) override;

 private:
  void ask_ec2(const model::Region& region, On<std::vector<model::Image>> on_images);

  AwsClient& client_;
};

}  // namespace spotvane::adapters
