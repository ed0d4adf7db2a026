"""EC2 Fleets, launch templates and tags, as boto3 sees them in the lab."""
import functools

import botocore.exceptions
import pytest

from place import tags
from test_lab import refusal_of


def template(place, **more):
    return place.ec2.create_launch_template(
        LaunchTemplateName="probe", LaunchTemplateData={"ImageId": place.image, "InstanceType": "m5.large"},
        **more)["LaunchTemplate"]["LaunchTemplateId"]


def fleet(place, launch_template, overrides=(), count=4, **more):
    return place.ec2.create_fleet(**{
        "Type": "instant", "SpotOptions": {"AllocationStrategy": "price-capacity-optimized"},
        "TargetCapacitySpecification": {"TotalTargetCapacity": count, "DefaultTargetCapacityType": "spot"},
        "LaunchTemplateConfigs": [{
            "LaunchTemplateSpecification": {"LaunchTemplateId": launch_template, "Version": "1"},
            "Overrides": list(overrides)}],
        **more})


def instances_of(answer):
    return [id for one in answer["Instances"] for id in one["InstanceIds"]]


def test_launches_fleets(place):
    launch_template = template(place)
    answer = fleet(place, launch_template, TagSpecifications=tags("instance", a="b") + tags("fleet", c="d"))
    ids = instances_of(answer)
    assert len(ids) == 4 and answer["Errors"] == []
    place.advance("5s")
    instances = place.described(InstanceIds=ids)
    assert all({"Key": "aws:ec2:fleet-id", "Value": answer["FleetId"]} in one["Tags"] for one in instances)
    assert all({"Key": "a", "Value": "b"} in one["Tags"] for one in instances)
    (one,) = place.ec2.describe_fleets(FleetIds=[answer["FleetId"]])["Fleets"]
    assert (one["Type"], one["FleetState"], one["FulfilledCapacity"]) == ("instant", "active", 4.0)
    assert one["Tags"] == [{"Key": "c", "Value": "d"}]
    assert place.ec2.describe_fleets()["Fleets"] == []
    gone = place.ec2.delete_fleets(FleetIds=[answer["FleetId"], "fleet-0"], TerminateInstances=True)
    assert [one["FleetId"] for one in gone["SuccessfulFleetDeletions"]] == [answer["FleetId"]]
    assert gone["UnsuccessfulFleetDeletions"][0]["Error"]["Code"] == "fleetIdDoesNotExist"
    assert set(place.states(ids).values()) == {"shutting-down"}


def test_launches_fleets_in_part(place):
    place.lab.order("faults", {"instances": {"shortage": 0.5}})
    launch_template = template(place)
    zones = [zone["ZoneName"] for zone in place.ec2.describe_availability_zones()["AvailabilityZones"]]
    overrides = [{"InstanceType": type, "AvailabilityZone": zone} for zone in zones[:5]
                 for type in ("m5.large", "c5.large")]
    answer = fleet(place, launch_template, overrides, count=10,
                   SpotOptions={"AllocationStrategy": "diversified"})
    assert 0 < len(instances_of(answer)) and answer["Errors"]
    codes = {one["ErrorCode"] for one in answer["Errors"]}
    # One of the zones does not offer them at all.
    assert codes == {"InsufficientInstanceCapacity", "InvalidFleetConfiguration"}
    assert {one["Lifecycle"] for one in answer["Errors"]} == {"spot"}


def test_says_what_is_wrong_with_a_fleet(place):
    launch_template = template(place)
    wrong = fleet(place, launch_template, [{"InstanceType": "m7g.large"}])
    assert instances_of(wrong) == [] and wrong["Errors"][0]["ErrorCode"] == "InvalidParameterValue"
    with pytest.raises(botocore.exceptions.ClientError, match="InvalidLaunchTemplateId.NotFound"):
        fleet(place, "lt-00000000000000000")
    with pytest.raises(botocore.exceptions.ClientError, match="InvalidParameterValue"):
        fleet(place, launch_template, Type="forever")
    with pytest.raises(botocore.exceptions.ClientError, match="only fleets of type instant tag"):
        fleet(place, launch_template, Type="maintain", TagSpecifications=tags("instance", a="b"))


