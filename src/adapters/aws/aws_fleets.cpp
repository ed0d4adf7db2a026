#include "adapters/aws/aws_fleets.hpp"

#include "adapters/aws/pages.hpp"
#include "base/number.hpp"
#include "wire/form.hpp"
#include "wire/xml.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace spotvane::adapters {

namespace {

using wire::Form;
using wire::XmlNode;

/// The answer's root. Fails with `Corrupt` where it is no XML.
Result<wire::XmlDocument> read_answer(const Result<std::string>& body, std::string_view action) {
  if (!body) {
    return tl::unexpected(body.error());
  }
  auto document = wire::XmlDocument::parse(*body);
  if (!document) {
    return tl::unexpected(std::move(document.error()).during(action));
  }
  return document;
}

std::optional<double> real_in(XmlNode node, std::string_view name) {
  const auto number = parse_real(node.child_text(name));
  return number ? std::optional{*number} : std::nullopt;
}

std::optional<int> whole_in(XmlNode node, std::string_view name) {
  const auto number = parse_integer(node.child_text(name));
  return number ? std::optional{static_cast<int>(*number)} : std::nullopt;
}

Result<SpotFleet> read_spot_fleet(const Result<std::string>& body, const std::string& id) {
  const auto document = read_answer(body, "DescribeSpotFleetRequests");
  if (!document) {
    return tl::unexpected(document.error());
  }
  const auto item = document->root().child("spotFleetRequestConfigSet").child("item");
  if (!item) {
    return fail(ErrorKind::NotFound, "there is no Spot Fleet '{}'", id);
  }
  const auto config = item.child("spotFleetRequestConfig");
  const auto target = real_in(config, "targetCapacity");
  const auto fulfilled = real_in(config, "fulfilledCapacity");
  if (!target || !fulfilled) {
    return fail(ErrorKind::Corrupt, "Spot Fleet '{}' is described without its capacity", id);
  }
  SpotFleet fleet{.id = id,
                  .state = std::string{item.child_text("spotFleetRequestState")},
                  .target = *target,
                  .fulfilled = *fulfilled};
  const auto take_weight = [&](XmlNode one) {
    if (const auto weight = real_in(one, "weightedCapacity")) {
      fleet.weights.emplace(one.child_text("instanceType"), *weight);
    }
  };
  config.child("launchSpecifications").each(take_weight);
  config.child("launchTemplateConfigs").each([&](XmlNode one) {
    one.child("overrides").each(take_weight);
  });
  return fleet;
}

Result<std::optional<ScalingGroup>> read_group(const Result<std::string>& body,
                                               const std::string& name) {
  const auto document = read_answer(body, "DescribeAutoScalingGroups");
  if (!document) {
    return tl::unexpected(document.error());
  }
  std::optional<ScalingGroup> group;
  document->root()
      .child("DescribeAutoScalingGroupsResult")
      .child("AutoScalingGroups")
      .each([&](XmlNode one) {
        const auto least = whole_in(one, "MinSize");
        const auto most = whole_in(one, "MaxSize");
        const auto desired = whole_in(one, "DesiredCapacity");
        if (one.child_text("AutoScalingGroupName") == name && least && most && desired) {
          group = ScalingGroup{name, *least, *most, *desired};
        }
      });
  return group;
}

Result<std::vector<MetricPoint>> read_points(const Result<std::string>& body) {
  const auto document = read_answer(body, "GetMetricStatistics");
  if (!document) {
    return tl::unexpected(document.error());
  }
  std::vector<MetricPoint> points;
  document->root().child("GetMetricStatisticsResult").child("Datapoints").each([&](XmlNode one) {
    const auto at = parse_time(one.child_text("Timestamp"));
    const auto maximum = real_in(one, "Maximum");
    if (at && maximum) {
      points.push_back({*at, *maximum});
    }
  });
  // CloudWatch keeps no order.
  std::sort(points.begin(), points.end(),
            [](const MetricPoint& a, const MetricPoint& b) { return a.at < b.at; });
  return points;
}

}  // namespace

