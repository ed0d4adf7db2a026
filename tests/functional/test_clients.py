"""The lab as other unmodified clients see it: the aws CLI and the SDK for JavaScript read what boto3 reads."""
import datetime
import json

import pytest

import conftest
from aws_clients import Cli, JavaScript, Refused, lists_joined
from aws_recorder import identity_token

ACCOUNTS = """[cli]
aws_access_key_id = AKIDCLI
aws_secret_access_key = cli
account = 111111111111
[javascript]
aws_access_key_id = AKIDJS
aws_secret_access_key = js
account = 222222222222
"""


@pytest.fixture(scope="module", params=[Cli, JavaScript])
def client(request):
    running = request.param()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def own_lab(tmp_path_factory):
    """A lab that tests may spoil, where each client has an account and two new score configurations a day."""
    keys = tmp_path_factory.mktemp("lab") / "keys"
    keys.write_text(ACCOUNTS)
    running = conftest.Lab("--speed", "step", "--start", conftest.START, "--score-limit", "2", "--credentials", str(keys))
    yield running
    running.stop()


@pytest.fixture
def lab_with_faults(own_lab):
    """Gives its lab's answers rules by which they go wrong, until the test is over."""
    def set_rules(*rules):
        own_lab.order("faults", {"rules": list(rules)})
        return own_lab

    yield set_rules
    set_rules()


def plain(value, without=frozenset()):
    """Without what a client adds of its own; times as times."""
    if isinstance(value, dict):
        return {name: plain(member, without) for name, member in value.items()
                if name not in ("ResponseMetadata", "NextToken") and name not in without}
    if isinstance(value, list):
        return [plain(member, without) for member in value]
    if isinstance(value, str) and value[4:5] == "-" and value[10:11] == "T":
        return datetime.datetime.fromisoformat(value)
    return value


def boto3_call(lab, service, operation, input):
    client = lab.client(service)
    method = {name: method for method, name in client.meta.method_to_api_mapping.items()}[operation]
    return getattr(client, method)(**input)


def boto3_list(lab, service, operation, input, page_size):
    client = lab.client(service)
    method = {name: method for method, name in client.meta.method_to_api_mapping.items()}[operation]
    return lists_joined(client.get_paginator(method).paginate(**input, PaginationConfig={"PageSize": page_size}))


# Answers


@pytest.mark.parametrize("service, operation, input", [
    ("sts", "GetCallerIdentity", {}),
    ("ec2", "DescribeRegions", {"AllRegions": True}),
    ("ec2", "DescribeRegions", {"Filters": [{"Name": "region-name", "Values": ["us-*", "eu-west-1"]}]}),
    ("ec2", "DescribeAvailabilityZones", {}),
    ("ec2", "DescribeInstanceTypes", {"InstanceTypes": ["m5.large", "p5.48xlarge", "c7gd.metal", "t1.micro"]}),
    ("ec2", "GetSpotPlacementScores",
     {"InstanceTypes": ["m5.large", "c5.large", "r5.large"], "TargetCapacity": 1, "SingleAvailabilityZone": True}),
    ("ec2", "GetSpotPlacementScores",
     {"TargetCapacity": 64, "TargetCapacityUnitType": "vcpu", "InstanceRequirementsWithMetadata": {
         "ArchitectureTypes": ["arm64"],
         "InstanceRequirements": {"VCpuCount": {"Min": 2, "Max": 8}, "MemoryMiB": {"Min": 4096}}}}),
])
def test_reads_what_boto3_reads(client, lab, service, operation, input):
    theirs = plain(client.call(lab, service, operation, input))
    assert theirs == plain(boto3_call(lab, service, operation, input), client.does_not_know)
    assert all(theirs.values())


@pytest.mark.parametrize("service, operation, input, page_size", [
    ("ec2", "DescribeInstanceTypes", {"Filters": [{"Name": "instance-type", "Values": ["m5*"]}]}, 20),
    ("ec2", "DescribeInstanceTypeOfferings",
     {"LocationType": "availability-zone-id", "Filters": [{"Name": "instance-type", "Values": ["c5.*"]}]}, 20),
    ("ec2", "DescribeSpotPriceHistory",
     {"InstanceTypes": ["m5.large", "c5.large"], "ProductDescriptions": ["Linux/UNIX"],
      "StartTime": "2026-02-27T00:00:00Z", "EndTime": "2026-02-28T12:00:00Z"}, 20),
    ("pricing", "GetProducts",
     {"ServiceCode": "AmazonEC2", "Filters": [
         {"Type": "TERM_MATCH", "Field": "regionCode", "Value": "us-east-1"},
         {"Type": "TERM_MATCH", "Field": "vcpu", "Value": "96"}]}, 30),
])
def test_follows_pages_to_the_same_end_as_boto3(client, lab, service, operation, input, page_size):
    theirs = plain(client.list(lab, service, operation, input, page_size))
    assert theirs == plain(boto3_list(lab, service, operation, input, page_size), client.does_not_know)
    (rows,) = theirs.values()
    assert len(rows) > page_size
    assert len({json.dumps(row, default=str) for row in rows}) == len(rows)


@pytest.mark.parametrize("operation, more", [("AssumeRole", {}),
                                             ("AssumeRoleWithWebIdentity", {"WebIdentityToken": identity_token()})])
