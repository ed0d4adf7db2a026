"""The real controller against moto's SQS, ECS, Auto Scaling, Spot Fleet and CloudWatch, and as AWS Lambda runs it."""
import http.server
import json
import os
import pathlib
import platform
import queue
import socket
import subprocess
import threading
import urllib.error
import urllib.request

import boto3
import pytest

from binary import BINARY, in_lab, spotvane
from conftest import START
from fleet_of_hosts import Hosts

PACKAGING = pathlib.Path(__file__).parents[2] / "packaging"


@pytest.fixture(scope="module")
def aws(moto):
    def client(service):
        return boto3.session.Session().client(service, region_name="us-east-1", endpoint_url=moto,
                                              aws_access_key_id="test", aws_secret_access_key="test")
    return client


class Site:
    """A cluster on a Spot Fleet, a group that stands in for it, and a queue."""

    def __init__(self, aws, name, hosts=3):
        self.aws, self.name = aws, name
        ec2, ecs, scaling = aws("ec2"), aws("ecs"), aws("autoscaling")
        image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
        self.fleet = ec2.request_spot_fleet(SpotFleetRequestConfig={
            "IamFleetRole": "arn:aws:iam::123456789012:role/fleet", "TargetCapacity": hosts * 2, "SpotPrice": "1",
            "AllocationStrategy": "lowestPrice", "LaunchSpecifications": [
                {"ImageId": image, "InstanceType": "m5.large", "WeightedCapacity": 2.0, "SubnetId": self.subnet()}]})[
                    "SpotFleetRequestId"]
        instances = ec2.describe_spot_fleet_instances(SpotFleetRequestId=self.fleet)["ActiveInstances"]
        self.instances = [one["InstanceId"] for one in instances]
        ecs.create_cluster(clusterName=name)
        self.containers = {instance: ecs.register_container_instance(
            cluster=name, instanceIdentityDocument=json.dumps({"instanceId": instance}))[
                "containerInstance"]["containerInstanceArn"] for instance in self.instances}
        template = ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData={
            "ImageId": image, "InstanceType": "m5.large"})["LaunchTemplate"]["LaunchTemplateId"]
        scaling.create_auto_scaling_group(
            AutoScalingGroupName=name, MinSize=0, MaxSize=5, DesiredCapacity=0, AvailabilityZones=["us-east-1a"],
            LaunchTemplate={"LaunchTemplateId": template, "Version": "$Latest"})
        self.queue = aws("sqs").create_queue(QueueName=name)["QueueUrl"]

    def subnet(self):
        return self.aws("ec2").describe_subnets()["Subnets"][0]["SubnetId"]

    def rules(self, **more):
        lines = ['region = "us-east-1"', f'clusters = ["{self.name}"]', "[[fleet]]", f'id = "{self.fleet}"',
                 f'group = "{self.name}"', "units_per_server = 2"]
        return "\n".join(lines + [f"{key} = {json.dumps(value)}" for key, value in more.items()])

    def send(self, message):
        self.aws("sqs").send_message(QueueUrl=self.queue,
                                     MessageBody=message if isinstance(message, str) else json.dumps(message))

    def notice(self, instance):
        return {"terminationNotificiation": "true", "instanceId": instance, "instanceType": "m5.large",
                "ecsCluster": self.name, "ecsContainer": self.containers[instance], "eventId": "e"}

    def draining(self):
        described = self.aws("ecs").describe_container_instances(
            cluster=self.name, containerInstances=list(self.containers.values()))["containerInstances"]
        return {one["containerInstanceArn"] for one in described if one["status"] == "DRAINING"}

    def desired(self):
        return self.aws("autoscaling").describe_auto_scaling_groups(
            AutoScalingGroupNames=[self.name])["AutoScalingGroups"][0]["DesiredCapacity"]

    def left(self):
        counts = self.aws("sqs").get_queue_attributes(QueueUrl=self.queue, AttributeNames=["All"])["Attributes"]
        return int(counts["ApproximateNumberOfMessages"]) + int(counts["ApproximateNumberOfMessagesNotVisible"])


@pytest.fixture
def site(aws, request):
    return Site(aws, request.node.name.replace("_", "-").replace("[", "-").replace("]", ""))


def warning(instance):
    return {"detail-type": "EC2 Spot Instance Interruption Warning", "region": "us-east-1",
            "time": "2026-08-01T12:00:00Z", "detail": {"instance-id": instance, "instance-action": "terminate"}}


def control(site, moto, home, *options, rules=None):
    return spotvane("controller", "--queue", site.queue, "--until-empty", *options, home=home,
                    SPOTVANE_GUARD_RULES=site.rules() if rules is None else rules, **in_lab(moto))


