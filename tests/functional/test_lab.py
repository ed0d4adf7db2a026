"""Every action the lab serves, called and read by boto3 as it comes."""
import datetime
import json
import lzma
import os
import pathlib

import boto3
import botocore
import botocore.config
import botocore.exceptions
import pytest

import conftest
from aws_recorder import identity_token

NOW = datetime.datetime(2026, 3, 1, tzinfo=datetime.timezone.utc)
DATA = pathlib.Path(__file__).parents[2] / "data" / "lab"


def refusal_of(call, **parameters):
    """The status and code of a call that must be refused."""
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**parameters)
    answer = caught.value.response
    assert answer["Error"]["Message"] or answer["Error"]["Code"] == "UnknownOperationException"
    assert answer["ResponseMetadata"]["RequestId"]
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]


# Identity and signatures


def test_tells_who_is_calling(lab):
    answer = lab.client("sts").get_caller_identity()
    assert answer["Account"] == "123456789012"
    assert answer["Arn"] == "arn:aws:iam::123456789012:user/test"


def test_refuses_a_bad_signature(lab):
    assert refusal_of(lab.client("ec2", secret="wrong").describe_regions) == (401, "AuthFailure")
    assert refusal_of(lab.client("sts", secret="wrong").get_caller_identity) == (
        403, "SignatureDoesNotMatch")
    assert refusal_of(lab.client("pricing", secret="wrong").get_products, ServiceCode="AmazonEC2") == (
        400, "InvalidSignatureException")


def test_refuses_an_unknown_key(lab):
    assert refusal_of(lab.client("ec2", key="AKIDNOBODY").describe_regions) == (401, "AuthFailure")
    assert refusal_of(lab.client("sts", key="AKIDNOBODY").get_caller_identity) == (
        403, "InvalidClientTokenId")


def test_refuses_a_skewed_clock(lab, monkeypatch):
    client = lab.client("ec2")
    late = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=16)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda remove_tzinfo=True: (
        late.replace(tzinfo=None) if remove_tzinfo else late))
    assert refusal_of(client.describe_regions) == (400, "RequestExpired")


def test_refuses_unsigned_calls(lab):
    status, _, body = lab.get("/?Action=DescribeRegions&Version=2016-11-15")
    assert (status, b"MissingAuthenticationToken" in body) == (403, True)


def test_knows_accounts_from_a_file(start_lab, tmp_path):
    keys = tmp_path / "keys"
    keys.write_text("[alice]\naws_access_key_id = ASIAALICE\naws_secret_access_key = s3cret\n"
                    "aws_session_token = t0ken\naccount = 210987654321\n")
    lab = start_lab("--credentials", str(keys))
    alice = {"key": "ASIAALICE", "secret": "s3cret"}
    assert lab.client("sts", token="t0ken", **alice).get_caller_identity()["Account"] == "210987654321"
    assert refusal_of(lab.client("ec2", token="other", **alice).describe_regions)[0] == 401
    assert lab.client("ec2").describe_regions()["Regions"]


# Roles


ROLE = "arn:aws:iam::210987654321:role/team/collector"


def client_with(lab, service, credentials):
    return lab.client(service, key=credentials["AccessKeyId"], secret=credentials["SecretAccessKey"],
                      token=credentials["SessionToken"])


def expires_in(credentials):
    return (credentials["Expiration"] - datetime.datetime.now(datetime.timezone.utc)).total_seconds()


def test_lets_roles_be_assumed(start_lab):
    lab = start_lab()
    answer = lab.client("sts").assume_role(
        RoleArn=ROLE, RoleSessionName="me@home", DurationSeconds=1800, ExternalId="x/y+z")
    arn = "arn:aws:sts::210987654321:assumed-role/collector/me@home"
    assert answer["AssumedRoleUser"]["Arn"] == arn
    assert 1700 < expires_in(answer["Credentials"]) <= 1800
    identity = client_with(lab, "sts", answer["Credentials"]).get_caller_identity()
    assert (identity["Arn"], identity["Account"]) == (arn, "210987654321")
    assert identity["UserId"] == answer["AssumedRoleUser"]["AssumedRoleId"]
    for service, call in (("ec2", "describe_regions"), ("pricing", "get_products")):
        client = client_with(lab, service, answer["Credentials"])
        getattr(client, call)(**({"ServiceCode": "AmazonEC2"} if service == "pricing" else {}))