def test_a_fleet_that_maintains_replaces_what_it_loses(place):
    launch_template = template(place)
    made = functools.partial(fleet, place, launch_template, [
        {"InstanceType": "m5.large", "WeightedCapacity": 2}, {"InstanceType": "c5.large", "WeightedCapacity": 2}],
        count=8, Type="maintain", ClientToken="t")
    id = made()["FleetId"]
    assert made()["FleetId"] == id

    def described():
        (one,) = place.ec2.describe_fleets(FleetIds=[id])["Fleets"]
        return one

    def running():
        return {one["InstanceId"] for one in place.ec2.describe_fleet_instances(FleetId=id)["ActiveInstances"]}

    def settle(count):
        for _ in range(60):
            if len(running()) == count:
                return
            place.advance("5s")
        raise AssertionError(described())

    assert described()["FleetState"] == "submitted"
    settle(4)
    assert (described()["FleetState"], described()["ActivityStatus"]) == ("active", "fulfilled")
    assert described()["FulfilledCapacity"] == 8.0
    assert [one["WeightedCapacity"] for one in described()["LaunchTemplateConfigs"][0]["Overrides"]] == [2.0, 2.0]
    assert all({"Key": "aws:ec2:fleet-id", "Value": id} in one["Tags"]
               for one in place.described(InstanceIds=list(running())))
    first = running()
    place.lab.order("instances", {"interrupt": sorted(first)[:2]})
    place.advance("2m")
    settle(4)
    assert len(running() - first) == 2

    place.ec2.modify_fleet(FleetId=id, TargetCapacitySpecification={"TotalTargetCapacity": 12, "OnDemandTargetCapacity": 4})
    assert described()["FleetState"] == "modifying"
    settle(6)
    assert described()["FulfilledOnDemandCapacity"] == 4.0
    assert [one["FleetId"] for one in place.ec2.describe_fleets()["Fleets"]] == [id]
    gone = place.ec2.delete_fleets(FleetIds=[id], TerminateInstances=False)["SuccessfulFleetDeletions"]
    assert [(one["PreviousFleetState"], one["CurrentFleetState"]) for one in gone] == [("active", "deleted_running")]
    assert len(running()) == 6
    place.ec2.terminate_instances(InstanceIds=list(running()))
    assert described()["FleetState"] == "deleted"


def test_keeps_launch_templates(place):
    launch_template = template(place, TagSpecifications=tags("launch-template", a="b"), ClientToken="t")
    assert template(place, TagSpecifications=tags("launch-template", a="b"), ClientToken="t") == launch_template
    assert refusal_of(place.ec2.create_launch_template, LaunchTemplateName="probe",
                      LaunchTemplateData={"ImageId": place.image}) == (
        400, "InvalidLaunchTemplateName.AlreadyExistsException")
    (one,) = place.ec2.describe_launch_templates(Filters=[{"Name": "tag:a", "Values": ["b"]}])["LaunchTemplates"]
    assert (one["LaunchTemplateName"], one["Tags"]) == ("probe", [{"Key": "a", "Value": "b"}])
    (version,) = place.ec2.describe_launch_template_versions(
        LaunchTemplateId=launch_template)["LaunchTemplateVersions"]
    assert version["LaunchTemplateData"] == {"ImageId": place.image, "InstanceType": "m5.large"}
    answer = place.ec2.run_instances(LaunchTemplate={"LaunchTemplateName": "probe"}, MinCount=1, MaxCount=1)
    assert answer["Instances"][0]["InstanceType"] == "m5.large"
    place.ec2.delete_launch_template(LaunchTemplateId=launch_template)
    assert refusal_of(place.ec2.delete_launch_template, LaunchTemplateId=launch_template) == (
        400, "InvalidLaunchTemplateId.NotFound")
    assert place.ec2.describe_launch_templates()["LaunchTemplates"] == []


def test_tags_what_there_is(place):
    made = place.run(1) + place.request(1) + [template(place)]
    place.advance("5s")
    place.ec2.create_tags(Resources=made, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}])
    rows = place.ec2.describe_tags(Filters=[{"Name": "key", "Values": ["a"]}])["Tags"]
    assert {(one["ResourceId"], one["ResourceType"]) for one in rows} == set(
        zip(made, ("instance", "spot-instances-request", "launch-template")))
    place.ec2.delete_tags(Resources=made, Tags=[{"Key": "a"}, {"Key": "b", "Value": "other"}])
    assert {one["Key"] for one in place.ec2.describe_tags()["Tags"]} == {"b"}
    assert refusal_of(place.ec2.create_tags, Resources=["i-01234567"], Tags=[{"Key": "a", "Value": "1"}]) == (
        400, "InvalidInstanceID.NotFound")


def test_refuses_a_price_of_the_whole_fleet(place):
    ask = functools.partial(fleet, place, template(place))
    assert refusal_of(ask, SpotOptions={"MaxTotalPrice": "1"}) == (400, "UnsupportedOperation")
