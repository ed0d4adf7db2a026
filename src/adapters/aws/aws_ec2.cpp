#include "adapters/aws/aws_ec2.hpp"

#include "adapters/aws/ec2_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace spotvane::adapters {

AwsEc2::AwsEc2(AwsClient& client, std::string home) : client_{client}, home_{std::move(home)} {}

void AwsEc2::describe_regions(On<std::vector<model::RegionStatus>> on_regions) {
  auto form = ec2_call("DescribeRegions");
  form.add("AllRegions", "true");
  list_rows(client_, home_, std::move(form), "regionInfo", std::move(on_regions));
}

void AwsEc2::describe_availability_zones(model::Region region,
                                         On<std::vector<model::Zone>> on_zones) {
  auto form = ec2_call("DescribeAvailabilityZones");
  form.add_filter("zone-type", std::array<std::string, 1>{"availability-zone"});
  list_rows(client_, region.text(), std::move(form), "availabilityZoneInfo", std::move(on_zones));
}

void AwsEc2::describe_instance_types(model::Region region,
                                     On<std::vector<model::InstanceTypeFacts>> on_types) {
  auto form = ec2_call("DescribeInstanceTypes");
  form.add("MaxResults", "100");
  list_rows(client_, region.text(), std::move(form), "instanceTypeSet", std::move(on_types));
}

void AwsEc2::describe_instance_type_offerings(model::Region region,
                                              On<std::vector<model::Offering>> on_offerings) {
  auto form = ec2_call("DescribeInstanceTypeOfferings");
  form.add("LocationType", "availability-zone-id");
  form.add("MaxResults", "1000");
  list_rows(client_, region.text(), std::move(form), "instanceTypeOfferingSet",
            std::move(on_offerings));
}

void AwsEc2::get_spot_placement_scores(model::ScoreQuery query,
                                       On<std::vector<model::PlacementScore>> on_scores) {
  auto form = ec2_call("GetSpotPlacementScores");
  form.add_list("InstanceType", texts(query.types));
  form.add("TargetCapacity", fmt::to_string(query.target_capacity));
  form.add("TargetCapacityUnitType", model::to_text(query.unit));
  form.add("SingleAvailabilityZone", query.single_zone ? "true" : "false");
  form.add_list("RegionName", texts(query.regions));
  list_rows<model::PlacementScore>(
      client_, home_, std::move(form), "spotPlacementScoreSet",
      [on_scores = std::move(on_scores)](Result<std::vector<model::PlacementScore>> scores) {
        if (scores) {
          std::stable_sort(scores->begin(), scores->end(),
                           [](const auto& a, const auto& b) { return a.score > b.score; });
        }
        on_scores(std::move(scores));
      });
}

void AwsEc2::describe_spot_price_history(SpotPriceQuery query,
                                         On<std::vector<model::SpotPrice>> on_prices) {
  auto form = ec2_call("DescribeSpotPriceHistory");
  form.add("StartTime", to_iso8601(query.from));
  form.add("EndTime", to_iso8601(query.to));
  form.add_list("InstanceType", texts(query.types));
  form.add_list("ProductDescription", query.products);
  form.add("MaxResults", "1000");
  list_rows(client_, query.region.text(), std::move(form), "spotPriceHistorySet",
            std::move(on_prices));
}

}  // namespace spotvane::adapters
