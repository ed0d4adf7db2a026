"""Auto Scaling groups that really launch, as boto3 sees them in the lab."""
import json
import urllib.request

import pytest
from botocore.exceptions import ClientError

from conftest import START
from fleet_of_hosts import Hosts


class Groups(Hosts):
    """A lab in step time with a launch template of hosts."""

    def __init__(self, lab):
        super().__init__(lab)
        self.scaling = lab.client("autoscaling")
        self.template()

    def create(self, name="web", least=0, most=10, desired=2, zones=("us-east-1a", "us-east-1b"), **more):
        if "MixedInstancesPolicy" not in more:
            more["LaunchTemplate"] = {"LaunchTemplateName": "hosts", "Version": "$Latest"}
        self.scaling.create_auto_scaling_group(
            AutoScalingGroupName=name, MinSize=least, MaxSize=most, DesiredCapacity=desired,
            AvailabilityZones=list(zones), **more)

    def group(self, name="web"):
        (one,) = self.scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
        return one

    def in_service(self, name="web"):
        return [one["InstanceId"] for one in self.group(name)["Instances"] if one["LifecycleState"] == "InService"]


@pytest.fixture
def groups(start_lab):
    return Groups(start_lab("--speed", "step", "--start", START, "--seed", "5"))


def code_of(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def test_a_group_launches_what_is_desired_and_its_hosts_join_the_cluster(groups):
    groups.create(desired=3, Tags=[
        {"Key": "team", "Value": "web", "PropagateAtLaunch": True}, {"Key": "own", "Value": "x", "PropagateAtLaunch": False}])
    groups.step_until(lambda: len(groups.in_service()) == 3)
    group = groups.group()
    assert (group["MinSize"], group["MaxSize"], group["DesiredCapacity"], group["DefaultCooldown"]) == (0, 10, 3, 300)
    assert {one["AvailabilityZone"] for one in group["Instances"]} == {"us-east-1a", "us-east-1b"}
    described = groups.described(InstanceIds=groups.in_service())
    for one in described:
        pairs = {tag["Key"]: tag["Value"] for tag in one["Tags"]}
        assert pairs == {"aws:autoscaling:groupName": "web", "team": "web"} and "InstanceLifecycle" not in one
    groups.step_until(lambda: len(groups.hosts()) == 3)
    activities = groups.scaling.describe_scaling_activities(AutoScalingGroupName="web")["Activities"]
    assert [one["StatusCode"] for one in activities] == ["Successful"] * 3
    rows = groups.scaling.describe_auto_scaling_instances(InstanceIds=groups.in_service()[:1])["AutoScalingInstances"]
    assert [(one["AutoScalingGroupName"], one["LifecycleState"]) for one in rows] == [("web", "InService")]
    assert groups.scaling.describe_auto_scaling_groups(AutoScalingGroupNames=["none"])["AutoScalingGroups"] == []


def test_desired_capacity_is_set_at_once_or_honouring_the_cooldown(groups):
    groups.create(desired=1)
    groups.step_until(lambda: len(groups.in_service()) == 1)
    groups.scaling.set_desired_capacity(AutoScalingGroupName="web", DesiredCapacity=3, HonorCooldown=True)
    assert code_of(groups.scaling.set_desired_capacity, AutoScalingGroupName="web", DesiredCapacity=2,
                   HonorCooldown=True) == "ScalingActivityInProgress"
    groups.scaling.set_desired_capacity(AutoScalingGroupName="web", DesiredCapacity=4)
    groups.step_until(lambda: len(groups.in_service()) == 4)
    groups.advance("5m")
    groups.scaling.set_desired_capacity(AutoScalingGroupName="web", DesiredCapacity=1, HonorCooldown=True)
    groups.step_until(lambda: len(groups.group()["Instances"]) == 1)
    (audit,) = json.loads(groups.lab.get("/_lab/audit/groups")[2])["groups"]
    assert [(one["from"], one["to"], one["why"]) for one in audit["changes"]] == [
        (0, 1, "create"), (1, 3, "set honouring the cooldown"), (3, 4, "set"), (4, 1, "set honouring the cooldown")]
    for wrong in (-1, 11):
        assert code_of(groups.scaling.set_desired_capacity, AutoScalingGroupName="web", DesiredCapacity=wrong) == (
            "ValidationError")


def test_what_ends_is_replaced(groups):
    groups.create(desired=2, MixedInstancesPolicy={
        "LaunchTemplate": {"LaunchTemplateSpecification": {"LaunchTemplateName": "hosts"},
                           "Overrides": [{"InstanceType": "m5.large"}, {"InstanceType": "c5.large"}]},
        "InstancesDistribution": {"OnDemandPercentageAboveBaseCapacity": 0}})
    groups.step_until(lambda: len(groups.in_service()) == 2)
    first = groups.in_service()
    assert all(one["InstanceLifecycle"] == "spot" for one in groups.described(InstanceIds=first))
    groups.lab.order("instances", {"interrupt": first[:1]})
    groups.advance("121s")
    groups.step_until(lambda: len(groups.in_service()) == 2 and first[0] not in groups.in_service())
    (gone,) = groups.scaling.terminate_instance_in_auto_scaling_group(
        InstanceId=first[1], ShouldDecrementDesiredCapacity=True)["Activity"]["Description"].split()[-1:]
    assert gone == first[1] and groups.group()["DesiredCapacity"] == 1
    groups.step_until(lambda: len(groups.group()["Instances"]) == 1)


def test_a_group_goes_on_trying_where_there_is_no_capacity(groups):
    groups.lab.order("faults", {"instances": {"shortage": 1}})
    groups.create(desired=1)
    groups.advance("10s")
    activity = groups.scaling.describe_scaling_activities(AutoScalingGroupName="web")["Activities"][0]
    assert activity["StatusCode"] == "Failed" and "InsufficientInstanceCapacity" in activity["StatusMessage"]
    groups.lab.order("faults", {"instances": {}})
    groups.step_until(lambda: len(groups.in_service()) == 1)


def test_a_group_that_rebalances_launches_before_it_ends(groups):
    groups.create(desired=1, CapacityRebalance=True, MixedInstancesPolicy={
        "LaunchTemplate": {"LaunchTemplateSpecification": {"LaunchTemplateName": "hosts"}},
        "InstancesDistribution": {"OnDemandPercentageAboveBaseCapacity": 0}})
    groups.step_until(lambda: len(groups.in_service()) == 1)
    (first,) = groups.in_service()
    groups.lab.order("instances", {"rebalance": [first]})
    groups.advance("10s")
    assert len(groups.group()["Instances"]) == 2
    groups.step_until(lambda: first not in [one["InstanceId"] for one in groups.group()["Instances"]])
    assert len(groups.in_service()) == 1


def test_an_instance_reads_its_state_in_the_group(groups):
    groups.create(desired=1)
    groups.step_until(lambda: len(groups.in_service()) == 1)
    (one,) = groups.in_service()
    root = groups.lab.address + f"/imds/{one}/latest/"
    _, _, token = groups.lab.send(urllib.request.Request(
        root + "api/token", method="PUT", headers={"X-aws-ec2-metadata-token-ttl-seconds": "600"}))
    state = urllib.request.Request(root + "meta-data/autoscaling/target-lifecycle-state",
                                   headers={"X-aws-ec2-metadata-token": token.decode()})
    assert groups.lab.send(state)[2] == b"InService"
    groups.scaling.terminate_instance_in_auto_scaling_group(InstanceId=one, ShouldDecrementDesiredCapacity=True)
    assert groups.lab.send(state)[2] == b"Terminated"


def test_groups_say_no_as_on_aws(groups):
    assert code_of(groups.create, name="a", least=3, most=2) == "ValidationError"
    assert code_of(groups.create, name="a", desired=11) == "ValidationError"
    assert code_of(groups.create, name="a", zones=["us-east-1z"]) == "ValidationError"
    assert code_of(groups.scaling.create_auto_scaling_group, AutoScalingGroupName="a", MinSize=0, MaxSize=1,
                   AvailabilityZones=["us-east-1a"]) == "ValidationError"
    groups.create(desired=1)
    assert code_of(groups.create) == "AlreadyExists"
    groups.step_until(lambda: len(groups.in_service()) == 1)
    assert code_of(groups.scaling.delete_auto_scaling_group, AutoScalingGroupName="web") == "ResourceInUse"
    assert code_of(groups.scaling.set_desired_capacity, AutoScalingGroupName="none", DesiredCapacity=1) == "ValidationError"
    assert code_of(groups.scaling.put_scaling_policy, AutoScalingGroupName="web", PolicyName="a") == "InvalidAction"
    groups.scaling.update_auto_scaling_group(AutoScalingGroupName="web", MaxSize=5, MinSize=1)
    assert (groups.group()["MaxSize"], groups.group()["MinSize"], groups.group()["DesiredCapacity"]) == (5, 1, 1)
    groups.scaling.delete_auto_scaling_group(AutoScalingGroupName="web", ForceDelete=True)
    assert groups.scaling.describe_auto_scaling_groups()["AutoScalingGroups"] == []


def test_a_hook_keeps_an_instance_until_somebody_says_to_go_on_or_its_time_is_over(groups):
    groups.create(desired=3)
    groups.step_until(lambda: len(groups.in_service()) == 3)
    hook = {"AutoScalingGroupName": "web", "LifecycleHookName": "drain"}
    ending = "autoscaling:EC2_INSTANCE_TERMINATING"
    groups.scaling.put_lifecycle_hook(**hook, LifecycleTransition=ending, HeartbeatTimeout=60)
    (row,) = groups.scaling.describe_lifecycle_hooks(AutoScalingGroupName="web")["LifecycleHooks"]
    assert (row["LifecycleTransition"], row["HeartbeatTimeout"], row["DefaultResult"]) == (ending, 60, "ABANDON")
    queue = groups.lab.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    events = groups.lab.client("events")
    events.put_rule(Name="ends", EventPattern=json.dumps({"source": ["aws.autoscaling"]}))
    events.put_targets(Rule="ends", Targets=[{"Id": "q", "Arn": "arn:aws:sqs:us-east-1:123456789012:q"}])

    def waiting():
        return [one["InstanceId"] for one in groups.group()["Instances"] if one["LifecycleState"] == "Terminating:Wait"]

    groups.scaling.set_desired_capacity(AutoScalingGroupName="web", DesiredCapacity=1)
    groups.step_until(lambda: len(waiting()) == 2)
    groups.advance("2s")
    first, second = waiting()
    assert set(groups.states([first, second]).values()) == {"running"}
    told = [json.loads(one["Body"]) for one in groups.lab.client("sqs").receive_message(
        QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]]
    assert {one["detail"]["EC2InstanceId"] for one in told} == {first, second}
    tokens = {one["detail"]["EC2InstanceId"]: one["detail"]["LifecycleActionToken"] for one in told}
    assert {one["detail-type"] for one in told} == {"EC2 Instance-terminate Lifecycle Action"}

    groups.scaling.complete_lifecycle_action(**hook, LifecycleActionResult="CONTINUE", LifecycleActionToken=tokens[first])
    assert groups.states([first, second]) == {first: "shutting-down", second: "running"}
    assert code_of(groups.scaling.complete_lifecycle_action, **hook, LifecycleActionResult="CONTINUE",
                   InstanceId=first) == "ValidationError"
    groups.advance("40s")
    groups.scaling.record_lifecycle_action_heartbeat(**hook, InstanceId=second)
    groups.advance("40s")
    assert groups.states([second]) == {second: "running"}
    groups.advance("30s")
    assert groups.states([second])[second] in ("shutting-down", "terminated")

    for wrong in (dict(hook, LifecycleHookName="other"), {**hook, "LifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING"}):
        assert code_of(groups.scaling.put_lifecycle_hook, **{"LifecycleTransition": ending, **wrong}) == "ValidationError"
    groups.scaling.delete_lifecycle_hook(**hook)
    assert code_of(groups.scaling.delete_lifecycle_hook, **hook) == "ValidationError"