def test_it_drains_hosts_and_fills_the_gap(site, moto, tmp_path):
    first, second = site.instances[:2]
    for message in (site.notice(first), warning(first), {"Type": "Notification", "Message": json.dumps(warning(second))},
                    "poison", {"fleetID": site.fleet}, {"Event": "autoscaling:TEST_NOTIFICATION"}):
        site.send(message)
    done = control(site, moto, tmp_path)
    assert done.returncode == 0, done.stderr
    assert site.draining() == {site.containers[first], site.containers[second]}
    assert site.desired() == 2 and site.left() == 0
    assert "2 hosts drained" in done.stderr and "1 messages set aside" in done.stderr

    decisions = json.loads(spotvane("controller", "log", "--output", "json", home=tmp_path).stdout)
    outcomes = {(one["what"], one["outcome"]) for one in decisions}
    assert {("drain", "draining"), ("size", "raise"), ("set-aside", "no-event")} <= outcomes
    raised = json.loads(next(one["inputs"] for one in decisions if one["outcome"] == "raise"))
    assert raised["target"] == 6 and raised["group"]["max"] == 5

    # Told again by somebody else: nothing is done twice.
    site.send(site.notice(first))
    done = control(site, moto, tmp_path)
    assert "0 hosts drained, 0 groups resized" in done.stderr and site.desired() == 2


def test_it_changes_nothing_on_a_dry_run(site, moto, tmp_path):
    site.send(site.notice(site.instances[0]))
    done = control(site, moto, tmp_path, "--dry-run")
    assert done.returncode == 0 and "would-drain" in done.stdout and "would-raise" in done.stdout
    assert not site.draining() and site.desired() == 0


def test_it_names_unknown_clusters_fleets_and_groups(site, moto, tmp_path):
    site.send({**site.notice(site.instances[0]), "ecsCluster": "none"})
    site.send({"fleetID": "sfr-00000000-0000-0000-0000-000000000000"})
    done = control(site, moto, tmp_path, rules=site.rules().replace(f'group = "{site.name}"', 'group = "none"'))
    assert done.returncode == 0, done.stderr
    for outcome in ("unknown-cluster", "unknown-fleet", "group-unknown"):
        assert outcome in done.stdout
    assert site.left() == 0


@pytest.mark.parametrize("rules, complaint", [
    ("fleet = 3", "'fleet' has a value that makes no sense"),
    ("[[fleet]]\nid = 'sfr-1'\n", "a fleet needs 'id', and 'region'"),
    ("regoin = 'x'", "unknown key 'regoin'"),
    ("[[fleet]]\nid = 'sfr-1'\nregion = 'x'\nunits_per_server = 0", "'units_per_server' has a value"),
    ("[[", "line 1"),
])
def test_it_refuses_rules_that_make_no_sense(tmp_path, rules, complaint):
    done = spotvane("controller", "--queue", "http://127.0.0.1:1/q", home=tmp_path, SPOTVANE_GUARD_RULES=rules)
    assert done.returncode == 2 and complaint in done.stderr, done.stderr


def test_it_wants_one_source_of_events(tmp_path):
    for options in ([], ["--lambda", "--queue", "http://127.0.0.1:1/q"], ["--lambda"]):
        assert spotvane("controller", *options, home=tmp_path).returncode == 2


