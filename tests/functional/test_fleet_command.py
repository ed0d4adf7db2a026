"""`spotvane fleet`: fleets of both kinds, spread over the pools of the availability view, in the lab and in moto."""
import json

import boto3
import pytest

from binary import in_lab, spotvane
from conftest import MIDNIGHT
from place import Place

REGION = "sa-east-1"


class Region(Place):
    """A lab with a launch template in the region that the home knows."""

    def __init__(self, lab, home):
        super().__init__(lab)
        self.home = home
        self.ec2 = lab.client("ec2", region=REGION)
        image = lab.client("ssm", region=REGION).get_parameter(
            Name="/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64")["Parameter"]["Value"]
        self.ec2.create_launch_template(LaunchTemplateName="hosts", LaunchTemplateData={
            "ImageId": image, "InstanceType": "m5.large"})
        self.advance("5s")

    def fleet(self, *arguments, code=0):
        done = spotvane("fleet", *arguments, "--output", "json", home=self.home,
                        **{**in_lab(self.lab.address), "AWS_REGION": REGION})
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout) if code == 0 else done.stderr

    def create(self, *options, target=24):
        return self.fleet("create", "--target", str(target), "--launch-template", "hosts", *options)

    def filled(self, id):
        for _ in range(60):
            shown = self.fleet("show", id)
            running = sum(one["weight"] for one in shown["instances"])
            if shown["state"] == "active" and shown["lacking"] == 0 and running >= shown["target"]:
                return shown
            self.advance("10s")
        raise AssertionError(shown)


@pytest.fixture
def region(start_lab, collected_home):
    return Region(start_lab("--speed", "step", "--start", MIDNIGHT), collected_home)


@pytest.mark.parametrize("kind, prefix", [("ec2-fleet", "fleet-"), ("spot-fleet", "sfr-")])
def test_a_fleet_is_created_shown_scaled_and_cancelled(region, kind, prefix):
    made = region.create("--kind", kind, "--min-vcpu", "2", "--max-vcpu", "4", "--pools", "6")
    assert made["id"].startswith(prefix) and made["region"] == REGION and len(made["pools"]) == 6
    # Spread: no more than half of them in a zone or of a family, weighed by their vCPUs.
    for key in (lambda one: one["az_id"], lambda one: one["instance_type"].split(".")[0]):
        kinds = [key(one) for one in made["pools"]]
        assert max(kinds.count(each) for each in kinds) <= 3
    assert {one["weight"] for one in made["pools"]} <= {2, 4}
    ranks = [one["availability"] for one in made["pools"]]
    assert ranks == sorted(ranks, reverse=True) and made["expected_usd_per_hour"] > 0
    assert all(one["why"] for one in made["passed_over"])

    shown = region.filled(made["id"])
    assert (shown["target"], shown["type"], shown["strategy"]) == (24, "maintain", "diversified")
    assert len(shown["pools"]) == 6
    assert len({one["instance_type"] for one in shown["instances"]}) > 1
    assert made["id"] in [one["id"] for one in region.fleet("show")]

    scaled = region.fleet("scale", made["id"], "--target", "32")
    assert (scaled["target_before"], scaled["target"], scaled["scaled"]) == (24, 32, True)
    assert region.filled(made["id"])["target"] == 32
    region.fleet("scale", made["id"], "--target", "8")
    region.advance("1m")
    assert region.fleet("show", made["id"])["fulfilled"] < 16

    assert region.fleet("cancel", made["id"])["cancelled"]
    region.advance("3m")
    assert region.audit()["left"]["instances"] == [] and region.audit()["left"]["fleets"] == []
    assert "no fleet's ID" in region.fleet("show", "nonsense", code=2)
    assert "InvalidSpotFleetRequestId.NotFound" in region.fleet("cancel", "sfr-" + "0" * 36, code=1)


def test_a_fleet_takes_the_pools_that_are_named_and_a_dry_run_takes_nothing(region):
    zones = sorted(one["ZoneName"] for one in region.ec2.describe_availability_zones()["AvailabilityZones"])
    pools = ["--pool", f"m5.large@{zones[0]}=3,c5.large@{zones[1]}", "--pool", "m5.xlarge"]
    dry = region.create(*pools, "--dry-run")
    assert dry["id"] is None and region.fleet("show") == []
    assert [(one["instance_type"], one["az_name"], one["weight"]) for one in dry["pools"]] == [
        ("m5.large", zones[0], 3), ("c5.large", zones[1], 2), ("m5.xlarge", None, 4)]
    made = region.create(*pools, "--units", "instances", "--on-demand", "1", target=5)
    shown = region.filled(made["id"])
    assert shown["on_demand"] == 1 and [one["weight"] for one in shown["pools"]] == [3, 1, 1]
    assert "scaled" in region.fleet("scale", made["id"], "--target", "9", "--dry-run")
    assert region.fleet("show", made["id"])["target"] == 5
    region.fleet("cancel", made["id"], "--keep-instances")
    region.advance("3m")
    assert region.audit()["live"]["instances"] == region.audit()["ever"]["instances"]


