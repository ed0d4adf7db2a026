"""Spot Fleets that replace what they lose, their metrics and alarms, as boto3 sees them in the lab."""
import base64
import datetime
import json
import urllib.request
import xml.etree.ElementTree as ElementTree

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from conftest import START
from fleet_of_hosts import Hosts

ROLE = "arn:aws:iam::123456789012:role/fleet"
DATA = base64.b64encode(b"echo ECS_CLUSTER=prod").decode()


class Fleets(Hosts):
    def __init__(self, lab):
        super().__init__(lab)
        self.metrics = lab.client("cloudwatch")

    def create(self, target=4, weight=2.0, types=("m5.large", "c5.large", "r5.large"), strategy="diversified", **more):
        answer = self.ec2.request_spot_fleet(SpotFleetRequestConfig={
            "IamFleetRole": ROLE, "TargetCapacity": target, "AllocationStrategy": strategy, "Type": "maintain",
            "LaunchSpecifications": [
                {"ImageId": self.image, "InstanceType": type, "WeightedCapacity": weight, "UserData": DATA}
                for type in types], **more})
        return answer["SpotFleetRequestId"]

    def fleet(self, id):
        (one,) = self.ec2.describe_spot_fleet_requests(SpotFleetRequestIds=[id])["SpotFleetRequestConfigs"]
        return one

    def running(self, id):
        return [one["InstanceId"] for one in
                self.ec2.describe_spot_fleet_instances(SpotFleetRequestId=id)["ActiveInstances"]]

    def fulfilled(self, id):
        return self.fleet(id)["SpotFleetRequestConfig"]["FulfilledCapacity"]

    def settle(self, id, count):
        self.step_until(lambda: len(self.running(id)) == count, "5s")

    def now(self):
        return datetime.datetime.fromisoformat(json.loads(self.lab.get("/_lab/clock")[2])["time"])

    def points(self, id, name="TargetCapacity", minutes=5):
        rows = self.metrics.get_metric_statistics(
            Namespace="AWS/EC2Spot", MetricName=name, Dimensions=[{"Name": "FleetRequestId", "Value": id}],
            StartTime=self.now() - datetime.timedelta(minutes=minutes), EndTime=self.now(), Period=60,
            Statistics=["Maximum"])["Datapoints"]
        return [(one["Timestamp"], one["Maximum"]) for one in sorted(rows, key=lambda one: one["Timestamp"])]


@pytest.fixture
def fleets(start_lab):
    return Fleets(start_lab("--speed", "step", "--start", START, "--seed", "5"))


