#!/usr/bin/env python3
"""From a notice in the lab's instance metadata to its being heard, by aws-node-termination-handler and by spotvane-agent,
side by side on the same instances; and what each takes of memory and CPU while nothing happens.

usage: bench/nth.py [--nth PROGRAM] [--agent PROGRAM] [--spotvane PROGRAM] [--trials N] [--idle SECONDS]

docs/guard.md says how NTH is built. It runs with --dry-run and asks Kubernetes nothing; all it needs of a cluster is a
token's file, which it gets in a mount namespace of its own (hence root). Needs boto3 (build/deps/venv).
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
IN_A_POD = """mount -t tmpfs none /run && d=/run/secrets/kubernetes.io/serviceaccount && mkdir -p $d && echo token >$d/token &&
exec "$0" "$@" """
# What each says when it has heard.
NTH_HEARD, AGENT_HEARD = "Adding new event to the event store", "spot-interruption"


class Watcher:
    """A process and the moment at which it first said something."""

    def __init__(self, command, heard, **environment):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={
            "PATH": os.environ["PATH"], **environment})
        self.heard, self.at, self.lines = heard, None, []
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        for line in self.process.stdout:
            self.lines.append(line)
            if self.heard in line and self.at is None:
                self.at = time.monotonic()

    def cpu_seconds(self):
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task")
        return sum(int((one / "schedstat").read_text().split()[0]) for one in tasks.iterdir()) / 1e9

    def memory(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return {line.split(":")[0]: int(line.split()[1]) for line in status.splitlines() if line.startswith("Vm")}

    def end(self):
        self.process.kill()
        self.process.wait()


def start_lab(spotvane, trials):
    import boto3

    lab = subprocess.Popen([spotvane, "lab", "--port", "0", "--speed", "1", "--quiet"], stdout=subprocess.PIPE, text=True)
    address = lab.stdout.readline().split()[-1]

    def client(service):
        return boto3.client(service, region_name="us-east-1", endpoint_url=address, aws_access_key_id="test",
                            aws_secret_access_key="test")

    image = client("ssm").get_parameter(
        Name="/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64")["Parameter"]["Value"]
    ids = [one["InstanceId"] for one in client("ec2").run_instances(
        ImageId=image, InstanceType="m5.large", MinCount=1, MaxCount=trials,
        InstanceMarketOptions={"MarketType": "spot"})["Instances"]]
    order(address, "clock", {"advance": "5m"})
    return lab, address, ids


def order(address, topic, body):
    request = urllib.request.Request(f"{address}/_lab/{topic}", data=json.dumps(body).encode())
    urllib.request.urlopen(request, timeout=30).read()


def watch(options, address, instance):
    imds = f"{address}/imds/{instance}"
    nth = Watcher(["unshare", "--mount", "sh", "-c", IN_A_POD, options.nth, "--node-name", "node", "--dry-run",
                   "--metadata-url", imds, "--enable-scheduled-event-draining=false"], NTH_HEARD,
                  KUBERNETES_SERVICE_HOST="127.0.0.1", KUBERNETES_SERVICE_PORT="1")
    agent = Watcher([options.agent], AGENT_HEARD, AWS_EC2_METADATA_SERVICE_ENDPOINT=imds)
    return {"aws-node-termination-handler": nth, "spotvane-agent": agent}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--nth", default=shutil.which("nth") or "nth")
    parser.add_argument("--agent", default=str(ROOT / "build/release/spotvane-agent"))
    parser.add_argument("--spotvane", default=str(ROOT / "build/release/spotvane"))
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--idle", type=float, default=20.0)
    options = parser.parse_args()
    for program in (options.nth, options.agent, options.spotvane):
        if not os.access(program, os.X_OK):
            print(f"skipped: there is no program '{program}' (docs/guard.md says how NTH is built; `make agent` builds ours)")
            return
    if os.geteuid() != 0:
        print("skipped: NTH wants a token below /var/run/secrets, which takes root (it is put into a namespace of its own)")
        return
    draw = random.Random(1)
    lab, address, instances = start_lab(options.spotvane, options.trials)
    latencies, idle = {}, {}
    try:
        for number, instance in enumerate(instances):
            watchers = watch(options, address, instance)
            threading.Event().wait(4)
            if number == 0:
                before, begun = {name: one.cpu_seconds() for name, one in watchers.items()}, time.monotonic()
                threading.Event().wait(options.idle)
                for name, one in watchers.items():
                    idle[name] = (one.cpu_seconds() - before[name]) / (time.monotonic() - begun), one.memory()
            threading.Event().wait(draw.uniform(0, 2))  # NTH looks every other second
            told = time.monotonic()
            order(address, "instances", {"interrupt": [instance]})
            end = told + 30
            while any(one.at is None for one in watchers.values()) and time.monotonic() < end:
                threading.Event().wait(0.02)
            for name, one in watchers.items():
                if one.at is None:
                    sys.exit(f"{name} heard nothing:\n{''.join(one.lines[-20:])}")
                latencies.setdefault(name, []).append(one.at - told)
                one.end()
    finally:
        lab.terminate()
        lab.wait()
    for name, values in latencies.items():
        share, memory = idle[name]
        print(f"{name}: heard {len(values)} of {len(instances)} notices, p50 {statistics.median(values):.2f} s, "
              f"slowest {max(values):.2f} s; {memory['VmRSS']} kB resident (at most {memory['VmHWM']}), "
              f"{share:.3%} of a core")


main()