class LambdaRuntime:
    """AWS Lambda's runtime API, as documented: hands out invocations, takes answers."""

    def __init__(self):
        self.events, self.answers = queue.Queue(), queue.Queue()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def reply(self, status, body, **headers):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                assert self.path == "/2018-06-01/runtime/invocation/next"
                event = outer.events.get()
                if event is None:
                    return self.reply(500, b"{}")
                self.reply(200, json.dumps(event).encode(), Lambda_Runtime_Aws_Request_Id="id-1",
                           Lambda_Runtime_Deadline_Ms="9999999999999")

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.answers.put((self.path.removeprefix("/2018-06-01/runtime/invocation/"), body))
                self.reply(202, b'{"status":"OK"}')

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def invoke(self, event):
        self.events.put(event)
        return self.answers.get(timeout=60)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def test_it_runs_as_a_lambda_function(site, moto, tmp_path):
    runtime = LambdaRuntime()
    process = subprocess.Popen(
        [BINARY, "controller", "--lambda"], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={"HOME": str(tmp_path), "SPOTVANE_HOME": str(tmp_path), "SPOTVANE_GUARD_RULES": site.rules(),
             "AWS_LAMBDA_RUNTIME_API": runtime.address, "NO_PROXY": "127.0.0.1", **in_lab(moto)})
    try:
        instance = site.instances[0]
        by_sns = {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": json.dumps(site.notice(instance))}}]}
        assert runtime.invoke(by_sns) == ("id-1/response", b'{"handled":true}')
        assert site.draining() == {site.containers[instance]} and site.desired() == 1
        by_queue = {"Records": [{"messageId": "m", "body": json.dumps(warning(site.instances[1]))}]}
        assert runtime.invoke(by_queue)[0] == "id-1/response"
        assert len(site.draining()) == 2 and site.desired() == 2
        assert runtime.invoke(["no event"])[0] == "id-1/response"  # set aside: to hand it out again would not help
        runtime.events.put(None)
        decided, said = process.communicate(timeout=20)
        assert process.returncode == 1 and "runtime API answered with status 500" in said
        # Whether its host will drain in time is said before the function has answered, and may be stopped.
        assert decided.count("preflight i-") == 2, decided
    finally:
        process.kill()
        process.wait()
        runtime.stop()


def test_it_runs_under_awss_own_emulator_of_lambda(site, moto, tmp_path):
    machine = platform.machine().replace("aarch64", "arm64")
    emulator = PACKAGING.parent / f"build/deps/rie/samcli/local/rapid/aws-lambda-rie-{machine}"
    bootstrap = tmp_path / "bootstrap"
    bootstrap.write_text(f"#!/bin/sh\nexec {BINARY} controller --lambda\n")
    bootstrap.chmod(0o755)
    ports = [free_port(), free_port()]
    process = subprocess.Popen(
        [emulator, "--runtime-interface-emulator-address", f"127.0.0.1:{ports[0]}",
         "--runtime-api-address", f"127.0.0.1:{ports[1]}", bootstrap, "handler"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "SPOTVANE_HOME": str(tmp_path), "NO_PROXY": "127.0.0.1",
             "SPOTVANE_GUARD_RULES": site.rules(), **in_lab(moto)})

    def invoke(event):
        request = urllib.request.Request(
            f"http://127.0.0.1:{ports[0]}/2015-03-31/functions/function/invocations", data=json.dumps(event).encode())
        for _ in range(100):  # until it listens
            try:
                return json.loads(urllib.request.urlopen(request, timeout=60).read())
            except ConnectionError:
                threading.Event().wait(0.1)
            except urllib.error.URLError as error:
                if not isinstance(error.reason, ConnectionError):
                    raise
                threading.Event().wait(0.1)
        raise AssertionError("the emulator does not listen")

    try:
        instance = site.instances[0]
        assert invoke({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": json.dumps(site.notice(instance))}}]}) == {
            "handled": True}
        assert site.draining() == {site.containers[instance]} and site.desired() == 1
        assert invoke(["no event"]) == {"handled": True}
    finally:
        process.terminate()
        said, _ = process.communicate(timeout=20)
    assert f"preflight {instance}" in said and "INIT RTDONE(status: success)" in said


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def test_the_cloudformation_template_and_policies_are_sound():
    lint = pathlib.Path(__import__("sys").executable).parent / "cfn-lint"
    done = subprocess.run([lint, PACKAGING / "cloudformation/guard.yaml"], text=True, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    for policy in (PACKAGING / "iam").glob("*.json"):
        for statement in json.loads(policy.read_text())["Statement"]:
            assert statement["Effect"] == "Allow" and all(":" in action for action in statement["Action"])
            # Descriptions alone are of everything, and of hosts those of one cluster.
            if statement["Resource"] == "*" and "Condition" not in statement:
                assert all(action.split(":")[1].startswith(("Describe", "Get")) for action in statement["Action"])


def fleet_of_two(hosts):
    hosts.template()
    return hosts.ec2.request_spot_fleet(SpotFleetRequestConfig={
        "IamFleetRole": "arn:aws:iam::123456789012:role/fleet", "TargetCapacity": 2, "LaunchTemplateConfigs": [{
            "LaunchTemplateSpecification": {"LaunchTemplateName": "hosts", "Version": "1"},
            "Overrides": [{"InstanceType": "m5.large"}]}]})["SpotFleetRequestId"]


@pytest.mark.parametrize("action, fault", [
    ("UpdateContainerInstancesState", "ecs:UpdateContainerInstancesState"),
    ("SetDesiredCapacity", "autoscaling:SetDesiredCapacity"),
    ("ModifySpotFleetRequest", "ec2:ModifySpotFleetRequest"),
])
def test_it_names_the_iam_action_it_lacks(start_lab, tmp_path, action, fault):
    hosts = Hosts(start_lab("--speed", "step", "--start", START, "--seed", "5"))
    fleet = fleet_of_two(hosts)
    hosts.lab.client("autoscaling").create_auto_scaling_group(
        AutoScalingGroupName="spare", MinSize=0, MaxSize=4, AvailabilityZones=["us-east-1a"],
        LaunchTemplate={"LaunchTemplateName": "hosts", "Version": "1"})
    hosts.lab.client("cloudwatch").put_metric_alarm(
        AlarmName="busy", Namespace="Ours", MetricName="Jobs", Statistic="Maximum", Period=60, EvaluationPeriods=1,
        Threshold=5, ComparisonOperator="GreaterThanThreshold", TreatMissingData="ignore")
    hosts.step_until(lambda: len(hosts.hosts()) == 2, "10s")
    hosts.advance("3m")
    queue = hosts.lab.client("sqs").create_queue(QueueName="notices")["QueueUrl"]
    running = hosts.ec2.describe_spot_fleet_instances(SpotFleetRequestId=fleet)["ActiveInstances"]
    for message in (warning(running[0]["InstanceId"]), {"AlarmName": "busy", "NewStateValue": "ALARM"}):
        hosts.lab.client("sqs").send_message(QueueUrl=queue, MessageBody=json.dumps(message))
    hosts.lab.client("cloudwatch").set_alarm_state(AlarmName="busy", StateValue="ALARM", StateReason="a test's")
    hosts.lab.order("faults", {"rules": [{"kind": "deny", "action": action, "probability": 1.0}]})
    rules = (f'region = "us-east-1"\nclusters = ["prod"]\n[[fleet]]\nid = "{fleet}"\ngroup = "spare"\n'
             f'[[scale]]\nfleet = "{fleet}"\nalarm = "busy"\nstep = 2\n')
    done = spotvane("controller", "--queue", queue, "--until-empty", home=tmp_path, SPOTVANE_GUARD_RULES=rules,
                    **in_lab(hosts.lab.address))
    assert done.returncode == 0, done.stderr
    failed = [line for line in done.stdout.splitlines() if ": failed" in line]
    assert failed and fault in failed[0], done.stdout


def test_a_fleet_steps_by_how_far_the_alarms_metric_is(start_lab, tmp_path):
    hosts = Hosts(start_lab("--speed", "step", "--start", START, "--seed", "5"))
    fleet = fleet_of_two(hosts)
    metrics = hosts.lab.client("cloudwatch")
    metrics.put_metric_alarm(
        AlarmName="busy", Namespace="Ours", MetricName="Jobs", Statistic="Maximum", Period=60, EvaluationPeriods=1,
        Dimensions=[{"Name": "Queue", "Value": "q"}], Threshold=50, ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="ignore")
    queue = hosts.lab.client("sqs").create_queue(QueueName="notices")["QueueUrl"]
    rules = (f'region = "us-east-1"\n[[scale]]\nfleet = "{fleet}"\nalarm = "busy"\nmost = 40\ncooldown = "5m"\n'
             'steps = [{ lower = 0, upper = 20, adjustment = 4 }, { lower = 20, adjustment = 10 }]\n')

    def step(value):
        metrics.put_metric_data(Namespace="Ours", MetricData=[
            {"MetricName": "Jobs", "Value": value, "Dimensions": [{"Name": "Queue", "Value": "q"}]}])
        hosts.advance("2m")
        metrics.set_alarm_state(AlarmName="busy", StateValue="ALARM", StateReason="a test's")
        hosts.lab.client("sqs").send_message(
            QueueUrl=queue, MessageBody=json.dumps({"AlarmName": "busy", "NewStateValue": "ALARM"}))
        done = spotvane("controller", "--queue", queue, "--until-empty", home=tmp_path, SPOTVANE_GUARD_RULES=rules,
                        **in_lab(hosts.lab.address))
        assert done.returncode == 0, done.stderr
        (described,) = hosts.ec2.describe_spot_fleet_requests(SpotFleetRequestIds=[fleet])["SpotFleetRequestConfigs"]
        return described["SpotFleetRequestConfig"]["TargetCapacity"]

    assert step(60) == 6
    assert step(80) == 12, "within the cooldown only what is still missing of ten"
    log = spotvane("controller", "log", home=tmp_path).stdout
    assert '"value":80.0' in log and '"threshold":50.0' in log

    for wrong in ("steps = [{ lower = 0, upper = 20, adjustment = 4 }, { lower = 30, adjustment = 10 }]", "steps = []",
                  "steps = [{ lower = 0 , adjustmnt = 4 }]"):
        refused = spotvane("controller", "--queue", queue, home=tmp_path, SPOTVANE_GUARD_RULES=(
            f'region = "us-east-1"\n[[scale]]\nfleet = "f"\nalarm = "busy"\n{wrong}\n'), **in_lab(hosts.lab.address))
        assert refused.returncode == 2, wrong
