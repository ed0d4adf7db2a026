#!/usr/bin/env python3
"""Kills probes for real, again and again, and asks the lab's auditor what is left after `probe recover`.

    probe_kills.py BINARY [--kills 1000] [--lost 200] [--seed N] [--jobs 8] [--speed 40]

Each course is an account of its own in a lab under faults drawn for it. It begins one to three runs of `probe run` or `probe
recover`, each ended by SIGKILL at a moment drawn from the seed: most while the probes live, some while the program starts. In
every so many courses the database is deleted, too. Then `probe recover` must leave no instance, no request and no launch
template, and the auditor must never have seen more instances, vCPUs or dollars than the limits allow. A run that ended before
its kill counts as none. At the end it is told how many kills struck what was alive.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

INSTANCES, VCPUS = 12, 24
POOLS = ["m5.large@us-east-1", "c5.large@us-west-2", "t3.medium@eu-west-1", "m6g.large@us-east-1", "c6g.medium@ap-south-1"]
COURSES_A_LAB = 40  # each lab's catalog is fetched once, and must not grow old
LABS = []  # to be ended with us


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
    """With an account for each course, and a home that knows its catalog."""

    def __init__(self, binary, speed, seed, folder):
        self.speed = speed
        keys = folder / "keys"
        keys.write_text("".join(f"[c{n}]\naws_access_key_id = c{n}\naws_secret_access_key = c\naccount = {10**11 + n}\n"
                                for n in range(COURSES_A_LAB)))
        self.process = subprocess.Popen([binary, "lab", "--port", "0", "--speed", str(speed), "--seed", str(seed),
                                         "--credentials", str(keys)],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        LABS.append(self.process)
        self.address = self.process.stdout.readline().split()[-1]
        self.home = folder / "home"
        self.home.mkdir()
        subprocess.run([binary, "catalog", "sync", "--regions", ",".join(sorted({pool.split("@")[1] for pool in POOLS}))],
                       env=self.environment(self.home, 0), check=True, capture_output=True)

    def environment(self, home, course):
        return {"PATH": os.environ["PATH"], "HOME": str(home), "SPOTVANE_HOME": str(home), "AWS_ENDPOINT_URL": self.address,
                "AWS_ACCESS_KEY_ID": f"c{course}", "AWS_SECRET_ACCESS_KEY": "c", "AWS_REGION": "us-east-1",
                "AWS_EC2_METADATA_DISABLED": "true", "NO_PROXY": "127.0.0.1"}

    def order(self, topic, body):
        urllib.request.urlopen(urllib.request.Request(f"{self.address}/_lab/{topic}", data=json.dumps(body).encode())).read()

    def audit(self, course):
        with urllib.request.urlopen(self.address + "/_lab/audit") as answer:
            return json.load(answer)["accounts"].get(str(10**11 + course), {})

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class Course:
    """One account's probes, from their first run to the recovery."""

    def __init__(self, binary, lab, number, home, draw):
        self.binary, self.lab, self.number, self.home, self.draw = binary, lab, number, home, draw
        self.environment = lab.environment(home, number)
        self.strikes = []  # what was alive at each kill of a run
        self.said = []
        self.dollars = draw.choice([3, 6, 1000])

    def start(self, *arguments):
        self.said.append(" ".join(arguments))
        return subprocess.Popen([self.binary, *arguments], env=self.environment, cwd=self.home, stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True)

    def kill(self, process, seconds):
        """Whether it was still there to be killed."""
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
        process.wait()
        self.said.append(process.stderr.read())
        process.stderr.close()
        return process.returncode == -9

    def kill_run(self):
        timeout, life = self.draw.choice([("2m", 130), ("10m", 260)])  # it has instances for about so many of the lab's seconds
        run = self.start("probe", "run", *self.draw.sample(POOLS, self.draw.randint(1, 3)), "--count",
                         str(self.draw.randint(1, 6)), "--max-price", "1", "--via",
                         self.draw.choice(["spot-request", "run-instances", "create-fleet"]), "--timeout", timeout,
                         "--max-instances", str(INSTANCES), "--max-vcpus", str(VCPUS),
                         "--dollars-a-day", str(self.dollars))
        if self.draw.random() < 0.1:
            moment = self.draw.uniform(0, 1)
        else:
            for line in run.stderr:
                self.said.append(line.rstrip())
                if line.startswith("greatest cost"):
                    break
            moment = self.draw.uniform(0, life / self.lab.speed)
        if self.kill(run, moment):
            left = self.lab.audit(self.number).get("left", {})
            self.strikes.append((len(left.get("instances", [])), len(left.get("spot_requests", []))))

    def run(self, loses_ledger):
        """What was wrong; an empty text where all is well."""
        self.lab.order("faults", scenario(self.draw))
        for _ in range(self.draw.choice([1, 1, 2])):
            self.kill_run()
        if loses_ledger:
            for file in self.home.glob("state.db*"):
                file.unlink()
        if self.draw.random() < 0.3:
            self.kill(self.start("probe", "recover"), self.draw.uniform(0, 2))
        recover = self.start("probe", "recover")
        self.said.append(recover.communicate(timeout=900)[1])
        return self.judge(recover.returncode)

    def judge(self, code):
        audit = self.lab.audit(self.number)
        wrong = [f"left {kind}: {ids}" for kind, ids in audit.get("left", {}).items() if ids and kind != "fleets"]
        most = audit.get("most_claimed", {})
        wrong += [f"{most[what]} {what}" for what, limit in (("instances", INSTANCES), ("vcpus", VCPUS))
                  if most.get(what, 0) > limit]
        wrong += [f"${spent} on {day}" for day, spent in audit.get("spent_usd_by_day", {}).items() if spent > self.dollars]
        if code != 0:
            wrong.append(f"recover ended with {code}")
        return "; ".join(wrong)


