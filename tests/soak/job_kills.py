#!/usr/bin/env python3
"""Runs a SPITS job in the lab on real processes while its workers, a whole pool and spotvane itself are killed.

    job_kills.py BINARY --module pi.so --pits-home VENV [--tasks 800] [--steps 8000000] [--nodes 8] [--speed 30] [--seed N]

On the way to its end two workers are given notice and taken, two are ended without any, the pool with most workers takes back
all it has, and spotvane is ended by SIGKILL twice and started again; the second time workers are taken while nobody looks. The job
must come to the pi that its module computes in one process, count each task, leave nothing, know of all instances the lab knows of, and cost what the
lab's auditor bills, to 0.1 %.
"""
import argparse
import collections
import ctypes
import datetime
import json
import math
import os
import pathlib
import select
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "functional"))
from pits_job import write_job

KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}


class Lab:
    def __init__(self, binary, folder, speed, seed):
        environment = dict(os.environ, TMPDIR=str(folder))
        self.process = subprocess.Popen(
            [binary, "lab", "--port", "0", "--instances", "process", "--speed", str(speed), "--seed", str(seed), "--quiet"],
            stdout=subprocess.PIPE, text=True, env=environment)
        self.address = self.process.stdout.readline().split()[-1]

    def ask(self, path, body=None):
        data = json.dumps(body).encode() if body is not None else None
        with urllib.request.urlopen(urllib.request.Request(self.address + path, data), timeout=60) as answer:
            return json.load(answer)

    def workers(self):
        """Those that run, by pool."""
        pools = collections.defaultdict(list)
        for one in self.ask("/_lab/audit/instances"):
            if one["state"] == "running" and not one["notice"] and "spotvane:job" in one["tags"]:
                pools[one["type"], one["zone"]].append(one["id"])
        return pools

    def take(self, ids):
        return self.ask("/_lab/instances", {"interrupt": ids})["interrupted"]

    def end(self, ids):
        """As if they had broken down: somebody's order, and no notice."""
        import boto3
        ec2 = boto3.client("ec2", endpoint_url=self.address, region_name="us-east-1", aws_access_key_id="test",
                           aws_secret_access_key="test")
        ec2.terminate_instances(InstanceIds=ids)
        return ids


class Manager:
    def __init__(self, binary, job, home, lab, pits):
        self.process = subprocess.Popen(
            [binary, "job", "run", str(job), "--pits-home", pits, "--output", "json"], text=True, stdout=subprocess.PIPE,
            stderr=open(home / "said", "a"), env=dict(os.environ, SPOTVANE_HOME=str(home), AWS_ENDPOINT_URL=lab.address, **KEYS))

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()


def wait(seconds):
    select.select([], [], [], seconds)


def done_so_far(home):
    for progress in sorted(home.glob("jobs/*/progress.json")):
        return json.loads(progress.read_text())["done"]
    return 0


def alone(module, tasks, steps):
    """What the module comes to in one process, task after task."""
    push_type = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_longlong, ctypes.c_void_p)
    work = ctypes.CDLL(str(module)).spits_worker_run
    work.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_longlong, push_type, ctypes.c_void_p]
    sums = []
    push = push_type(lambda data, size, _: sums.append(struct.unpack("=qd", ctypes.string_at(data, size))[1]))
    for task in range(tasks):
        work(None, struct.pack("=qqqq", task, task * steps, steps, tasks * steps), 32, push, None)
    pi = 0.0
    for one in sums:  # sum() rounds otherwise in newer Pythons
        pi += one
    return pi


