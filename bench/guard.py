#!/usr/bin/env python3
"""From the notice in the instance's metadata to the call that drains its host, by real agents; what an agent costs; and
from the notice to the Auto Scaling group's new desired capacity, by agents, a queue and a controller.

usage: bench/guard.py [AGENT] [--agents N] [--trials N] [--capacity-trials N] [--spotvane PROGRAM]

For the former metadata, the ECS agent and ECS are served by this program, so that what is measured is the agent and
nothing else. One agent is told of an interruption at a random moment of its second, again and again; then many are told
at once. The latter runs against `spotvane lab` at the speed of the wall's clock, and needs boto3 (build/deps/venv).
"""
import argparse
import http.server
import json
import os
import pathlib
import random
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Cloud:
    """Metadata below /imds/I-ID, the ECS agent's word below /ecs/I-ID, and ECS at /."""

    def __init__(self):
        self.told = {}     # instance: when the notice stood in its metadata
        self.drained = {}  # container instance: when it was asked to drain, each time
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 65536

            def reply(self, status, text):
                body = text.encode()
                self.send_response_only(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_PUT(self):
                self.reply(200, "token")

            def do_GET(self):
                _, service, instance, path = self.path.split("/", 3)
                if service == "ecs":
                    return self.reply(200, json.dumps({"Cluster": "c", "ContainerInstanceArn": f"arn/{instance}"}))
                text = outer.metadata(instance, path.removeprefix("latest/"))
                self.reply(404 if text is None else 200, text or "")

            def do_POST(self):
                call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if self.headers["X-Amz-Target"].endswith("UpdateContainerInstancesState"):
                    outer.drained.setdefault(call["containerInstances"][0], []).append(time.monotonic())
                    return self.reply(200, json.dumps({"containerInstances": [{"status": "DRAINING"}], "failures": []}))
                self.reply(200, "{}")

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 512

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def metadata(self, instance, path):
        if path == "dynamic/instance-identity/document":
            return json.dumps({"instanceId": instance, "instanceType": "m5.large", "region": "us-east-1",
                               "availabilityZone": "us-east-1a"})
        if path == "meta-data/spot/instance-action" and instance in self.told:
            return json.dumps({"action": "terminate", "time": self.ends})
        return None

    ends = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 120))

    def agent(self, program, instance):
        return subprocess.Popen(
            [program, "--ecs-drain", "--ecs-endpoint", f"{self.address}/ecs/{instance}"], stderr=subprocess.DEVNULL,
            env={"AWS_EC2_METADATA_SERVICE_ENDPOINT": f"{self.address}/imds/{instance}", "AWS_ENDPOINT_URL": self.address,
                 "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"})

    def tell(self, instances):
        now = time.monotonic()
        for instance in instances:
            self.told[instance] = now

    def latencies(self, instances, patience=30):
        end = time.monotonic() + patience
        while any(f"arn/{one}" not in self.drained for one in instances) and time.monotonic() < end:
            threading.Event().wait(0.01)
        return sorted(self.drained[f"arn/{one}"][0] - self.told[one] for one in instances if f"arn/{one}" in self.drained)


class LabScene:
    """A Spot Fleet of the lab with a group that stands in, and what a trial starts; all ended with it."""

    RULES = 'region = "us-east-1"\nclusters = ["none"]\n[[fleet]]\nid = "{}"\ngroup = "stand-in"\n'

    def __init__(self, spotvane, home, instances):
        import boto3  # of build/deps/venv; the rest of this program does without it

        self.running = []
        lab = self.start([spotvane, "lab", "--port", "0", "--speed", "1", "--quiet"], stdout=subprocess.PIPE, text=True)
        self.address = lab.stdout.readline().split()[-1]
        self.keys = {"AWS_ENDPOINT_URL": self.address, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
                     "AWS_REGION": "us-east-1", "HOME": str(home), "SPOTVANE_HOME": str(home)}

        def client(service):
            return boto3.client(service, region_name="us-east-1", endpoint_url=self.address, aws_access_key_id="test",
                                aws_secret_access_key="test")

        ec2, self.scaling = client("ec2"), client("autoscaling")
        image = client("ssm").get_parameter(
            Name="/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64")["Parameter"]["Value"]
        ec2.create_launch_template(LaunchTemplateName="hosts", LaunchTemplateData={
            "ImageId": image, "InstanceType": "m5.large"})
        self.order("clock", {"advance": "10s"})
        template = {"LaunchTemplateName": "hosts", "Version": "1"}
        self.fleet = ec2.request_spot_fleet(SpotFleetRequestConfig={
            "IamFleetRole": "arn:aws:iam::123456789012:role/fleet", "TargetCapacity": instances,
            "AllocationStrategy": "diversified", "LaunchTemplateConfigs": [{
                "LaunchTemplateSpecification": template,
                "Overrides": [{"InstanceType": one} for one in ("m5.large", "c5.large", "r5.large", "m6i.large")]}],
        })["SpotFleetRequestId"]
        self.scaling.create_auto_scaling_group(
            AutoScalingGroupName="stand-in", MinSize=0, MaxSize=10 * instances, AvailabilityZones=["us-east-1a"],
            LaunchTemplate=template)
        self.queue = client("sqs").create_queue(QueueName="notices")["QueueUrl"]
        for _ in range(40):
            self.order("clock", {"advance": "30s"})
            self.instances = [one["InstanceId"] for one in ec2.describe_spot_fleet_instances(
                SpotFleetRequestId=self.fleet)["ActiveInstances"]]
        self.start([spotvane, "controller", "--queue", self.queue, "--quiet"], stdout=subprocess.DEVNULL,
                   env={**self.keys, "SPOTVANE_GUARD_RULES": self.RULES.format(self.fleet)})

    def start(self, command, **more):
        self.running.append(subprocess.Popen(command, **more))
        return self.running[-1]

    def order(self, topic, body):
        request = urllib.request.Request(f"{self.address}/_lab/{topic}", data=json.dumps(body).encode())
        urllib.request.urlopen(request, timeout=30).read()

    def agent(self, program, instance):
        self.start([program, "--sqs-queue", self.queue], stderr=subprocess.DEVNULL, env={
            **self.keys, "AWS_EC2_METADATA_SERVICE_ENDPOINT": f"{self.address}/imds/{instance}"})

    def desired(self):
        (group,) = self.scaling.describe_auto_scaling_groups(AutoScalingGroupNames=["stand-in"])["AutoScalingGroups"]
        return group["DesiredCapacity"]

    def latency(self, instance, patience=30):
        """Seconds from the notice until the group is to have more; None where it never is."""
        before, told = self.desired(), time.monotonic()
        self.order("instances", {"interrupt": [instance]})
        while time.monotonic() < told + patience:
            if self.desired() > before:
                return time.monotonic() - told
            threading.Event().wait(0.02)
        return None

    def end(self):
        for one in reversed(self.running):
            one.terminate()
            one.wait()


