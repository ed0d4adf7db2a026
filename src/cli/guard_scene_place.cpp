#include "cli/guard_scene_place.hpp"

#include <array>
#include <utility>
#include <vector>

namespace spotvane::cli {

namespace {

constexpr const char* kTemplate = "ecs-hosts";
/// Two vCPUs each, of several families: what is taken back at once is no more than it must.
constexpr std::array<const char*, 5> kSceneTypes{"m5.large", "m5a.large", "m6i.large", "r5.large",
                                                 "c5.large"};
/// base64 of "#!/bin/bash\necho ECS_CLUSTER=prod >> /etc/ecs/ecs.config\n".
constexpr const char* kUserData =
    "IyEvYmluL2Jhc2gKZWNobyBFQ1NfQ0xVU1RFUj1wcm9kID4+IC9ldGMvZWNzL2Vjcy5jb25maWcK";

using Pairs = std::vector<std::pair<std::string, std::string>>;

wire::Form form_of(const Pairs& pairs) {
  wire::Form form;
  for (const auto& [name, value] : pairs) {
    form.add(name, value);
  }
  return form;
}

Result<void> make_group(lab::LocalCalls& calls, const std::string& name, int desired, int most) {
  return calls
      .form(wire::kAutoScaling, "CreateAutoScalingGroup",
            form_of({{"AutoScalingGroupName", name},
                     {"MinSize", fmt::to_string(desired)},
                     {"MaxSize", fmt::to_string(most)},
                     {"DesiredCapacity", fmt::to_string(desired)},
                     {"DefaultCooldown", "60"},
                     {"LaunchTemplate.LaunchTemplateName", kTemplate},
                     {"LaunchTemplate.Version", "$Default"},
                     {"AvailabilityZones.member.1", "us-east-1a"},
                     {"AvailabilityZones.member.2", "us-east-1b"}}))
      .map([](const std::string&) {});
}

/// The text between `"name":"` and the next quote: of an answer whose form is known.
std::string member_of(const std::string& body, const std::string& name) {
  const auto key = "\"" + name + "\":";
  const auto begin = body.find('"', body.find(key) + key.size());
  return body.substr(begin + 1, body.find('"', begin + 1) - begin - 1);
}

}  // namespace

Result<std::string> set_up_scene(lab::LocalCalls& calls, const std::string& image, int always_on,
                                 int most_servers) {
  const auto queue = calls.json(wire::kSqs, "CreateQueue", R"({"QueueName":"spotvane-notices"})");
  if (!queue) {
    return tl::unexpected(queue.error());
  }
  const std::vector<std::pair<const char*, std::string>> events{
      {"PutRule",
       R"({"Name":"spot","EventPattern":"{\"source\":[\"aws.ec2\",\"aws.autoscaling\"],\"detail-type\":[)"
       R"(\"EC2 Spot Instance Interruption Warning\",\"EC2 Instance State-change Notification\",)"
       R"(\"EC2 Instance-terminate Lifecycle Action\"]}"})"},
      {"PutTargets", R"({"Rule":"spot","Targets":[{"Id":"notices",)"
                     R"("Arn":"arn:aws:sqs:us-east-1:123456789012:spotvane-notices"}]})"}};
  for (const auto& [action, body] : events) {
    if (auto done = calls.json(wire::kEventBridge, action, body); !done) {
      return tl::unexpected(std::move(done.error()));
    }
  }
  auto made = calls.json(wire::kEcs, "CreateCluster",
                         fmt::format(R"({{"clusterName":"{}"}})", kSceneCluster));
  if (made) {
    made = calls.form(wire::kEc2, "CreateLaunchTemplate",
                      form_of({{"LaunchTemplateName", kTemplate},
                               {"LaunchTemplateData.ImageId", image},
                               {"LaunchTemplateData.InstanceType", "m5.large"},
                               {"LaunchTemplateData.UserData", kUserData}}));
  }
  if (made) {
    // New things of EC2's may be missing for some seconds.
    made = calls.order("clock", R"({"advance":"10s"})");
  }
  if (!made) {
    return tl::unexpected(std::move(made.error()));
  }
  return make_group(calls, "always-on", always_on, always_on)
      .and_then([&] { return make_group(calls, kSceneStandIn, 0, most_servers); })
      .and_then([&] {
        // What is given back is drained first, too.
        return calls.form(wire::kAutoScaling, "PutLifecycleHook",
                          form_of({{"AutoScalingGroupName", kSceneStandIn},
                                   {"LifecycleHookName", "drain-first"},
                                   {"LifecycleTransition", "autoscaling:EC2_INSTANCE_TERMINATING"},
                                   {"HeartbeatTimeout", "900"},
                                   {"DefaultResult", "CONTINUE"}}));
      })
      .map([&](const std::string&) { return member_of(*queue, "QueueUrl"); });
}

FleetOrder scene_fleet(int hosts) {
  FleetOrder order{.region = model::Region{kSceneRegion},
                   .kind = FleetKind::SpotFleet,
                   .token = "demo-guard",
                   .launch_template = kTemplate,
                   .pools = {},
                   .target = hosts * kSceneUnits,
                   .role = "arn:aws:iam::123456789012:role/aws-ec2-spot-fleet-tagging-role"};
  for (const auto* type : kSceneTypes) {
    order.pools.push_back({.type = model::InstanceType{type}, .weight = kSceneUnits});
  }
  return order;
}

Result<void> set_up_service(lab::LocalCalls& calls, const SceneOrder& order) {
  const auto definition = fmt::format(
      R"({{"family":"{}","containerDefinitions":[{{"name":"app","image":"app:1","cpu":512,)"
      R"("memory":512,"stopTimeout":30}}]}})",
      order.name);
  const auto constraints =
      order.is_precious
          ? R"([{"type":"memberOf","expression":"attribute:spotvane.lifecycle == on-demand"}])"
          : "[]";
  const auto service = fmt::format(
      R"({{"cluster":"{0}","serviceName":"{1}","taskDefinition":"{1}","desiredCount":{2},)"
      R"("deploymentConfiguration":{{"minimumHealthyPercent":{3},"maximumPercent":200}},)"
      R"("placementConstraints":{4}}})",
      kSceneCluster, order.name, order.count, order.least_percent, constraints);
  return calls.json(wire::kEcs, "RegisterTaskDefinition", definition)
      .and_then(
          [&](const std::string&) { return calls.json(wire::kEcs, "CreateService", service); })
      .map([](const std::string&) {});
}

}  // namespace spotvane::cli