def run(options, folder):
    lab = Lab(options.binary, folder, options.speed, options.seed)
    home = folder / "home"
    home.mkdir()
    job = write_job(folder / "soak.toml", options.module, tasks=options.tasks, steps=options.steps, nodes=options.nodes, budget=50,
                    rates={type: 0.05 for type in ("c5.large", "c6i.large", "m5.large")}, backoff=0.1, beat=0.5, port=options.port,
                    more='look = "2s"')
    manager = Manager(options.binary, job, home, lab, options.pits_home)
    killed = []

    def some():
        return next(ids for ids in lab.workers().values() if ids)[:1]

    def kill_manager(meanwhile):
        nonlocal manager
        manager.kill()
        killed.extend(meanwhile())
        manager = Manager(options.binary, job, home, lab, options.pits_home)

    events = [
        (0.10, "a worker is taken", lambda: killed.extend(lab.take(some()))),
        (0.20, "a worker breaks down", lambda: killed.extend(lab.end(some()))),
        (0.30, "spotvane is killed", lambda: kill_manager(list)),
        (0.45, "a pool runs dry", lambda: killed.extend(lab.take(max(lab.workers().values(), key=len)))),
        (0.60, "spotvane is killed, and a worker taken meanwhile", lambda: kill_manager(lambda: lab.take(some()))),
        (0.75, "a worker breaks down", lambda: killed.extend(lab.end(some()))),
    ]
    begun = time.monotonic()
    while manager.process.poll() is None:
        done = done_so_far(home)
        if events and done >= events[0][0] * options.tasks and lab.workers():
            _, what, act = events.pop(0)
            print(f"{time.monotonic() - begun:6.1f} s  {done:5} of {options.tasks} tasks  {what}", flush=True)
            act()
        wait(0.1)
    out, _ = manager.process.communicate()
    try:
        return judge(options, json.loads(out), lab, home, killed, events, time.monotonic() - begun)
    finally:
        lab.process.terminate()
        lab.process.wait()


def milliseconds(time):
    return datetime.datetime.fromisoformat(time.replace("Z", "+00:00")).timestamp() * 1000 if time else None


def compare_workers(home, instances):
    """Where our hours and the lab's are seconds apart, in lab time."""
    (state,) = home.glob("*.db")
    ours = {row[0]: row[1:] for row in sqlite3.connect(state).execute(
        "select id, running_ms, noticed_ms, ended_ms, reason from job_worker")}
    for one in instances:
        running, noticed, ended, reason = ours.get(one["id"], (None,) * 4)
        print(f"  {one['id']} {one['type']:10} {one['zone']} ours against the lab's:", *(
            f"{name} {(mine - milliseconds(real)) / 1000:+.1f} s" if mine and real else f"{name} {mine} {real}"
            for name, mine, real in (("running", running, one["running"]), ("notice", noticed, one["notice"]),
                                     ("end", ended, one["shutdown"]))), reason, one["reason"])


def judge(options, report, lab, home, killed, events, seconds):
    account = lab.ask("/_lab/audit")["accounts"]["123456789012"]
    instances = [one for one in lab.ask("/_lab/audit/instances") if "spotvane:job" in one["tags"]]
    (folder,) = (home / "jobs").iterdir()
    off = report["cost_usd"] / account["bill_usd"] - 1
    taken = sum(1 for one in instances if one["notice"])
    print(f"state {report['state']}, tasks {report['tasks_done']:.0f} of {report['tasks_total']:.0f}, {len(killed)} workers killed, "
          f"{seconds:.0f} s\ninstances: ours {report['workers']}, the lab's {len(instances)}; interrupted: ours {report['interruptions']}, "
          f"the lab's {taken}\ncost: ours ${report['cost_usd']:.6f}, the lab's bill ${account['bill_usd']:.6f}: {off * 100:+.3f} %")
    faults = []
    if events:
        faults.append("it was over before all had happened")
    if report["state"] != "done" or report["tasks_done"] != options.tasks:
        faults.append("it is not done")
    result = float((folder / "result").read_text())
    if result != alone(options.module, options.tasks, options.steps) or abs(result - math.pi) > 1e-10:
        faults.append(f"that is not pi: {result}")
    if report["workers"] != len(instances) or report["interruptions"] != taken:
        faults.append("the counts differ")
    if any(account["left"].values()):
        faults.append(f"left: {account['left']}")
    if abs(off) > 0.001:
        faults.append("the bills differ by more than 0.1 %")
        compare_workers(home, instances)
    print("\n".join(faults) or "all as it should be")
    return 1 if faults else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("--module", type=pathlib.Path, required=True)
    parser.add_argument("--pits-home", default=sys.prefix)
    parser.add_argument("--tasks", type=int, default=800)
    parser.add_argument("--steps", type=int, default=8_000_000)
    parser.add_argument("--nodes", type=int, default=8)
    parser.add_argument("--speed", type=float, default=30)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--port", type=int, default=7741)
    options = parser.parse_args()
    options.module = options.module.resolve()
    with tempfile.TemporaryDirectory(prefix="job-kills-") as folder:
        result = run(options, pathlib.Path(folder))
        if result:
            print((pathlib.Path(folder) / "home" / "said").read_text())
        return result


sys.exit(main())