def code_of(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def test_a_fleet_fills_its_target_by_weight_and_its_hosts_join_the_cluster(fleets):
    id = fleets.create(target=8, weight=2.0)
    assert fleets.fleet(id)["SpotFleetRequestState"] == "submitted"
    fleets.settle(id, 4)
    fleet = fleets.fleet(id)
    assert (fleet["SpotFleetRequestState"], fleet["ActivityStatus"]) == ("active", "fulfilled")
    assert fleet["SpotFleetRequestConfig"]["FulfilledCapacity"] == 8.0
    described = fleets.described(InstanceIds=fleets.running(id))
    assert len({(one["InstanceType"], one["Placement"]["AvailabilityZone"]) for one in described}) > 1
    assert all({"Key": "aws:ec2spot:fleet-request-id", "Value": id} in one["Tags"] for one in described)
    fleets.step_until(lambda: len(fleets.hosts()) == 4)


def test_a_fleet_replaces_what_it_loses_and_counts_the_doomed_until_then(fleets):
    id = fleets.create(target=8)
    fleets.settle(id, 4)
    first = fleets.running(id)
    fleets.lab.order("instances", {"interrupt": first[:2]})
    fleets.advance("119s")
    assert fleets.fulfilled(id) == 8.0 and set(fleets.running(id)) == set(first)
    fleets.advance("1s")
    assert fleets.fulfilled(id) == 4.0
    fleets.settle(id, 4)
    assert set(fleets.running(id)) & set(first) == set(first[2:])
    events = fleets.ec2.describe_spot_fleet_request_history(
        SpotFleetRequestId=id, StartTime=fleets.now() - datetime.timedelta(hours=1))["HistoryRecords"]
    kinds = [one["EventInformation"]["EventSubType"] for one in events]
    assert kinds[:2] == ["submitted", "active"] and kinds.count("launched") == 6
    assert kinds.count("termination_notified") == 2 and kinds.count("terminated") == 2


def test_a_fleet_is_scaled_and_cancelled(fleets):
    id = fleets.create(target=4)
    fleets.settle(id, 2)
    fleets.ec2.modify_spot_fleet_request(SpotFleetRequestId=id, TargetCapacity=8)
    assert fleets.fleet(id)["SpotFleetRequestState"] == "modifying"
    assert code_of(fleets.ec2.modify_spot_fleet_request, SpotFleetRequestId=id, TargetCapacity=9) == (
        "FleetNotInModifiableState")
    fleets.settle(id, 4)
    fleets.ec2.modify_spot_fleet_request(SpotFleetRequestId=id, TargetCapacity=2)
    fleets.settle(id, 1)
    assert fleets.fulfilled(id) == 2.0
    answer = fleets.ec2.cancel_spot_fleet_requests(SpotFleetRequestIds=[id, "sfr-" + "0" * 36], TerminateInstances=True)
    assert answer["SuccessfulFleetRequests"][0]["CurrentSpotFleetRequestState"] == "cancelled_terminating"
    assert answer["UnsuccessfulFleetRequests"][0]["Error"]["Code"] == "fleetRequestIdDoesNotExist"
    fleets.advance("1s")
    assert fleets.fleet(id)["SpotFleetRequestState"] == "cancelled" and fleets.running(id) == []


def test_a_fleet_of_a_launch_template_takes_its_overrides(fleets):
    fleets.template()
    answer = fleets.ec2.request_spot_fleet(SpotFleetRequestConfig={
        "IamFleetRole": ROLE, "TargetCapacity": 3, "OnDemandTargetCapacity": 1, "AllocationStrategy": "capacityOptimized",
        "LaunchTemplateConfigs": [{
            "LaunchTemplateSpecification": {"LaunchTemplateName": "hosts", "Version": "$Latest"},
            "Overrides": [{"InstanceType": "m5.xlarge", "WeightedCapacity": 1, "SpotPrice": "1.5"}, {"InstanceType": "c5.xlarge"}]}]})
    id = answer["SpotFleetRequestId"]
    fleets.settle(id, 3)
    lifecycles = sorted(one.get("InstanceLifecycle", "on-demand") for one in fleets.described(InstanceIds=fleets.running(id)))
    assert lifecycles == ["on-demand", "spot", "spot"]


def test_half_a_fleet_goes_at_once_and_the_services_stay_above_their_minimum(fleets):
    id = fleets.create(target=12, weight=1.0, types=("m5.large", "c5.large", "r5.large", "m4.large"))
    fleets.step_until(lambda: len(fleets.hosts()) == 12, "5s")
    fleets.service(count=12, cpu=512, memory=512, least=50)
    fleets.step_until(lambda: fleets.counts() == (12, 0), "2s")
    doomed = fleets.running(id)[:6]
    fleets.lab.order("instances", {"interrupt": doomed})
    fleets.drain(*[fleets.host_of(one) for one in doomed])
    fleets.advance("5m")
    fleets.step_until(lambda: fleets.counts() == (12, 0), "5s")
    audit = fleets.service_audit()
    assert audit["tasks_lost"] == 0 and audit["below_minimum_s"] == 0 and audit["fewest_running"] >= 6
    assert len(fleets.running(id)) == 12


def test_the_metrics_of_a_fleet_come_late(fleets):
    id = fleets.create(target=4)
    fleets.settle(id, 2)
    fleets.advance("5m")
    points = fleets.points(id, minutes=60)
    assert points and all(value == 4.0 for _, value in points)
    assert fleets.now() - points[-1][0] >= datetime.timedelta(minutes=1)
    assert fleets.now() - points[-1][0] <= datetime.timedelta(minutes=4)
    fleets.ec2.modify_spot_fleet_request(SpotFleetRequestId=id, TargetCapacity=6)
    fleets.advance("10s")
    assert {value for _, value in fleets.points(id)} == {4.0}
    fleets.advance("5m")
    assert {value for _, value in fleets.points(id, minutes=10)} == {4.0, 6.0}
    data = fleets.metrics.get_metric_data(
        StartTime=fleets.now() - datetime.timedelta(minutes=10), EndTime=fleets.now(), ScanBy="TimestampDescending",
        MetricDataQueries=[{"Id": "pending", "MetricStat": {"Period": 60, "Stat": "Maximum", "Metric": {
            "Namespace": "AWS/EC2Spot", "MetricName": "PendingCapacity",
            "Dimensions": [{"Name": "FleetRequestId", "Value": id}]}}}])["MetricDataResults"][0]
    assert data["Id"] == "pending" and data["StatusCode"] == "Complete" and data["Values"][0] == 0.0
    assert data["Timestamps"] == sorted(data["Timestamps"], reverse=True)
    names = {one["MetricName"] for one in fleets.metrics.list_metrics(Namespace="AWS/EC2Spot")["Metrics"]}
    assert {"TargetCapacity", "FulfilledCapacity", "PendingCapacity", "TerminatingCapacity"} <= names


def test_an_alarm_on_a_fleet_tells_a_topic(fleets):
    sqs, sns = fleets.lab.client("sqs"), fleets.lab.client("sns")
    url = sqs.create_queue(QueueName="alarms")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic = sns.create_topic(Name="alarms")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    id = fleets.create(target=4)
    fleets.settle(id, 2)
    fleets.metrics.put_metric_alarm(
        AlarmName="pending", Namespace="AWS/EC2Spot", MetricName="PendingCapacity", Statistic="Maximum", Period=60,
        EvaluationPeriods=1, Threshold=0, ComparisonOperator="GreaterThanThreshold", AlarmActions=[topic],
        Dimensions=[{"Name": "FleetRequestId", "Value": id}])

    def state():
        return fleets.metrics.describe_alarms(AlarmNames=["pending"])["MetricAlarms"][0]["StateValue"]

    assert state() == "INSUFFICIENT_DATA"
    fleets.step_until(lambda: state() == "OK", "30s")
    fleets.lab.order("faults", {"instances": {"shortage": 1}})
    fleets.ec2.modify_spot_fleet_request(SpotFleetRequestId=id, TargetCapacity=8)
    fleets.step_until(lambda: state() == "ALARM", "30s")
    fleets.advance("1s")
    (message,) = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    alarm = json.loads(json.loads(message["Body"])["Message"])
    assert (alarm["NewStateValue"], alarm["OldStateValue"], alarm["AlarmName"]) == ("ALARM", "OK", "pending")
    assert alarm["Trigger"]["Dimensions"] == [{"value": id, "name": "FleetRequestId"}]
    fleets.metrics.set_alarm_state(AlarmName="pending", StateValue="OK", StateReason="by hand")
    assert state() == "OK"
    fleets.metrics.delete_alarms(AlarmNames=["pending"])
    assert code_of(fleets.metrics.delete_alarms, AlarmNames=["pending"]) == "ResourceNotFound"


def test_own_metrics_are_kept_in_both_protocols(fleets):
    now = fleets.now()
    fleets.metrics.put_metric_data(Namespace="Own", MetricData=[
        {"MetricName": "Load", "Value": value, "Timestamp": now} for value in (1.0, 3.0)] + [
        {"MetricName": "Load", "Values": [5.0, 7.0], "Counts": [1, 2], "Timestamp": now + datetime.timedelta(minutes=1)},
        {"MetricName": "Load", "StatisticValues": {"SampleCount": 2, "Sum": 3, "Minimum": 1, "Maximum": 2},
         "Timestamp": now + datetime.timedelta(minutes=2)}])
    rows = fleets.metrics.get_metric_statistics(
        Namespace="Own", MetricName="Load", StartTime=now, EndTime=now + datetime.timedelta(minutes=5), Period=60,
        Statistics=["Average", "Maximum", "SampleCount"])["Datapoints"]
    assert [(one["Average"], one["Maximum"], one["SampleCount"]) for one in rows] == [
        (2.0, 3.0, 2.0), (19 / 3, 7.0, 3.0), (1.5, 2.0, 2.0)]
    body = ("Action=GetMetricStatistics&Version=2010-08-01&Namespace=Own&MetricName=Load&Period=300"
            "&StartTime=2026-03-01T00%3A00%3A00Z&EndTime=2026-03-01T00%3A05%3A00Z&Statistics.member.1=Sum")
    request = AWSRequest("POST", fleets.lab.address + "/", data=body, headers={
        "Content-Type": "application/x-www-form-urlencoded; charset=utf-8"})
    SigV4Auth(Credentials("test", "test"), "monitoring", "us-east-1").add_auth(request)
    status, _, answer = fleets.lab.send(urllib.request.Request(
        fleets.lab.address + "/", data=body.encode(), headers=dict(request.headers)))
    found = ElementTree.fromstring(answer).find(".//{*}Datapoints/{*}member")
    assert status == 200 and float(found.findtext("{*}Sum")) == 26.0
    assert found.findtext("{*}Timestamp").startswith("2026-03-01T00:00:00")
    assert code_of(fleets.metrics.put_metric_data, Namespace="AWS/EC2", MetricData=[
        {"MetricName": "a", "Value": 1}]) == "InvalidParameterValue"
    assert code_of(fleets.metrics.get_metric_statistics, Namespace="Own", MetricName="Load", StartTime=now, EndTime=now,
                   Period=60, Statistics=["Sum"]) == "InvalidParameterValue"
    assert code_of(fleets.metrics.put_dashboard, DashboardName="a", DashboardBody="{}") == "UnknownOperationException"


def test_large_metric_data_may_come_compressed(fleets):
    fleets.metrics.put_metric_data(Namespace="Own", MetricData=[
        {"MetricName": "Wide", "Value": 1.0, "Dimensions": [{"Name": "n" * 50, "Value": str(i) * 20}]} for i in range(200)])
    assert len(fleets.metrics.list_metrics(Namespace="Own", MetricName="Wide")["Metrics"]) == 200


def test_fleets_say_no_as_on_aws(fleets):
    assert code_of(fleets.create, strategy="cheapest") == "InvalidSpotFleetRequestConfig"
    assert code_of(fleets.create, types=("m5.huge",)) == "InvalidParameterValue"
    assert code_of(fleets.create, types=()) == "MissingParameter"
    assert code_of(fleets.ec2.describe_spot_fleet_instances, SpotFleetRequestId="sfr-1") == "InvalidSpotFleetRequestId.Malformed"
    assert code_of(fleets.ec2.describe_spot_fleet_requests, SpotFleetRequestIds=["sfr-" + "0" * 36]) == (
        "InvalidSpotFleetRequestId.NotFound")
