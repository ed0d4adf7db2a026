"""Our client against moto: it reads what boto3 reads, and tells what moto lacks from what moto says."""
import concurrent.futures
import json
import os
import subprocess

import boto3
import pytest

from binary import in_lab, spotvane

@pytest.fixture(scope="module")
def boto(moto):
    def client(service, region="us-east-1"):
        return boto3.session.Session().client(service, region_name=region, endpoint_url=moto,
                                              aws_access_key_id="test", aws_secret_access_key="test")
    return client


def ask(moto, action, *types, home, **variables):
    """What our own client makes of an answer, as JSON: `answer` and `bad_rows`, or an `error`."""
    program = os.environ.get("ASK_AWS")
    if not program:
        pytest.skip("ASK_AWS names no program")
    done = subprocess.run([program, action, *types], text=True, capture_output=True, timeout=120, env={
        "PATH": os.environ["PATH"], "HOME": str(home), **in_lab(moto), "AWS_MAX_ATTEMPTS": "1", **variables})
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def rows(moto, tmp_path):
    def read(action, *types, **variables):
        answer = ask(moto, action, *types, home=tmp_path, **variables)
        assert "error" not in answer, answer
        assert answer["bad_rows"] == 0
        return answer["answer"]
    return read


def in_order(rows):
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))


def test_regions_and_which_of_them_are_enabled(rows, boto):
    theirs = boto("ec2").describe_regions(AllRegions=True)["Regions"]
    assert in_order(rows("DescribeRegions")) == in_order(
        {"region": one["RegionName"], "is_enabled": one["OptInStatus"] != "not-opted-in"} for one in theirs)


@pytest.mark.parametrize("region", ["us-east-1", "sa-east-1", "us-west-2"])
def test_zones(rows, boto, region):
    theirs = boto("ec2", region).describe_availability_zones()["AvailabilityZones"]
    assert in_order(rows("DescribeAvailabilityZones", AWS_REGION=region)) == in_order(
        {"region": one["RegionName"], "id": one["ZoneId"], "name": one["ZoneName"]} for one in theirs)


def test_instance_types(rows, boto):
    theirs = boto("ec2").describe_instance_types()["InstanceTypes"]
    assert len(theirs) > 500
    assert in_order(rows("DescribeInstanceTypes")) == in_order(
        {"type": one["InstanceType"], "vcpus": one["VCpuInfo"]["DefaultVCpus"],
         "memory_mib": one["MemoryInfo"]["SizeInMiB"],
         "architectures": one["ProcessorInfo"]["SupportedArchitectures"],
         "gpus": sum(gpu["Count"] for gpu in one.get("GpuInfo", {}).get("Gpus", [])),
         "is_bare_metal": one["BareMetal"], "is_current_generation": one["CurrentGeneration"],
         "offered_as_spot": "spot" in one["SupportedUsageClasses"]} for one in theirs)


def test_offerings(rows, boto):
    theirs = boto("ec2").describe_instance_type_offerings(LocationType="availability-zone-id")
    theirs = theirs["InstanceTypeOfferings"]
    assert len(theirs) > 1000
    assert in_order(rows("DescribeInstanceTypeOfferings")) == in_order(
        {"type": one["InstanceType"], "zone": one["Location"]} for one in theirs)


def test_spot_prices(rows, boto):
    theirs = boto("ec2").describe_spot_price_history(InstanceTypes=["m5.large", "c5.large"])["SpotPriceHistory"]
    assert len(theirs) > 5
    assert in_order(rows("DescribeSpotPriceHistory", "m5.large", "c5.large")) == in_order(
        {"type": one["InstanceType"], "zone_name": one["AvailabilityZone"],
         "zone_id": one.get("AvailabilityZoneId", ""), "product": one["ProductDescription"],
         "price": f"{float(one['SpotPrice']):.6f}", "at": one["Timestamp"].strftime("%Y-%m-%dT%H:%M:%SZ")}
        for one in theirs)


def test_who_is_calling(rows, boto):
    theirs = boto("sts").get_caller_identity()
    assert rows("GetCallerIdentity") == {"account": theirs["Account"], "arn": theirs["Arn"]}


ROLES = """[profile base]
aws_access_key_id = test
aws_secret_access_key = test
[profile role]
role_arn = arn:aws:iam::123456789012:role/r
source_profile = base
role_session_name = spotvane
external_id = someone
[profile visitor]
role_arn = arn:aws:iam::123456789012:role/v
web_identity_token_file = {token}
role_session_name = spotvane
"""


