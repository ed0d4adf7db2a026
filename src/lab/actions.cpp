#include "lab/actions.hpp"
#include "lab/autoscaling.hpp"
#include "lab/cloudwatch.hpp"

#include "lab/ec2_fleets.hpp"
#include "lab/ec2_images.hpp"
#include "lab/ec2_instances.hpp"
#include "lab/ec2_lasting_fleets.hpp"
#include "lab/ec2_launch_templates.hpp"
#include "lab/ec2_launches.hpp"
#include "lab/ec2_networks.hpp"
#include "lab/ec2_places.hpp"
#include "lab/ec2_prices.hpp"
#include "lab/ec2_scores.hpp"
#include "lab/ec2_spot_fleets.hpp"
#include "lab/ec2_spot_requests.hpp"
#include "lab/ec2_tags.hpp"
#include "lab/ec2_types.hpp"
#include "lab/ecs_clusters.hpp"
#include "lab/ecs_services.hpp"
#include "lab/eventbridge.hpp"
#include "lab/lifecycle_hooks.hpp"
#include "lab/pricing.hpp"
#include "lab/sns.hpp"
#include "lab/spoken.hpp"
#include "lab/sqs_messages.hpp"
#include "lab/sqs_queues.hpp"
#include "lab/ssm.hpp"
#include "lab/sts.hpp"

#include <algorithm>
#include <array>