@pytest.mark.parametrize("options, complaint", [
    (["--pool", "m5"], "names no pool"),
    (["--pool", "m5.large@sa-east-1z"], "no zone 'sa-east-1z'"),
    (["--pool", "m5.huge"], "no instance type 'm5.huge'"),
    (["--pool", "m5.large=0"], "the weight must be"),
    (["--on-demand", "99"], "no more '--on-demand'"),
    (["--type", "^nothing$"], "no pool of 'sa-east-1' fits"),
])
def test_it_says_what_is_wrong_with_a_fleet(region, options, complaint):
    done = spotvane("fleet", "create", "--target", "4", "--launch-template", "hosts", *options, home=region.home,
                    **{**in_lab(region.lab.address), "AWS_REGION": REGION})
    assert done.returncode in (1, 2) and complaint in done.stderr and region.fleet("show") == []


def test_a_spot_fleet_of_motos_is_created_and_cancelled(moto, tmp_path):
    keys = dict(region_name="us-east-1", endpoint_url=moto, aws_access_key_id="test", aws_secret_access_key="test")
    ec2 = boto3.client("ec2", **keys)
    image = ec2.describe_images()["Images"][0]["ImageId"]
    ec2.create_launch_template(LaunchTemplateName="fleet-command", LaunchTemplateData={"ImageId": image})

    def fleet(*arguments):
        done = spotvane("fleet", *arguments, "--output", "json", home=tmp_path, **in_lab(moto))
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    made = fleet("create", "--kind", "spot-fleet", "--target", "4", "--launch-template", "fleet-command",
                 "--pool", "m5.large@us-east-1a", "--strategy", "capacity-optimized")
    assert fleet("show", made["id"])["target"] == 4
    assert fleet("cancel", made["id"])["cancelled"]


def test_the_controller_steps_a_fleets_target_while_an_alarm_lasts(region):
    id = region.create("--pool", "m5.large", target=8)["id"]
    region.filled(id)
    sns, sqs, watch = (region.lab.client(each, region=REGION) for each in ("sns", "sqs", "cloudwatch"))
    queue = sqs.create_queue(QueueName="alarms")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic = sns.create_topic(Name="alarms")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    watch.put_metric_alarm(
        AlarmName="busy", Namespace="Ours", MetricName="Jobs", Statistic="Maximum", Period=60, EvaluationPeriods=1,
        Threshold=5, ComparisonOperator="GreaterThanThreshold", TreatMissingData="ignore", AlarmActions=[topic])

    def control(step):
        done = spotvane(
            "controller", "--queue", queue, "--until-empty", home=region.home, **{
                **in_lab(region.lab.address), "AWS_REGION": REGION, "SPOTVANE_GUARD_RULES":
                f'region = "{REGION}"\n[[scale]]\nfleet = "{id}"\nalarm = "busy"\nstep = {step}\nmost = 20\nleast = 8\n'})
        assert done.returncode == 0, done.stderr
        return done.stdout

    watch.set_alarm_state(AlarmName="busy", StateValue="ALARM", StateReason="a test's")
    region.advance("2s")
    assert f"scale {id}: step" in control(8) and region.fleet("show", id)["target"] == 16
    watch.set_alarm_state(AlarmName="busy", StateValue="OK", StateReason="a test's")
    watch.set_alarm_state(AlarmName="busy", StateValue="ALARM", StateReason="a test's")
    region.advance("2s")
    assert f"scale {id}: cooldown" in control(8) and region.fleet("show", id)["target"] == 16
    region.advance("6m")
    watch.set_alarm_state(AlarmName="busy", StateValue="OK", StateReason="a test's")
    watch.set_alarm_state(AlarmName="busy", StateValue="ALARM", StateReason="a test's")
    region.advance("2s")
    control(8)
    assert region.fleet("show", id)["target"] == 20

    for rules, complaint in (("step = 0", "'step' has a value"), ("", "it needs 'alarm', 'fleet' and either 'step'")):
        done = spotvane("controller", "--queue", queue, "--until-empty", home=region.home, SPOTVANE_GUARD_RULES=
                        f'region = "x"\n[[scale]]\nfleet = "{id}"\nalarm = "busy"\n{rules}')
        assert done.returncode == 2 and complaint in done.stderr
