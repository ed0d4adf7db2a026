"""What an instance reads about itself, as botocore's own fetcher and plain HTTP see it in the lab."""
import base64
import json
import urllib.request

import pytest
from botocore.utils import InstanceMetadataFetcher, InstanceMetadataRegionFetcher

from place import Place, tags

TTL = "X-aws-ec2-metadata-token-ttl-seconds"
TOKEN = "X-aws-ec2-metadata-token"


class Metadata:
    """The metadata service of one instance."""

    def __init__(self, lab, instance, root="/imds/"):
        self.lab, self.root, self.headers = lab, root + instance, {}
        self.address = lab.address + self.root

    def token(self, ttl="21600", **headers):
        asked = {TTL: ttl, **headers} if ttl is not None else headers
        return self.lab.send(urllib.request.Request(
            self.address + "/latest/api/token", method="PUT", headers=asked))

    def open(self, ttl="21600"):
        status, headers, body = self.token(ttl)
        assert (status, headers[TTL]) == (200, ttl)
        self.headers = {TOKEN: body.decode()}
        return self

    def get(self, path):
        status, _, body = self.lab.get(self.root + "/latest/" + path, self.headers)
        return (status, body.decode()) if status == 200 else (status, None)


@pytest.fixture(scope="module")
def city():
    """One lab for the module: each test launches an instance of its own."""
    from conftest import START, Lab
    lab = Lab("--speed", "step", "--start", START, "--seed", "5")
    yield Place(lab)
    lab.stop()


def running(place, **more):
    (instance,) = place.run(1, **more)
    for _ in range(100):
        place.advance("10s")
        if place.states([instance]) == {instance: "running"}:
            return instance
    raise AssertionError("it does not run")


def test_an_instance_knows_itself(city):
    instance = running(city, UserData="#!/bin/sh\necho hello\n")
    (described,) = city.described(InstanceIds=[instance])
    metadata = Metadata(city.lab, instance).open()
    read = {path: metadata.get("meta-data/" + path)[1] for path in (
        "instance-id", "instance-type", "ami-id", "local-ipv4", "instance-life-cycle", "placement/availability-zone",
        "placement/availability-zone-id", "placement/region")}
    assert read == {
        "instance-id": instance, "instance-type": "m5.large", "ami-id": city.image, "instance-life-cycle": "spot",
        "local-ipv4": described["PrivateIpAddress"],
        "placement/availability-zone": described["Placement"]["AvailabilityZone"],
        "placement/availability-zone-id": described["Placement"]["AvailabilityZoneId"],
        "placement/region": "us-east-1"}
    document = json.loads(metadata.get("dynamic/instance-identity/document")[1])
    assert (document["instanceId"], document["accountId"], document["instanceType"], document["region"]) == (
        instance, "123456789012", "m5.large", "us-east-1")
    assert metadata.get("user-data") == (200, "#!/bin/sh\necho hello\n")
    assert metadata.get("meta-data/placement/")[1].split() == ["availability-zone", "availability-zone-id", "region"]
    assert "placement/" in metadata.get("meta-data")[1].split()
    assert Metadata(city.lab, instance, "/_lab/imds/").open().get("meta-data/instance-id") == (200, instance)


def test_an_on_demand_instance_says_so(city):
    metadata = Metadata(city.lab, running(city, spot=False)).open()
    assert metadata.get("meta-data/instance-life-cycle") == (200, "on-demand")
    assert metadata.get("meta-data/iam/security-credentials/") == (404, None)


def test_nothing_is_told_without_a_token_in_force(city):
    instance, other = running(city), running(city)
    metadata = Metadata(city.lab, instance)
    assert metadata.get("meta-data/instance-id") == (401, None)
    metadata.headers = {TOKEN: "AQAEmadeup=="}
    assert metadata.get("meta-data/instance-id") == (401, None)
    metadata.headers = Metadata(city.lab, other).open().headers
    assert metadata.get("meta-data/instance-id") == (401, None)
    metadata.open(ttl="60")
    city.advance("59s")
    assert metadata.get("meta-data/instance-id") == (200, instance)
    city.advance("1s")
    assert metadata.get("meta-data/instance-id") == (401, None)
    assert [metadata.token(ttl)[0] for ttl in (None, "0", "21601", "soon")] == [400] * 4
    assert metadata.token(**{"X-Forwarded-For": "10.0.0.1"})[0] == 403


def test_a_notice_is_there_for_the_two_minutes_before_the_end(city):
    instance = running(city)
    metadata = Metadata(city.lab, instance).open()
    news = ("meta-data/spot/instance-action", "meta-data/spot/termination-time",
            "meta-data/events/recommendations/rebalance")
    assert [metadata.get(path)[0] for path in news] == [404] * 3
    assert city.lab.order("instances", {"rebalance": [instance, "i-0"]}) == {"recommended": [instance]}
    recommended = json.loads(metadata.get(news[2])[1])["noticeTime"]
    assert metadata.get(news[0])[0] == 404
    city.advance("30s")
    assert city.lab.order("instances", {"interrupt": [instance]}) == {"interrupted": [instance]}
    action = json.loads(metadata.get(news[0])[1])
    assert action["action"] == "terminate" and metadata.get(news[1])[1] == action["time"]
    assert json.loads(metadata.get(news[2])[1])["noticeTime"] == recommended
    (seen,) = [one for one in json.loads(city.lab.get("/_lab/audit/instances")[2]) if one["id"] == instance]
    assert (seen["rebalance"], seen["shutdown"]) == (recommended, None)
    city.advance("119s")
    assert city.states([instance]) == {instance: "running"}
    city.advance("1s")
    assert city.states([instance]) == {instance: "shutting-down"}
    city.advance("5m")
    with pytest.raises(ConnectionError):
        metadata.get("meta-data/instance-id")