class Tally:
    """What all courses came to, and when it is enough."""

    def __init__(self, kills, lost):
        self.kills, self.lost, self.lock = kills, lost, threading.Lock()
        self.courses = self.lost_ledgers = 0
        self.strikes, self.wrong, self.began = [], [], time.monotonic()

    def next_course(self):
        """Its number, and whether its ledger is lost; none where there were enough."""
        with self.lock:
            if self.wrong or (len(self.strikes) >= self.kills and self.lost_ledgers >= self.lost):
                return None
            self.courses += 1
            share = self.lost / max(1, self.kills)
            loses = int(self.courses * share * 1.2) > int((self.courses - 1) * share * 1.2)
            return self.courses, loses

    def add(self, course, number, loses, wrong):
        with self.lock:
            self.strikes += course.strikes
            self.lost_ledgers += loses and bool(course.strikes)
            if wrong:
                self.wrong.append(f"course {number}{' (ledger lost)' if loses else ''}: {wrong}\n" + "\n".join(course.said))
            if self.courses % 10 == 0 or wrong:
                print(self.text(), flush=True)

    def text(self):
        alive = sum(1 for instances, requests in self.strikes if instances + requests)
        return (f"{time.monotonic() - self.began:.0f} s: {self.courses} courses, {self.lost_ledgers} ledgers lost, "
                f"{len(self.strikes)} kills, {alive} of them with something alive, "
                f"{sum(1 for instances, _ in self.strikes if instances)} with instances")

    def distribution(self):
        counts = collections.Counter(instances for instances, _ in self.strikes)
        return ", ".join(f"{instances}: {counts[instances]}" for instances in sorted(counts))


def work(options, tally, worker):
    """Courses in labs of this worker's own, until there were enough."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="probe-kills-"))
    lab, used = None, COURSES_A_LAB
    try:
        while (chosen := tally.next_course()) is not None:
            number, loses = chosen
            if used == COURSES_A_LAB:
                if lab:
                    lab.stop()
                place = folder / str(number)
                place.mkdir()
                lab, used = Lab(options.binary, options.speed, options.seed * 100_000 + number, place), 0
            home = folder / "home"
            shutil.rmtree(home, ignore_errors=True)
            shutil.copytree(lab.home, home)
            course = Course(options.binary, lab, used, home, random.Random(f"{options.seed}/{number}"))
            tally.add(course, number, loses, course.run(loses))
            used += 1
            lab.order("faults", {"rules": []})
    finally:
        if lab:
            lab.stop()
        if not tally.wrong:
            shutil.rmtree(folder, ignore_errors=True)
    return worker


def leave(*_):
    for lab in LABS:
        lab.kill()
    os._exit(1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--lost", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=8)
    parser.add_argument("--speed", type=int, default=40)
    options = parser.parse_args()
    options.binary = options.binary.resolve()
    tally = Tally(options.kills, options.lost)
    signal.signal(signal.SIGTERM, leave)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for done in [pool.submit(work, options, tally, worker) for worker in range(options.jobs)]:
            done.result()
    for wrong in tally.wrong:
        print(wrong)
    print(tally.text())
    print(f"instances alive at the kill, and how often: {tally.distribution()}")
    return 1 if tally.wrong else 0


sys.exit(main())
