"""Spot requests, instances and images, as boto3 sees them in the lab."""
import datetime
import ipaddress
import re

import botocore.exceptions
import pytest

from place import tags
from test_lab import refusal_of


# Spot requests


def test_fulfils_spot_requests(place):
    ids = place.request(3, TagSpecifications=tags("spot-instances-request", probe="7"))
    place.advance("4s")
    found = place.fulfilled(ids)
    assert {one["Status"]["Code"] for one in found} == {"fulfilled"}
    assert all(one["Tags"] == [{"Key": "probe", "Value": "7"}] for one in found)
    assert len({one["InstanceId"] for one in found}) == 3
    place.advance("5s")
    instances = place.described(InstanceIds=[one["InstanceId"] for one in found])
    assert {one["SpotInstanceRequestId"] for one in instances} == set(ids)
    assert all(one["InstanceLifecycle"] == "spot" and not one.get("Tags") for one in instances)


def test_begins_with_pending_evaluation(place):
    (one,) = place.ec2.request_spot_instances(
        LaunchSpecification={"ImageId": place.image, "InstanceType": "m5.large"})["SpotInstanceRequests"]
    assert (one["State"], one["Status"]["Code"]) == ("open", "pending-evaluation")
    assert one["ValidUntil"] - one["CreateTime"] == datetime.timedelta(days=7)


def test_hides_what_is_new_for_some_seconds(place):
    ids = place.request(20)
    assert len(place.requests()) < 20
    assert refusal_of(place.ec2.describe_spot_instance_requests, SpotInstanceRequestIds=ids) == (
        400, "InvalidSpotInstanceRequestID.NotFound")
    place.advance("4s")
    assert len(place.requests(SpotInstanceRequestIds=ids)) == 20


def test_cancels_before_and_after_fulfilment(place):
    ids = place.request(1)
    place.advance("4s")
    place.fulfilled(ids)
    late = place.request(1, SpotPrice="0.001")
    place.advance("30s")
    (waiting,) = place.requests(SpotInstanceRequestIds=late)
    assert (waiting["State"], waiting["Status"]["Code"]) == ("open", "price-too-low")
    answer = place.ec2.cancel_spot_instance_requests(SpotInstanceRequestIds=ids + late)
    assert {one["State"] for one in answer["CancelledSpotInstanceRequests"]} == {"cancelled"}
    codes = {one["SpotInstanceRequestId"]: one["Status"]["Code"]
             for one in place.requests(Filters=[{"Name": "state", "Values": ["cancelled"]}])}
    assert codes == {ids[0]: "request-canceled-and-instance-running", late[0]: "canceled-before-fulfillment"}
    (running,) = place.requests(SpotInstanceRequestIds=ids)
    place.ec2.terminate_instances(InstanceIds=[running["InstanceId"]])
    assert place.requests(SpotInstanceRequestIds=ids)[0]["Status"]["Code"] == "instance-terminated-by-user"


def test_lets_requests_run_out(place):
    soon = datetime.datetime(2026, 3, 1, 0, 1, tzinfo=datetime.timezone.utc)
    ids = place.request(1, SpotPrice="0.001", ValidUntil=soon)
    place.advance("2m")
    (over,) = place.requests(SpotInstanceRequestIds=ids)
    assert (over["State"], over["Status"]["Code"]) == ("cancelled", "schedule-expired")


def test_finds_wrong_parameters_late(place):
    ids = place.request(1, type="m7g.large")
    place.advance("10s")
    (failed,) = place.requests(SpotInstanceRequestIds=ids)
    assert (failed["State"], failed["Status"]["Code"]) == ("failed", "bad-parameters")
    assert "architecture" in failed["Status"]["Message"]