def test_an_instance_signs_with_the_keys_of_its_role(city):
    instance = running(city, IamInstanceProfile={"Name": "guard"})
    endpoint = Metadata(city.lab, instance).address
    fetcher = InstanceMetadataFetcher(
        timeout=5, num_attempts=1, env={}, config={"ec2_metadata_service_endpoint": endpoint})
    keys = fetcher.retrieve_iam_role_credentials()
    assert keys["role_name"] == "guard" and keys == fetcher.retrieve_iam_role_credentials()
    sts = city.lab.client("sts", key=keys["access_key"], secret=keys["secret_key"], token=keys["token"])
    assert sts.get_caller_identity()["Arn"] == f"arn:aws:sts::123456789012:assumed-role/guard/{instance}"
    regions = InstanceMetadataRegionFetcher(
        timeout=5, num_attempts=1, env={}, config={"ec2_metadata_service_endpoint": endpoint})
    assert regions.retrieve_region() == "us-east-1"


def test_tags_are_shown_where_the_launch_asks_for_it(city):
    pairs = tags("instance", Name="one", fleet="a/b")
    hidden = running(city, TagSpecifications=pairs)
    shown = running(city, TagSpecifications=pairs, MetadataOptions={"InstanceMetadataTags": "enabled"})
    assert Metadata(city.lab, hidden).open().get("meta-data/tags/instance/Name") == (404, None)
    assert Metadata(city.lab, shown).open().get("meta-data/tags/instance/Name") == (200, "one")
    assert Metadata(city.lab, shown).open().get("meta-data/tags/instance")[1].split() == ["Name", "fleet"]


def test_a_launch_template_brings_user_data_and_role(city):
    city.ec2.create_launch_template(LaunchTemplateName="hosts", LaunchTemplateData={
        "ImageId": city.image, "InstanceType": "m5.large", "IamInstanceProfile": {"Arn": "arn:aws:iam::1:instance-profile/x/hosts"},
        "UserData": base64.b64encode(b"ECS_CLUSTER=prod").decode()})
    city.advance("4s")
    answer = city.ec2.run_instances(MinCount=1, MaxCount=1, LaunchTemplate={"LaunchTemplateName": "hosts"})
    city.advance("2m")
    metadata = Metadata(city.lab, answer["Instances"][0]["InstanceId"]).open()
    assert metadata.get("user-data") == (200, "ECS_CLUSTER=prod")
    assert metadata.get("meta-data/iam/security-credentials/") == (200, "hosts")


@pytest.mark.parametrize("kind, status", [
    ("deny", 401), ("missing", 404), ("throttle", 429), ("error", 500), ("busy", 503)])
def test_metadata_fails_as_told(city, kind, status):
    metadata = Metadata(city.lab, running(city)).open()
    city.lab.order("faults", {"rules": [{"kind": kind, "action": "InstanceMetadata", "probability": 1}]})
    try:
        assert metadata.get("meta-data/instance-id")[0] == status
        assert metadata.token()[0] == 200
    finally:
        city.lab.order("faults", {"rules": []})
    assert metadata.get("meta-data/instance-id")[0] == 200


def test_metadata_is_reset_and_hangs_as_told(city):
    metadata = Metadata(city.lab, running(city)).open()
    city.lab.order("faults", {"rules": [{"kind": "reset", "action": "InstanceMetadataToken", "probability": 1},
                                        {"kind": "slow", "action": "InstanceMetadata", "probability": 1, "delay": "30s"}]})
    try:
        with pytest.raises(ConnectionError):
            metadata.token()
        with pytest.raises(TimeoutError):
            urllib.request.urlopen(urllib.request.Request(
                metadata.address + "/latest/meta-data/instance-id", headers=metadata.headers), timeout=0.2)
    finally:
        city.lab.order("faults", {"rules": []})


def test_only_metadata_can_be_missing(city):
    status, _, body = city.lab.send(urllib.request.Request(
        city.lab.address + "/_lab/faults", method="POST",
        data=json.dumps({"rules": [{"kind": "missing", "action": "*", "probability": 1}]}).encode()))
    assert status == 400 and b"InstanceMetadata" in body


def test_a_recommendation_may_come_before_the_notice(city):
    instance = running(city)
    city.lab.order("faults", {"instances": {"capacity_factor": 0, "rebalance_lead": "5m"}})
    try:
        city.advance("1m")
        (seen,) = [one for one in json.loads(city.lab.get("/_lab/audit/instances")[2]) if one["id"] == instance]
        assert seen["rebalance"] and not seen["notice"]
        city.advance("5m")
        (seen,) = [one for one in json.loads(city.lab.get("/_lab/audit/instances")[2]) if one["id"] == instance]
        assert seen["rebalance"] < seen["notice"]
    finally:
        city.lab.order("faults", {"instances": {}})