void AwsFleets::describe_fleet(model::Region region, std::string id, On<SpotFleet> on_fleet) {
  auto form = Form::call("DescribeSpotFleetRequests", wire::kEc2.version);
  form.add("SpotFleetRequestId.1", id);
  client_.call({wire::kEc2, region.text(), "DescribeSpotFleetRequests", form.encode()},
               [id, on_fleet = std::move(on_fleet)](const Result<std::string>& body) {
                 on_fleet(read_spot_fleet(body, id));
               });
}

void AwsFleets::fleet_instances(model::Region region, std::string id,
                                On<std::vector<FleetInstance>> on_instances) {
  constexpr const char* kAction = "DescribeSpotFleetInstances";
  const auto found = std::make_shared<std::vector<FleetInstance>>();
  Pages pages{.call =
                  [region, id](const std::string& token) {
                    auto form = Form::call(kAction, wire::kEc2.version);
                    form.add("SpotFleetRequestId", id);
                    form.add("MaxResults", "1000");
                    if (!token.empty()) {
                      form.add("NextToken", token);
                    }
                    return AwsCall{wire::kEc2, region.text(), kAction, form.encode()};
                  },
              .read = [found](const std::string& body) -> Result<std::string> {
                const auto document = read_answer(body, kAction);
                if (!document) {
                  return tl::unexpected(document.error());
                }
                document->root().child("activeInstanceSet").each([&](XmlNode one) {
                  found->push_back({std::string{one.child_text("instanceId")},
                                    std::string{one.child_text("instanceType")}});
                });
                return std::string{document->root().child_text("nextToken")};
              }};
  read_pages(client_, std::move(pages),
             [found, on_instances = std::move(on_instances)](const Result<void>& end) {
               if (!end) {
                 return on_instances(tl::unexpected(end.error()));
               }
               on_instances(std::move(*found));
             });
}

void AwsScalingGroups::describe_group(model::Region region, std::string name,
                                      On<std::optional<ScalingGroup>> on_group) {
  auto form = Form::call("DescribeAutoScalingGroups", wire::kAutoScaling.version);
  form.add("AutoScalingGroupNames.member.1", name);
  client_.call({wire::kAutoScaling, region.text(), "DescribeAutoScalingGroups", form.encode()},
               [name, on_group = std::move(on_group)](const Result<std::string>& body) {
                 on_group(read_group(body, name));
               });
}

void AwsScalingGroups::set_desired_capacity(model::Region region, std::string name, int desired,
                                            bool honors_cooldown, On<void> on_done) {
  auto form = Form::call("SetDesiredCapacity", wire::kAutoScaling.version);
  form.add("AutoScalingGroupName", name);
  form.add("DesiredCapacity", fmt::to_string(desired));
  form.add("HonorCooldown", honors_cooldown ? "true" : "false");
  client_.call({wire::kAutoScaling, region.text(), "SetDesiredCapacity", form.encode()},
               [on_done = std::move(on_done)](const Result<std::string>& body) {
                 on_done(body ? Result<void>{} : tl::unexpected(body.error()));
               });
}

void AwsMetrics::fleet_metric(FleetMetricQuery query, On<std::vector<MetricPoint>> on_points) {
  auto form = Form::call("GetMetricStatistics", wire::kCloudWatch.version);
  form.add("Namespace", "AWS/EC2Spot");
  form.add("MetricName", query.metric);
  form.add("Dimensions.member.1.Name", "FleetRequestId");
  form.add("Dimensions.member.1.Value", query.fleet_id);
  form.add("StartTime", to_iso8601(query.from));
  form.add("EndTime", to_iso8601(query.to));
  form.add("Period", "60");
  form.add("Statistics.member.1", "Maximum");
  client_.call({wire::kCloudWatch, query.region.text(), "GetMetricStatistics", form.encode()},
               [on_points = std::move(on_points)](const Result<std::string>& body) {
                 on_points(read_points(body));
               });
}

}  // namespace spotvane::adapters
