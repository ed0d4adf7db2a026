#!/usr/bin/env python3
"""What it costs to watch 10,000 instances in 50 pools over 17 regions, looked at every 3 s: own CPU and memory.

    bench/probe.py BINARY [--seconds 90] [--instances 10000]

The real program against the real lab, which is another process and whose figures are not counted. No instance ever passes its
checks, so that all of them are watched to the end. CPU is counted from when all instances run; the lab refuses what exceeds
the rates that AWS publishes, and none may be refused.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

TYPES = ["t3.medium", "m5.large", "c5.large"]
REGIONS = ["ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
           "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1",
           "us-east-2", "us-west-1", "us-west-2"]
POOLS = 50
INTERVAL = 3.0


def cpu_seconds(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_megabytes(process):
    return int(re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{process.pid}/status").read_text())[1]) / 1024


def ends_within(process, seconds):
    try:
        process.wait(seconds)
        return True
    except subprocess.TimeoutExpired:
        return False


class Lab:
    def __init__(self, binary):
        self.process = subprocess.Popen([binary, "lab", "--port", "0", "--seed", "1"], stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        self.address = self.process.stdout.readline().split()[-1]

    def post(self, topic, body):
        urllib.request.urlopen(urllib.request.Request(f"{self.address}/_lab/{topic}", data=json.dumps(body).encode())).read()

    def get(self, topic):
        with urllib.request.urlopen(f"{self.address}/_lab/{topic}") as answer:
            return json.load(answer)

    def running(self):
        return sum(1 for one in self.get("audit/instances") if one["running"] and not one["shutdown"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=90)
    parser.add_argument("--instances", type=int, default=10_000)
    options = parser.parse_args()
    binary = options.binary.resolve()
    lab = Lab(binary)
    home = pathlib.Path(tempfile.mkdtemp(prefix="probe-bench-"))
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "SPOTVANE_HOME": str(home), "AWS_ENDPOINT_URL": lab.address,
                   "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1",
                   "AWS_EC2_METADATA_DISABLED": "true", "NO_PROXY": "127.0.0.1"}
    lab.post("faults", {"instances": {"capacity_factor": 100_000, "spot_vcpus": 1_000_000, "never_ready": 1}})
    try:
        subprocess.run([binary, "catalog", "sync"], env=environment, check=True, capture_output=True)
        pools = [f"{kind}@{region}" for kind in TYPES for region in REGIONS][:POOLS]
        count = options.instances // POOLS
        with open(home / "said", "w") as said:
            probe = subprocess.Popen(
                [binary, "probe", "run", *pools, "--count", str(count), "--timeout", f"{options.seconds + 180:.0f}s",
                 "--max-price", "1", "--max-instances", "99999", "--max-vcpus", "999999", "--dollars-a-day", "100000"],
                env=environment, stdout=subprocess.DEVNULL, stderr=said)
        while lab.running() < POOLS * count:
            if ends_within(probe, 2):
                sys.exit((home / "said").read_text())
        before, begin = cpu_seconds(probe), time.monotonic()
        if ends_within(probe, options.seconds):
            sys.exit((home / "said").read_text())
        cpu, seconds = cpu_seconds(probe) - before, time.monotonic() - begin
        memory = peak_megabytes(probe)
        print(f"{POOLS * count} instances, {POOLS} pools, {len(REGIONS)} regions, every {INTERVAL:.0f} s: "
              f"{100 * cpu / seconds:.1f} % of a core (wanted < 20), peak {memory:.0f} MB (wanted < 200)")
        probe.terminate()
        probe.wait()
        refused = lab.get("health")["throttled"]
        print(f"refused as too fast by the rates that AWS publishes: {refused} calls (wanted 0)")
        print(f"left in the lab: {sum(len(ids) for kind, ids in lab.get('audit')['accounts']['123456789012']['left'].items())}")
        return 1 if refused else 0
    finally:
        lab.process.terminate()
        lab.process.wait()


if __name__ == "__main__":
    sys.exit(main())