def test_lets_roles_be_assumed_with_roles(start_lab):
    lab = start_lab()
    first = lab.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="me")["Credentials"]
    sts = client_with(lab, "sts", first)
    second = sts.assume_role(RoleArn=ROLE + "-2", RoleSessionName="me", DurationSeconds=3600)["Credentials"]
    assert client_with(lab, "sts", second).get_caller_identity()["Arn"].endswith("assumed-role/collector-2/me")
    assert refusal_of(sts.assume_role, RoleArn=ROLE, RoleSessionName="me", DurationSeconds=3601) == (
        400, "ValidationError")


def test_wants_a_roles_keys_whole(start_lab):
    lab = start_lab()
    keys = lab.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="me")["Credentials"]
    other = lab.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="me")["Credentials"]
    assert other["AccessKeyId"] != keys["AccessKeyId"]
    for wrong in ({"SessionToken": None}, {"SessionToken": other["SessionToken"]},
                  {"SecretAccessKey": other["SecretAccessKey"]}):
        client = client_with(lab, "ec2", {**keys, **wrong})
        assert refusal_of(client.describe_regions) == (401, "AuthFailure")


def test_lets_the_bearer_of_a_token_assume_a_role(start_lab):
    lab = start_lab()
    anonymous = boto3.session.Session().client(
        "sts", region_name="eu-west-1", endpoint_url=lab.address,
        config=botocore.config.Config(signature_version=botocore.UNSIGNED, retries={"total_max_attempts": 1}))
    ask = anonymous.assume_role_with_web_identity
    answer = ask(RoleArn=ROLE, RoleSessionName="pod", WebIdentityToken=identity_token())
    assert answer["SubjectFromWebIdentityToken"] == "me"
    assert answer["Provider"] == "https://issuer.example"
    assert answer["Audience"] == "sts.amazonaws.com"
    assert 3500 < expires_in(answer["Credentials"]) <= 3600
    identity = client_with(lab, "sts", answer["Credentials"]).get_caller_identity()
    assert identity["Arn"] == "arn:aws:sts::210987654321:assumed-role/collector/pod"
    assert refusal_of(ask, RoleArn=ROLE, RoleSessionName="pod", WebIdentityToken=identity_token(exp=1)) == (
        400, "ExpiredTokenException")
    assert refusal_of(ask, RoleArn=ROLE, RoleSessionName="pod", WebIdentityToken="none") == (
        400, "InvalidIdentityToken")


# Refusals


def test_refuses_unknown_actions_and_services(lab):
    assert refusal_of(lab.client("ec2").describe_volumes) == (400, "InvalidAction")
    assert refusal_of(lab.client("pricing").describe_services) == (400, "UnknownOperationException")
    assert refusal_of(lab.client("iam").list_users) == (400, "InvalidAction")
    assert refusal_of(lab.client("logs").describe_log_groups) == (400, "UnknownOperationException")


def test_rehearses(lab):
    assert refusal_of(lab.client("ec2").describe_regions, DryRun=True) == (412, "DryRunOperation")


def test_refuses_a_region_that_is_not_enabled(lab):
    assert refusal_of(lab.client("ec2", "me-south-1").describe_regions) == (403, "OptInRequired")


# Places


def test_describes_regions(lab):
    client = lab.client("ec2")
    assert len(client.describe_regions()["Regions"]) == 17
    everywhere = client.describe_regions(AllRegions=True)["Regions"]
    assert len(everywhere) == 30
    assert {region["OptInStatus"] for region in everywhere} == {"opt-in-not-required", "not-opted-in"}
    filters = [{"Name": "region-name", "Values": ["us-*"]}]
    assert len(client.describe_regions(Filters=filters)["Regions"]) == 4


def test_enables_all_regions_on_request(start_lab):
    regions = start_lab("--all-regions").client("ec2", "me-south-1").describe_regions()["Regions"]
    assert len(regions) == 30


def test_describes_availability_zones(lab):
    zones = lab.client("ec2").describe_availability_zones()["AvailabilityZones"]
    assert {zone["ZoneId"]: zone["ZoneName"] for zone in zones}["use1-az4"] == "us-east-1a"
    assert {zone["State"] for zone in zones} == {"available"}
    assert len(zones) == 6


# Types


def test_describes_instance_types_exactly_as_their_source_does(lab):
    """Every member of the JSON the lab starts from comes out of boto3 as it went in."""
    with lzma.open(next(DATA.glob("instance_types_*.json.xz"))) as file:
        source = json.load(file)
    pages = lab.client("ec2").get_paginator("describe_instance_types").paginate(
        PaginationConfig={"PageSize": 100})
    types = [one for page in pages for one in page["InstanceTypes"]]
    assert len(types) > 1000
    for one in types:
        assert one == source[one["InstanceType"]]