def test_refuses_requests_that_make_no_sense(place):
    def launch(**more):
        return {"LaunchSpecification": {"ImageId": place.image, "InstanceType": "m5.large", **more}}

    ask = place.ec2.request_spot_instances
    assert refusal_of(ask, **launch(ImageId="ami-1")) == (400, "InvalidAMIID.Malformed")
    assert refusal_of(ask, **launch(ImageId="ami-01234567")) == (400, "InvalidAMIID.NotFound")
    assert refusal_of(ask, **launch(InstanceType="m5.huge")) == (400, "InvalidParameterValue")
    assert refusal_of(ask, **launch(Placement={"AvailabilityZone": "us-east-1z"})) == (
        400, "InvalidParameterValue")
    assert refusal_of(ask, **launch(SubnetId="subnet-1")) == (400, "InvalidSubnetID.NotFound")
    assert refusal_of(ask, SpotPrice="-1", **launch()) == (400, "InvalidParameterValue")
    assert refusal_of(ask, Type="persistent", **launch()) == (400, "InvalidParameterValue")
    assert refusal_of(ask, TagSpecifications=tags("instance", a="b"), **launch()) == (
        400, "InvalidParameterValue")
    assert refusal_of(ask, InstanceCount=0, **launch()) == (400, "InvalidParameterValue")
    assert refusal_of(place.ec2.cancel_spot_instance_requests, SpotInstanceRequestIds=["sir-abcdefgh"]) == (
        400, "InvalidSpotInstanceRequestID.NotFound")
    assert refusal_of(place.ec2.cancel_spot_instance_requests, SpotInstanceRequestIds=["x"]) == (
        400, "InvalidSpotInstanceRequestID.Malformed")


# Instances


@pytest.mark.parametrize("spot", [True, False])
def test_takes_instances_from_pending_to_ready(place, spot):
    ids = place.run(2, spot=spot, TagSpecifications=tags("instance", probe="9"))
    place.advance("4s")
    assert set(place.states(ids).values()) == {"pending"}
    assert place.ec2.describe_instance_status(InstanceIds=ids)["InstanceStatuses"] == []
    seen = []
    for _ in range(100):
        place.advance("5s")
        statuses = place.ec2.describe_instance_status(InstanceIds=ids)["InstanceStatuses"]
        seen.append([one[check]["Status"] for one in statuses
                     for check in ("SystemStatus", "InstanceStatus", "AttachedEbsStatus")])
        if seen[-1] == ["ok"] * 6:
            break
    assert seen[-1] == ["ok"] * 6
    assert "initializing" in sum(seen, []) and len(seen) > 12
    instances = place.described(Filters=[{"Name": "tag:probe", "Values": ["9"]}])
    assert {one["InstanceId"] for one in instances} == set(ids)
    assert all(one.get("InstanceLifecycle") == ("spot" if spot else None) for one in instances)
    assert all(("SpotInstanceRequestId" in one) == spot for one in instances)


def test_reports_no_ebs_check_of_old_types(place):
    ids = place.run(1, type="t2.micro", spot=False)
    place.advance("10m")
    (status,) = place.ec2.describe_instance_status(InstanceIds=ids)["InstanceStatuses"]
    assert status["InstanceStatus"]["Status"] == "ok" and "AttachedEbsStatus" not in status


def test_terminates_for_good(place):
    ids = place.run(2)
    place.advance("5m")
    for before in ("running", "shutting-down"):
        for one in place.ec2.terminate_instances(InstanceIds=ids)["TerminatingInstances"]:
            assert (one["PreviousState"]["Name"], one["CurrentState"]["Name"]) == (before, "shutting-down")
    place.advance("5m")
    assert set(place.states(ids).values()) == {"terminated"}
    (one, _) = place.described(InstanceIds=ids)
    assert one["StateReason"]["Code"] == "Client.UserInitiatedShutdown"
    assert re.fullmatch(r"User initiated \(2026-\d\d-\d\d \d\d:\d\d:\d\d GMT\)", one["StateTransitionReason"])
    place.advance("1h")
    assert place.described() == []
    assert refusal_of(place.ec2.terminate_instances, InstanceIds=ids) == (400, "InvalidInstanceID.NotFound")


def test_ends_all_or_nothing(place):
    ids = place.run(1)
    place.advance("1m")
    for wrong, code in (("i-01234567", "NotFound"), ("x", "Malformed")):
        assert refusal_of(place.ec2.terminate_instances, InstanceIds=[*ids, wrong]) == (
            400, "InvalidInstanceID." + code)
    assert set(place.states(ids).values()) == {"running"}


def test_repeats_itself_for_the_same_token(place):
    assert place.run(2, ClientToken="a") == place.run(2, ClientToken="a") != place.run(2, ClientToken="b")
    assert place.request(2, ClientToken="a") == place.request(2, ClientToken="a")
    for again in (place.run, place.request):
        with pytest.raises(botocore.exceptions.ClientError, match="IdempotentParameterMismatch"):
            again(3, ClientToken="a")