namespace spotvane::lab {

namespace {

struct Entry {
  std::string_view service;
  std::string_view name;
  Action run;
  bool is_open_to_all = false;
};

constexpr std::array kActions{
    Entry{"autoscaling", "CompleteLifecycleAction", spoken<complete_lifecycle_action>},
    Entry{"autoscaling", "CreateAutoScalingGroup", spoken<create_auto_scaling_group>},
    Entry{"autoscaling", "DeleteAutoScalingGroup", spoken<delete_auto_scaling_group>},
    Entry{"autoscaling", "DeleteLifecycleHook", spoken<delete_lifecycle_hook>},
    Entry{"autoscaling", "DescribeAutoScalingGroups", spoken<describe_auto_scaling_groups>},
    Entry{"autoscaling", "DescribeAutoScalingInstances", spoken<describe_auto_scaling_instances>},
    Entry{"autoscaling", "DescribeLifecycleHooks", spoken<describe_lifecycle_hooks>},
    Entry{"autoscaling", "DescribeScalingActivities", spoken<describe_scaling_activities>},
    Entry{"autoscaling", "PutLifecycleHook", spoken<put_lifecycle_hook>},
    Entry{"autoscaling", "RecordLifecycleActionHeartbeat",
          spoken<record_lifecycle_action_heartbeat>},
    Entry{"autoscaling", "SetDesiredCapacity", spoken<set_desired_capacity>},
    Entry{"autoscaling", "TerminateInstanceInAutoScalingGroup",
          spoken<terminate_instance_in_auto_scaling_group>},
    Entry{"autoscaling", "UpdateAutoScalingGroup", spoken<update_auto_scaling_group>},
    Entry{"ec2", "CancelSpotFleetRequests", cancel_spot_fleet_requests},
    Entry{"ec2", "CancelSpotInstanceRequests", cancel_spot_instance_requests},
    Entry{"ec2", "CreateFleet", create_fleet},
    Entry{"ec2", "CreateLaunchTemplate", create_launch_template},
    Entry{"ec2", "CreateTags", create_tags},
    Entry{"ec2", "DeleteFleets", delete_fleets},
    Entry{"ec2", "DeleteLaunchTemplate", delete_launch_template},
    Entry{"ec2", "DeleteTags", delete_tags},
    Entry{"ec2", "DescribeAvailabilityZones", describe_availability_zones},
    Entry{"ec2", "DescribeFleetInstances", describe_fleet_instances},
    Entry{"ec2", "DescribeFleets", describe_fleets},
    Entry{"ec2", "DescribeImages", describe_images},
    Entry{"ec2", "DescribeInstanceStatus", describe_instance_status},
    Entry{"ec2", "DescribeInstanceTypeOfferings", describe_instance_type_offerings},
    Entry{"ec2", "DescribeInstanceTypes", describe_instance_types},
    Entry{"ec2", "DescribeInstances", describe_instances},
    Entry{"ec2", "DescribeLaunchTemplateVersions", describe_launch_template_versions},
    Entry{"ec2", "DescribeLaunchTemplates", describe_launch_templates},
    Entry{"ec2", "DescribeRegions", describe_regions},
    Entry{"ec2", "DescribeSpotFleetInstances", describe_spot_fleet_instances},
    Entry{"ec2", "DescribeSpotFleetRequestHistory", describe_spot_fleet_request_history},
    Entry{"ec2", "DescribeSpotFleetRequests", describe_spot_fleet_requests},
    Entry{"ec2", "DescribeSpotInstanceRequests", describe_spot_instance_requests},
    Entry{"ec2", "DescribeSpotPriceHistory", describe_spot_price_history},
    Entry{"ec2", "DescribeSubnets", describe_subnets},
    Entry{"ec2", "DescribeTags", describe_tags},
    Entry{"ec2", "DescribeVpcs", describe_vpcs},
    Entry{"ec2", "GetConsoleOutput", get_console_output},
    Entry{"ec2", "GetSpotPlacementScores", get_spot_placement_scores},
    Entry{"ec2", "ModifyFleet", modify_fleet},
    Entry{"ec2", "ModifySpotFleetRequest", modify_spot_fleet_request},
    Entry{"ec2", "RequestSpotFleet", request_spot_fleet},
    Entry{"ec2", "RequestSpotInstances", request_spot_instances},
    Entry{"ec2", "RunInstances", run_instances},
    Entry{"ec2", "TerminateInstances", terminate_instances},
    Entry{"ecs", "CreateCluster", spoken<create_cluster>},
    Entry{"ecs", "CreateService", spoken<create_service>},
    Entry{"ecs", "DeleteAttributes", spoken<delete_attributes>},
    Entry{"ecs", "DeleteCluster", spoken<delete_cluster>},
    Entry{"ecs", "DeleteService", spoken<delete_service>},
    Entry{"ecs", "DeregisterContainerInstance", spoken<deregister_container_instance>},
    Entry{"ecs", "DescribeClusters", spoken<describe_clusters>},
    Entry{"ecs", "DescribeContainerInstances", spoken<describe_container_instances>},
    Entry{"ecs", "DescribeServices", spoken<describe_services>},
    Entry{"ecs", "DescribeTaskDefinition", spoken<describe_task_definition>},
    Entry{"ecs", "DescribeTasks", spoken<describe_tasks>},
    Entry{"ecs", "ListAttributes", spoken<list_attributes>},
    Entry{"ecs", "ListClusters", spoken<list_clusters>},
    Entry{"ecs", "ListContainerInstances", spoken<list_container_instances>},
    Entry{"ecs", "ListServices", spoken<list_services>},
    Entry{"ecs", "ListTasks", spoken<list_tasks>},
    Entry{"ecs", "PutAttributes", spoken<put_attributes>},
    Entry{"ecs", "RegisterContainerInstance", spoken<register_container_instance>},
    Entry{"ecs", "RegisterTaskDefinition", spoken<register_task_definition>},
    Entry{"ecs", "RunTask", spoken<run_task>},
    Entry{"ecs", "StopTask", spoken<stop_task>},
    Entry{"ecs", "UpdateContainerInstancesState", spoken<update_container_instances_state>},
    Entry{"ecs", "UpdateService", spoken<update_service>},
    Entry{"events", "DeleteRule", spoken<delete_rule>},
    Entry{"events", "DescribeRule", spoken<describe_rule>},
    Entry{"events", "DisableRule", spoken<disable_rule>},
    Entry{"events", "EnableRule", spoken<enable_rule>},
    Entry{"events", "ListRules", spoken<list_rules>},
    Entry{"events", "ListTargetsByRule", spoken<list_targets_by_rule>},
    Entry{"events", "PutEvents", spoken<put_events>},
    Entry{"events", "PutRule", spoken<put_rule>},
    Entry{"events", "PutTargets", spoken<put_targets>},
    Entry{"events", "RemoveTargets", spoken<remove_targets>},
    Entry{"monitoring", "DeleteAlarms", spoken<delete_alarms>},
    Entry{"monitoring", "DescribeAlarms", spoken<describe_alarms>},
    Entry{"monitoring", "GetMetricData", spoken<get_metric_data>},
    Entry{"monitoring", "GetMetricStatistics", spoken<get_metric_statistics>},
    Entry{"monitoring", "ListMetrics", spoken<list_metrics>},
    Entry{"monitoring", "PutMetricAlarm", spoken<put_metric_alarm>},
    Entry{"monitoring", "PutMetricData", spoken<put_metric_data>},
    Entry{"monitoring", "SetAlarmState", spoken<set_alarm_state>},
    Entry{"pricing", "GetProducts", get_products},
    Entry{"sns", "ConfirmSubscription", spoken<confirm_subscription>, true},
    Entry{"sns", "CreateTopic", spoken<create_topic>},
    Entry{"sns", "DeleteTopic", spoken<delete_topic>},
    Entry{"sns", "GetSubscriptionAttributes", spoken<get_subscription_attributes>},
    Entry{"sns", "GetTopicAttributes", spoken<get_topic_attributes>},
    Entry{"sns", "ListSubscriptionsByTopic", spoken<list_subscriptions_by_topic>},
    Entry{"sns", "ListTopics", spoken<list_topics>},
    Entry{"sns", "Publish", spoken<publish>},
    Entry{"sns", "PublishBatch", spoken<publish_batch>},
    Entry{"sns", "SetSubscriptionAttributes", spoken<set_subscription_attributes>},
    Entry{"sns", "SetTopicAttributes", spoken<set_topic_attributes>},
    Entry{"sns", "Subscribe", spoken<subscribe>},
    Entry{"sns", "Unsubscribe", spoken<unsubscribe>, true},
    Entry{"sqs", "ChangeMessageVisibility", spoken<change_message_visibility>},
    Entry{"sqs", "ChangeMessageVisibilityBatch", spoken<change_message_visibility_batch>},
    Entry{"sqs", "CreateQueue", spoken<create_queue>},
    Entry{"sqs", "DeleteMessage", spoken<delete_message>},
    Entry{"sqs", "DeleteMessageBatch", spoken<delete_message_batch>},
    Entry{"sqs", "DeleteQueue", spoken<delete_queue>},
    Entry{"sqs", "GetQueueAttributes", spoken<get_queue_attributes>},
    Entry{"sqs", "GetQueueUrl", spoken<get_queue_url>},
    Entry{"sqs", "ListQueues", spoken<list_queues>},
    Entry{"sqs", "PurgeQueue", spoken<purge_queue>},
    Entry{"sqs", "ReceiveMessage", spoken<receive_message>},
    Entry{"sqs", "SendMessage", spoken<send_message>},
    Entry{"sqs", "SendMessageBatch", spoken<send_message_batch>},
    Entry{"sqs", "SetQueueAttributes", spoken<set_queue_attributes>},
    Entry{"ssm", "GetParameter", get_parameter},
    Entry{"ssm", "GetParameters", get_parameters},
    Entry{"ssm", "GetParametersByPath", get_parameters_by_path},
    Entry{"sts", "AssumeRole", assume_role},
    Entry{"sts", "AssumeRoleWithWebIdentity", assume_role_with_web_identity, true},
    Entry{"sts", "GetCallerIdentity", get_caller_identity},
};

const Entry* find_entry(std::string_view service, std::string_view action) {
  const auto* found = std::find_if(kActions.begin(), kActions.end(), [&](const Entry& entry) {
    return entry.service == service && entry.name == action;
  });
  return found == kActions.end() ? nullptr : found;
}

}  // namespace

Action find_action(std::string_view service, std::string_view action) {
  const auto* entry = find_entry(service, action);
  return entry != nullptr ? entry->run : nullptr;
}

bool is_open_to_all(std::string_view service, std::string_view action) {
  const auto* entry = find_entry(service, action);
  return entry != nullptr && entry->is_open_to_all;
}

}  // namespace spotvane::lab