def test_describes_named_and_filtered_instance_types(lab):
    client = lab.client("ec2")
    named = client.describe_instance_types(InstanceTypes=["m5.large", "p5.48xlarge"])["InstanceTypes"]
    assert {one["InstanceType"] for one in named} == {"m5.large", "p5.48xlarge"}
    filters = [{"Name": "processor-info.supported-architecture", "Values": ["arm64"]},
               {"Name": "instance-type", "Values": ["m7g.*"]}]
    arm = client.describe_instance_types(Filters=filters)["InstanceTypes"]
    assert arm and all(one["InstanceType"].startswith("m7g.") for one in arm)
    assert refusal_of(client.describe_instance_types, InstanceTypes=["m5.huge"]) == (
        400, "InvalidInstanceType")


@pytest.mark.parametrize("location_type, location",
                         [("region", "us-east-1"), ("availability-zone", "us-east-1a"),
                          ("availability-zone-id", "use1-az4")])
def test_describes_offerings(lab, location_type, location):
    pages = lab.client("ec2").get_paginator("describe_instance_type_offerings").paginate(
        LocationType=location_type)
    offerings = [one for page in pages for one in page["InstanceTypeOfferings"]]
    assert {one["LocationType"] for one in offerings} == {location_type}
    assert {"InstanceType": "m5.large", "LocationType": location_type, "Location": location} in offerings
    assert len({(one["InstanceType"], one["Location"]) for one in offerings}) == len(offerings) > 1000


# Placement scores


def test_scores_zones_and_regions(lab):
    client = lab.client("ec2")
    asked = {"InstanceTypes": ["m5.large", "c5.large", "r5.large"], "TargetCapacity": 1}
    zones = client.get_spot_placement_scores(SingleAvailabilityZone=True, **asked)
    scores = zones["SpotPlacementScores"]
    assert len(scores) == 10
    assert all("-az" in one["AvailabilityZoneId"] and 1 <= one["Score"] <= 10 for one in scores)
    assert scores == sorted(scores, key=lambda one: -one["Score"])
    regions = client.get_spot_placement_scores(RegionNames=["us-east-1", "eu-west-1"], **asked)
    assert {one["Region"] for one in regions["SpotPlacementScores"]} == {"us-east-1", "eu-west-1"}
    assert all("AvailabilityZoneId" not in one for one in regions["SpotPlacementScores"])


def test_scores_few_types_low(lab):
    scores = lab.client("ec2").get_spot_placement_scores(
        InstanceTypes=["m5.large"], TargetCapacity=1, SingleAvailabilityZone=True)
    assert all(one["Score"] <= 3 for one in scores["SpotPlacementScores"])


def test_scores_by_attributes(lab):
    scores = lab.client("ec2").get_spot_placement_scores(
        TargetCapacity=64, TargetCapacityUnitType="vcpu",
        InstanceRequirementsWithMetadata={
            "ArchitectureTypes": ["x86_64"],
            "InstanceRequirements": {"VCpuCount": {"Min": 2, "Max": 8}, "MemoryMiB": {"Min": 4096},
                                     "CpuManufacturers": ["intel", "amd"]}})
    assert len(scores["SpotPlacementScores"]) == 10


def test_refuses_a_configuration_too_many_for_a_day(start_lab):
    lab = start_lab("--speed", "step", "--start", conftest.START, "--score-limit", "2")
    ask = lab.client("ec2").get_spot_placement_scores
    for capacity in (1, 2, 1):
        ask(InstanceTypes=["m5.large"], TargetCapacity=capacity)
    assert refusal_of(ask, InstanceTypes=["m5.large"], TargetCapacity=3) == (
        400, "MaxConfigLimitExceeded")
    lab.order("clock", {"advance": "24h"})
    ask(InstanceTypes=["m5.large"], TargetCapacity=3)


def test_refuses_scores_that_make_no_sense(lab):
    ask = lab.client("ec2").get_spot_placement_scores
    assert refusal_of(ask, InstanceTypes=["m5.huge"], TargetCapacity=1) == (
        400, "InvalidParameterValue")
    assert refusal_of(ask, TargetCapacity=1) == (400, "MissingParameter")


# Prices


def test_tells_prices_in_force(lab):
    answer = lab.client("ec2").describe_spot_price_history(
        InstanceTypes=["m5.large"], ProductDescriptions=["Linux/UNIX"], StartTime=NOW, EndTime=NOW)
    prices = answer["SpotPriceHistory"]
    assert len({one["AvailabilityZoneId"] for one in prices}) == len(prices) == 5
    assert all(one["Timestamp"] <= NOW and 0.02 < float(one["SpotPrice"]) < 0.096 for one in prices)
    assert answer["NextToken"] == ""