@pytest.mark.parametrize("profile", ["role", "visitor"])
def test_who_a_role_makes_of_the_caller(moto, tmp_path, monkeypatch, profile):
    (tmp_path / "token").write_text("a.b.c")
    config = tmp_path / "config"
    config.write_text(ROLES.format(token=tmp_path / "token"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto)
    theirs = boto3.session.Session(profile_name=profile, region_name="us-east-1").client("sts").get_caller_identity()
    ours = ask(moto, "GetCallerIdentity", home=tmp_path, AWS_CONFIG_FILE=str(config), AWS_PROFILE=profile,
               AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    assert ours.get("answer") == {"account": theirs["Account"], "arn": theirs["Arn"]}, ours
    assert theirs["Arn"].endswith("/spotvane")


@pytest.mark.parametrize("action, types", [("GetSpotPlacementScores", ["m5.large"]), ("GetProducts", [])])
def test_what_moto_lacks_is_a_service_that_fails(moto, tmp_path, action, types):
    """Its page of HTML with status 500 is none of AWS's errors: worth another try, and named."""
    answer = ask(moto, action, *types, home=tmp_path)
    assert answer["error"] == "unavailable"
    assert action in answer["message"] and "500" in answer["message"]
    assert "<" not in answer["message"]


def test_a_collector_keeps_what_moto_has_and_names_what_it_lacks(moto, boto, tmp_path):
    done = spotvane("collect", "--regions", "sa-east-1", "--output", "json", home=tmp_path,
                    **in_lab(moto), AWS_MAX_ATTEMPTS="1")
    assert done.returncode == 3, done.stderr
    outcomes = {row["source"]: row["outcome"] for row in json.loads(done.stdout)["outcomes"]}
    assert outcomes == {"regions": "ok", "zones": "ok", "spot_price": "ok", "sps": "error", "on_demand_price": "error",
                        "advisor": "error"}
    query = "select instance_type, az_id, spot_price from market"
    rows = json.loads(spotvane("query", query, "--output", "json", home=tmp_path).stdout)
    offered = boto("ec2", "sa-east-1").describe_instance_type_offerings(LocationType="availability-zone-id")
    assert in_order([row["instance_type"], row["az_id"]] for row in rows) == in_order(
        [one["InstanceType"], one["Location"]] for one in offered["InstanceTypeOfferings"])
    assert {row["spot_price"] for row in rows} == {0.00001}, "the only price moto knows"


PROBES = [("spot-request", 3), ("run-instances", 1), ("create-fleet", 2)]


def leftovers(ec2):
    """What of our probes costs money or would, by what moto says."""
    ours = [{"Name": "tag-key", "Values": ["spotvane:probe"]}]
    requests = ec2.describe_spot_instance_requests(Filters=ours)["SpotInstanceRequests"]
    ids = [one["InstanceId"] for one in requests if "InstanceId" in one]
    found = ec2.describe_instances(Filters=ours)["Reservations"]
    found += ec2.describe_instances(InstanceIds=ids)["Reservations"] if ids else []
    return ([one["InstanceId"] for group in found for one in group["Instances"] if one["State"]["Name"] != "terminated"]
            + [one["SpotInstanceRequestId"] for one in requests if one["State"] in ("open", "active")]
            + [one["LaunchTemplateId"] for one in ec2.describe_launch_templates(Filters=ours)["LaunchTemplates"]])


def test_a_probe_goes_all_its_way_and_leaves_nothing(moto, boto, tmp_path):
    """Moto's instances are ready at once, never interrupted and visible immediately: of waiting it shows nothing. It runs
    MinCount instances where AWS runs up to MaxCount, and knows no prices, so that the user must name the most to pay."""
    def probe(via, count):
        return spotvane("probe", "run", "m5.large@us-east-1", "--count", str(count), "--via", via, "--interval", "1s",
                        "--max-price", "0.05", "--output", "json", home=homes[via], **in_lab(moto), AWS_MAX_ATTEMPTS="1")

    homes = {via: tmp_path / via for via, _ in PROBES}
    for home in homes.values():
        home.mkdir()
    # Each waits for a minute without news: side by side.
    with concurrent.futures.ThreadPoolExecutor(len(PROBES)) as pool:
        runs = list(pool.map(lambda one: probe(*one), PROBES))
    for (via, count), done in zip(PROBES, runs):
        assert done.returncode == 0, done.stderr
        assert "greatest cost: $" in done.stderr
        answer = json.loads(done.stdout)
        assert [(row["outcome"], row["fulfilled"], row["ready"], row["left_in_aws"]) for row in answer["probes"]] == [
            ("all-ready", count, count, "nothing")], via
        assert answer["pools"][0]["fulfilled_share"] == 1
    assert leftovers(boto("ec2")) == []


def test_a_probe_without_a_known_price_is_not_begun(moto, tmp_path):
    done = spotvane("probe", "run", "m5.large@us-east-1", home=tmp_path, **in_lab(moto), AWS_MAX_ATTEMPTS="1")
    assert done.returncode == 1
    assert "nothing bounds its cost" in done.stderr and "--max-price" in done.stderr


def test_the_catalog_knows_what_boots_a_type(moto, boto, tmp_path):
    done = spotvane("catalog", "sync", "--regions", "us-east-1", home=tmp_path, **in_lab(moto), AWS_MAX_ATTEMPTS="1")
    assert done.returncode == 3, done.stderr  # moto knows no prices
    path = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
    image = boto("ssm").get_parameter(Name=path)["Parameter"]["Value"]
    assert spotvane("catalog", "ami", "us-east-1", "t4g.nano", home=tmp_path).stdout == image + "\n"
    unknown = spotvane("catalog", "ami", "us-east-1", "t4g.nanoo", home=tmp_path)
    assert unknown.returncode == 1 and "'t4g.nanoo' is not offered in 'us-east-1'" in unknown.stderr
