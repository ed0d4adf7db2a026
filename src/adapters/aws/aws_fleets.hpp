#pragma once

#include "adapters/aws/aws_client.hpp"
#include "ports/fleets.hpp"

#include <memory>
#include <string>
#include <vector>

namespace spotvane::adapters {

/// Spot Fleets and EC2 Fleets over EC2's wire.
class AwsFleets final : public Fleets, public FleetOrders {
 public:
  explicit AwsFleets(AwsClient& client) : client_{client} {}

  void describe_fleet(model::Region region, std::string id, On<SpotFleet> on_fleet) override;
  void fleet_instances(model::Region region, std::string id,
                       On<std::vector<FleetInstance>> on_instances) override;
  void scale_fleet(FleetTarget wanted, On<void> on_done) override;

  void create_fleet(FleetOrder order, On<std::string> on_id) override;
  void list_fleets(model::Region region, On<std::vector<SpotFleet>> on_fleets) override;
  void cancel_fleet(model::Region region, std::string id, bool ends_instances,
                    On<void> on_done) override;

 private:
  struct Listing;
  void list_kind(const std::shared_ptr<Listing>& listing, FleetKind kind);

  AwsClient& client_;
};

}  // namespace spotvane::adapters