def test_refuses_instances_that_make_no_sense(place):
    def ask(**more):
        return refusal_of(place.ec2.run_instances, **{
            "ImageId": place.image, "InstanceType": "m5.large", "MinCount": 1, "MaxCount": 1, **more})

    spot = {"MarketType": "spot", "SpotOptions": {"MaxPrice": "0.001"}}
    assert ask(InstanceType="m7g.large") == (400, "InvalidParameterValue")
    assert ask(MinCount=2) == (400, "InvalidParameterValue")
    assert ask(InstanceMarketOptions=spot) == (400, "SpotMaxPriceTooLow")
    assert ask(ClientToken="x" * 65) == (400, "InvalidParameterValue")
    assert ask(TagSpecifications=tags("instance", **{"aws:mine": "b"})) == (400, "InvalidParameterValue")
    assert ask(DryRun=True) == (412, "DryRunOperation")


def test_keeps_accounts_and_regions_apart(place):
    place.run(1)
    place.advance("1m")
    assert place.described()
    assert place.lab.client("ec2", "eu-west-1").describe_instances()["Reservations"] == []


def test_pages_instances(place):
    made = {one for _ in range(3) for one in place.run(4)}
    place.advance("1m")
    pages = list(place.ec2.get_paginator("describe_instances").paginate(PaginationConfig={"PageSize": 5}))
    assert len(pages) == 3
    assert {one["InstanceId"] for page in pages for each in page["Reservations"]
            for one in each["Instances"]} == made


# Images and parameters


def test_knows_the_newest_images(place):
    images = place.ec2.describe_images(Owners=["amazon"], Filters=[
        {"Name": "name", "Values": ["al2023-ami-2023.*"]}, {"Name": "architecture", "Values": ["x86_64"]}])
    newest = max(images["Images"], key=lambda one: one["CreationDate"])
    assert newest["ImageId"] == place.image
    assert place.lab.client("ssm", "eu-west-1").get_parameters_by_path(
        Path="/aws/service/ami-amazon-linux-latest", MaxResults=2)["Parameters"][0]["Value"] != place.image
    assert place.ec2.describe_images(Owners=["self"])["Images"] == []


def test_pages_and_refuses_parameters(place):
    ssm = place.lab.client("ssm")
    pages = list(ssm.get_paginator("get_parameters_by_path").paginate(
        Path="/aws/service/ami-amazon-linux-latest", PaginationConfig={"PageSize": 4}))
    names = [one["Name"].rsplit("/")[-1] for page in pages for one in page["Parameters"]]
    assert len(pages) == 2 and "al2023-ami-kernel-default-arm64" in names
    answer = ssm.get_parameters(Names=["/aws/service/ami-amazon-linux-latest/" + names[0], "/none"])
    assert len(answer["Parameters"]) == 1 and answer["InvalidParameters"] == ["/none"]
    assert refusal_of(ssm.get_parameter, Name="/none") == (400, "ParameterNotFound")
    assert refusal_of(ssm.get_parameters_by_path, Path="none") == (400, "ValidationException")


# Networks


def test_describes_the_default_networks(place):
    ec2 = place.ec2
    (vpc,) = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])["Subnets"]
    zones = ec2.describe_availability_zones()["AvailabilityZones"]
    assert {one["AvailabilityZoneId"]: one["AvailabilityZone"] for one in subnets} == {
        zone["ZoneId"]: zone["ZoneName"] for zone in zones}
    blocks = [ipaddress.ip_network(one["CidrBlock"]) for one in subnets]
    assert len(set(blocks)) == 6 and all(block.subnet_of(ipaddress.ip_network(vpc["CidrBlock"])) for block in blocks)
    (one,) = ec2.describe_subnets(SubnetIds=[subnets[0]["SubnetId"]])["Subnets"]
    assert one == subnets[0] and one["DefaultForAz"]
    assert ec2.describe_subnets(Filters=[{"Name": "tag:team", "Values": ["a"]}])["Subnets"] == []
    assert refusal_of(ec2.describe_subnets, SubnetIds=["subnet-1"]) == (400, "InvalidSubnetID.NotFound")
    assert refusal_of(ec2.describe_vpcs, VpcIds=["vpc-1"]) == (400, "InvalidVpcID.NotFound")