def test_pages_price_history_to_its_end(lab):
    pages = list(lab.client("ec2").get_paginator("describe_spot_price_history").paginate(
        StartTime=NOW, PaginationConfig={"PageSize": 500}))
    prices = [one for page in pages for one in page["SpotPriceHistory"]]
    assert len(pages) > 10
    assert all(len(page["SpotPriceHistory"]) == 500 for page in pages[:-1])
    assert len({(one["InstanceType"], one["AvailabilityZone"]) for one in prices}) == len(prices)


def test_refuses_a_made_up_page(lab):
    assert refusal_of(lab.client("ec2").describe_spot_price_history, NextToken="abc") == (
        400, "InvalidPaginationToken")


def test_tells_on_demand_prices(lab):
    pages = list(lab.client("pricing").get_paginator("get_products").paginate(
        ServiceCode="AmazonEC2",
        Filters=[{"Type": "TERM_MATCH", "Field": "regionCode", "Value": "us-east-1"},
                 {"Type": "TERM_MATCH", "Field": "operatingSystem", "Value": "Linux"}]))
    assert len(pages) > 5
    prices = {}
    for product in (json.loads(text) for page in pages for text in page["PriceList"]):
        (term,) = product["terms"]["OnDemand"].values()
        (dimension,) = term["priceDimensions"].values()
        prices[product["product"]["attributes"]["instanceType"]] = float(
            dimension["pricePerUnit"]["USD"])
        attributes = product["product"]["attributes"]
    assert prices["m5.large"] == 0.096
    assert attributes["tenancy"] == "Shared" and attributes["memory"].endswith(" GiB")


def test_serves_the_advisor(lab):
    status, headers, body = lab.get("/spot-advisor-data.json")
    assert status == 200
    advisor = json.loads(body)
    assert set(advisor) == {"global_rate", "ranges", "instance_types", "spot_advisor"}
    assert advisor["spot_advisor"]["us-east-1"]["Linux"]["m5.large"].keys() == {"s", "r"}
    with lzma.open(next(DATA.glob("spot_advisor_*.json.xz"))) as file:
        assert advisor["instance_types"] == json.load(file)["instance_types"]
    status, _, body = lab.get("/spot-advisor-data.json", {"If-None-Match": headers["ETag"]})
    assert (status, body) == (304, b"")


# Time, throttling, faults


def test_moves_its_clock_only_when_told(start_lab):
    lab = start_lab("--speed", "step", "--start", conftest.START)
    time = "x-spotvane-lab-time"
    for _ in range(2):
        headers = lab.client("ec2").describe_regions()["ResponseMetadata"]["HTTPHeaders"]
        assert headers[time] == "2026-03-01T00:00:00Z;speed=0"
    assert lab.order("clock", {"advance": "10m"})["time"] == "2026-03-01T00:10:00Z"
    headers = lab.client("ec2").describe_regions()["ResponseMetadata"]["HTTPHeaders"]
    assert headers[time] == "2026-03-01T00:10:00Z;speed=0"


def test_throttles_who_asks_too_fast(start_lab):
    client = start_lab("--speed", "0.001").client("ec2")
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        for _ in range(200):
            client.describe_regions()
    assert caught.value.response["Error"]["Code"] == "RequestLimitExceeded"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503


def test_spoils_answers_on_request(start_lab):
    lab = start_lab("--speed", "step", "--start", conftest.START)
    lab.order("faults", {"rules": [{"kind": "reset", "action": "DescribeRegions", "probability": 1}]})
    with pytest.raises(botocore.exceptions.BotoCoreError):
        lab.client("ec2").describe_regions()
    lab.order("faults", {"rules": [{"kind": "truncate", "action": "Describe*", "probability": 1}]})
    with pytest.raises((botocore.exceptions.BotoCoreError, botocore.parsers.ResponseParserError)):
        lab.client("ec2").describe_regions()
    lab.order("faults", {"rules": [{"kind": "busy", "action": "*", "probability": 0.5}]})
    for _ in range(3):
        assert lab.client("ec2", attempts=20).describe_regions()["Regions"]


def test_gives_the_same_answers_to_the_same_script(start_lab):
    def script():
        lab = start_lab("--speed", "step", "--start", conftest.START, "--seed", "7")
        client = lab.client("ec2")
        answers = []
        for _ in range(3):
            answers.append(client.describe_spot_price_history(InstanceTypes=["m5.large"]))
            answers.append(client.get_spot_placement_scores(
                InstanceTypes=["g5.xlarge"], TargetCapacity=5, SingleAvailabilityZone=True))
            lab.order("clock", {"advance": "3h"})
        for answer in answers:
            answer["ResponseMetadata"]["HTTPHeaders"].pop("date", None)
        return answers

    assert script() == script()