def test_assumes_a_role_and_is_known_by_it(client, own_lab, operation, more):
    asked = {"RoleArn": "arn:aws:iam::210987654321:role/collector", "RoleSessionName": "me", **more}
    answer = client.call(own_lab, "sts", operation, asked)
    keys = answer["Credentials"]
    assert plain(keys["Expiration"]).tzinfo
    caller = client.call(own_lab, "sts", "GetCallerIdentity", key=keys["AccessKeyId"], secret=keys["SecretAccessKey"],
                         token=keys["SessionToken"])
    assert caller["Account"] == "210987654321"
    assert caller["Arn"] == answer["AssumedRoleUser"]["Arn"]


def test_launches_what_boto3_describes(client, own_lab):
    images = boto3_call(own_lab, "ec2", "DescribeImages", {"Filters": [{"Name": "architecture", "Values": ["x86_64"]}]})
    launch = {"ImageId": images["Images"][0]["ImageId"], "InstanceType": "m5.large"}
    tags = [{"ResourceType": "spot-instances-request", "Tags": [{"Key": "a", "Value": "b"}]}]
    run = client.call(own_lab, "ec2", "RunInstances", {
        "MinCount": 1, "MaxCount": 2, "InstanceMarketOptions": {"MarketType": "spot"}, **launch})
    asked = client.call(own_lab, "ec2", "RequestSpotInstances", {
        "InstanceCount": 2, "LaunchSpecification": launch, "TagSpecifications": tags})
    own_lab.order("clock", {"advance": "2m"})
    ids = [one["InstanceId"] for one in run["Instances"]]
    requests = [one["SpotInstanceRequestId"] for one in asked["SpotInstanceRequests"]]
    for operation, input in (("DescribeInstances", {"InstanceIds": ids}),
                             ("DescribeInstanceStatus", {"InstanceIds": ids}),
                             ("DescribeSpotInstanceRequests", {"SpotInstanceRequestIds": requests}),
                             ("DescribeTags", {})):
        theirs = plain(client.call(own_lab, "ec2", operation, input))
        assert theirs == plain(boto3_call(own_lab, "ec2", operation, input), client.does_not_know)
        assert all(theirs.values())
    assert client.call(own_lab, "ec2", "CancelSpotInstanceRequests", {"SpotInstanceRequestIds": requests})
    ended = client.call(own_lab, "ec2", "TerminateInstances", {"InstanceIds": ids})
    assert {one["CurrentState"]["Name"] for one in ended["TerminatingInstances"]} == {"shutting-down"}
    assert refusal_of(client, own_lab, "ec2", "TerminateInstances",
                      {"InstanceIds": ["i-0123456789abcdef0"]}) == "InvalidInstanceID.NotFound"


# Refusals


def refusal_of(client, *arguments, **options):
    with pytest.raises(Refused) as caught:
        client.call(*arguments, **options)
    assert caught.value.message and caught.value.type
    return caught.value.code


def test_raises_a_bad_signature_and_an_unknown_key(client, lab):
    assert refusal_of(client, lab, "ec2", "DescribeRegions", secret="wrong") == "AuthFailure"
    assert refusal_of(client, lab, "sts", "GetCallerIdentity", secret="wrong") == "SignatureDoesNotMatch"
    assert refusal_of(client, lab, "sts", "GetCallerIdentity", key="NOBODY") == "InvalidClientTokenId"


def test_raises_an_unknown_action_and_a_region_that_is_not_enabled(client, lab):
    assert refusal_of(client, lab, "ec2", "DescribeVolumes") == "InvalidAction"
    assert refusal_of(client, lab, "ec2", "DescribeRegions", region="me-south-1") == "OptInRequired"


def test_raises_a_dry_run(client, lab):
    assert refusal_of(client, lab, "ec2", "DescribeRegions", {"DryRun": True}) == "DryRunOperation"


def test_raises_what_the_service_has_a_type_for_as_that_type(client, lab):
    with pytest.raises(Refused) as caught:
        client.call(lab, "pricing", "GetProducts", {"ServiceCode": "AmazonEC2", "NextToken": "abc"})
    assert caught.value.code == "InvalidNextTokenException"
    if isinstance(client, JavaScript):
        assert caught.value.type == "InvalidNextTokenException"


def test_raises_one_configuration_too_many(client, own_lab):
    keys = {"key": "AKIDCLI", "secret": "cli"} if isinstance(client, Cli) else {"key": "AKIDJS", "secret": "js"}
    for capacity in (1, 2):
        client.call(own_lab, "ec2", "GetSpotPlacementScores",
                    {"InstanceTypes": ["m5.large"], "TargetCapacity": capacity}, **keys)
    refusal = refusal_of(client, own_lab, "ec2", "GetSpotPlacementScores",
                         {"InstanceTypes": ["m5.large"], "TargetCapacity": 3}, **keys)
    assert refusal == "MaxConfigLimitExceeded"


def test_raises_throttling_when_its_attempts_are_over(client, lab_with_faults):
    lab = lab_with_faults({"kind": "throttle", "action": "*", "probability": 1})
    assert refusal_of(client, lab, "ec2", "DescribeRegions") == "RequestLimitExceeded"
    assert refusal_of(client, lab, "sts", "GetCallerIdentity") == "Throttling"


def test_gets_through_throttling_by_asking_again(client, lab_with_faults):
    lab = lab_with_faults({"kind": "throttle", "action": "*", "probability": 0.5})
    assert client.call(lab, "ec2", "DescribeRegions", attempts=20)["Regions"]
