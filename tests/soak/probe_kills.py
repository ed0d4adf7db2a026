#!/usr/bin/env python3
"""Kills probes for real, again and again, and asks the lab's auditor what is left after `probe recover`.

    probe_kills.py BINARY [--kills 1000] [--lost 200] [--seed N] [--speed 120] [--within 20]

Each run probes pools drawn from the seed, in a home of its own, against one lab under faults drawn anew for each run, and is
ended by SIGKILL at a moment drawn from the seed. With `--lost` of the homes the database is deleted, too. Then `probe recover`,
killed once itself now and then, must leave no instance, no request and no launch template; and no moment may have held more
instances than the limit.
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

LIMIT = 12
POOLS = ["m5.large@us-east-1", "c5.large@us-west-2", "t3.medium@eu-west-1", "m6g.large@us-east-1", "c6g.medium@ap-south-1"]


def scenario(draw):
    """Faults, each there or not, so that rare mixtures occur."""
    def maybe(most):
        return round(most * draw.random(), 3) if draw.random() < 0.5 else 0

    rules = [{"kind": kind, "action": action, "probability": maybe(most), **more} for kind, action, most, more in [
        ("throttle", "*", 0.3, {}), ("lost", "RunInstances", 0.5, {}), ("lost", "RequestSpotInstances", 0.5, {}),
        ("lost", "Create*", 0.4, {}), ("error", "RunInstances", 0.3, {"after": True}), ("lost", "*", 0.1, {}),
        ("error", "*", 0.1, {}), ("reset", "*", 0.1, {}), ("stale", "Describe*", 0.5, {"delay": "20s"})]]
    return {"rules": [rule for rule in rules if rule["probability"]],
            "instances": {"late_fulfilment": maybe(0.6), "shortage": maybe(0.5), "launch_failures": maybe(0.1),
                          "never_ready": maybe(0.1), "interruptions_per_hour": maybe(5), "visible_within": "15s"}}


class Lab:
    def __init__(self, binary, speed, seed):
        self.process = subprocess.Popen([binary, "lab", "--port", "0", "--speed", str(speed), "--seed", str(seed)],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.address = self.process.stdout.readline().split()[-1]

    def order(self, topic, body):
        urllib.request.urlopen(urllib.request.Request(f"{self.address}/_lab/{topic}", data=json.dumps(body).encode())).read()

    def audit(self):
        with urllib.request.urlopen(self.address + "/_lab/audit") as answer:
            return json.load(answer)["accounts"].get("123456789012", {})


def one_run(binary, lab, home, draw, loses_ledger, within):
    """What was left, and what was asked for; an empty text where all is well."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "SPOTVANE_HOME": str(home), "AWS_ENDPOINT_URL": lab.address,
                   "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1",
                   "AWS_EC2_METADATA_DISABLED": "true", "NO_PROXY": "127.0.0.1"}

    def start(*arguments):
        return subprocess.Popen([binary, *arguments], env=environment, cwd=home, stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True)

    def kill_after(process, seconds):
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stderr.close()

    lab.order("faults", scenario(draw))
    arguments = ["probe", "run", *draw.sample(POOLS, draw.randint(1, 3)), "--count", str(draw.randint(1, 4)), "--max-price", "1",
                 "--via", draw.choice(["spot-request", "run-instances", "create-fleet"]), "--max-instances", str(LIMIT),
                 "--dollars-a-day", "1000"]
    kill_after(start(*arguments), draw.uniform(0, within))
    if loses_ledger:
        for file in home.glob("state.db*"):
            file.unlink()
    if draw.random() < 0.3:
        kill_after(start("probe", "recover"), draw.uniform(0, 3))
    recover = start("probe", "recover")
    _, said = recover.communicate(timeout=600)
    audit = lab.audit()
    remaining = {kind: ids for kind, ids in audit.get("left", {}).items() if ids and kind != "fleets"}
    most = audit.get("most_claimed", {}).get("instances", 0)
    if recover.returncode == 0 and not remaining and most <= LIMIT:
        return ""
    return f"{' '.join(arguments)}: recover ended with {recover.returncode}, left {remaining}, at most {most}\n{said}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--lost", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speed", type=int, default=120)
    parser.add_argument("--within", type=float, default=20, help="seconds in which a run is killed")
    options = parser.parse_args()
    binary = options.binary.resolve()
    lab = Lab(binary, options.speed, options.seed)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="probe-kills-"))
    began = time.monotonic()
    for number in range(options.kills):
        home = folder / "home"
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        loses_ledger = number % max(1, options.kills // max(1, options.lost)) == 0 and options.lost > 0
        wrong = one_run(binary, lab, home, random.Random(f"{options.seed}/{number}"), loses_ledger,
                        options.within)
        if wrong:
            print(f"run {number} of seed {options.seed}{' (ledger lost)' if loses_ledger else ''}: {wrong}")
            lab.process.terminate()
            return 1
        if number % 10 == 9:
            print(f"{number + 1} runs, {time.monotonic() - began:.0f} s, {lab.audit()['ever']}", flush=True)
    lab.process.terminate()
    shutil.rmtree(folder)
    print(f"{options.kills} runs, {options.lost} of them with the ledger lost: nothing left")
    return 0


sys.exit(main())