def capacity(agent, spotvane, trials, draw):
    with tempfile.TemporaryDirectory() as home:
        scene = LabScene(spotvane, home, trials)
        try:
            for one in scene.instances:
                scene.agent(agent, one)
            threading.Event().wait(4)
            latencies = []
            for one in scene.instances:
                threading.Event().wait(draw.uniform(0.1, 1.1))
                latencies.append(scene.latency(one))
        finally:
            scene.end()
    good = sorted(one for one in latencies if one is not None)
    print(f"notice to desired capacity: {len(good)} of {len(latencies)} raised, p50 {statistics.median(good):.3f} s, "
          f"p99 {quantile(good, 0.99):.3f} s, slowest {good[-1]:.3f} s")


def quantile(values, share):
    return values[min(len(values) - 1, int(share * len(values)))]


def say(name, values, wanted):
    print(f"{name}: {len(values)} of {wanted} drained, p50 {statistics.median(values):.3f} s, "
          f"p99 {quantile(values, 0.99):.3f} s, slowest {values[-1]:.3f} s")


def cpu_ns(process):
    return int(pathlib.Path(f"/proc/{process.pid}/schedstat").read_text().split()[0])


def resident(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return {line.split(":")[0]: line.split()[1] for line in status.splitlines() if line.startswith(("VmRSS", "VmHWM"))}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("agent", nargs="?", default=str(ROOT / "build/release/spotvane-agent"))
    parser.add_argument("--agents", type=int, default=100)
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--capacity-trials", type=int, default=30)
    parser.add_argument("--spotvane", default=str(ROOT / "build/release/spotvane"))
    options = parser.parse_args()
    cloud = Cloud()
    draw = random.Random(1)

    # One host a trial, all watched beforehand, told one after the other: as many seconds of waiting would be wasted.
    ones = [f"i-{number:017x}" for number in range(options.trials)]
    batch = 10
    latencies = []
    for start in range(0, len(ones), batch):
        group = ones[start:start + batch]
        agents = [cloud.agent(options.agent, one) for one in group]
        threading.Event().wait(2.5)
        for one in group:
            threading.Event().wait(draw.uniform(0.1, 1.1))
            cloud.tell([one])
        latencies += cloud.latencies(group)
        for agent in agents:
            agent.terminate()
            agent.wait()
    say("one host", sorted(latencies), len(ones))

    many = [f"i-{number:017x}" for number in range(1000, 1000 + options.agents)]
    agents = [cloud.agent(options.agent, one) for one in many]
    threading.Event().wait(6)
    idle, begun = cpu_ns(agents[0]), time.monotonic()
    threading.Event().wait(10)
    share = (cpu_ns(agents[0]) - idle) / 1e9 / (time.monotonic() - begun)
    cloud.tell(many)
    say(f"{options.agents} hosts at once", cloud.latencies(many), len(many))
    twice = sum(len(times) > 1 for times in cloud.drained.values())
    print(f"drained twice: {twice}")
    print(f"an agent: {os.path.getsize(options.agent)} bytes on disk, {resident(agents[0])['VmRSS']} kB resident "
          f"(at most {resident(agents[0])['VmHWM']}), {share:.3%} of a core at a look a second")
    for agent in agents:
        agent.terminate()
        agent.wait()
    if options.capacity_trials > 0:
        capacity(options.agent, options.spotvane, options.capacity_trials, draw)


main()
