"""Simulated fleets beside the founding program's loop on the same log of prices, and ticks of traces a second.

usage: bench/fleets.py SPOTVANE [LOG.tsv PERFORMANCE.csv RATE_COLUMN]

LOG is what `aws ec2 describe-spot-price-history` prints as text; without one a log is drawn (90 days, 60 types, 6 zones).
The founding loop is tests/functional/founding_loop.py: every price by going through the whole log, as it did; and once
more with its prices found by bisection, which it did not.
"""
import csv
import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/functional"))
from founding_loop import Log, simulate  # noqa: E402

STEP_MINUTES, NODES, MOST_TYPES = 5, 20, 20


def drawn_log():
    draw = random.Random(3)
    for kind in range(60):
        for zone in "abcdef":
            price = 0.05 + draw.random()
            for hour in range(0, 24 * 90, 6):
                price *= draw.uniform(0.97, 1.03)
                day, rest = divmod(hour, 24)
                month, day = (3, 2 + day) if day < 30 else (4, day - 29) if day < 60 else (5, day - 59)
                yield f"2021-{month:02}-{day:02}T{rest:02}:{draw.randrange(60):02}:00.000Z", f"us-east-1{zone}", f"t{kind}.large", price


def read_log(path):
    for line in open(path):
        _, zone, kind, product, price, stamp = line.rstrip("\n").split("\t")
        if product == "Linux/UNIX":
            yield stamp.replace("+00:00", ".000Z"), zone, kind, float(price)


def inputs(folder, arguments):
    """The log as the founding program read it, and the throughputs of the types that matter."""
    rows = list(read_log(arguments[0]) if arguments else drawn_log())
    kinds = {row[2] for row in rows}
    if arguments:
        rates = {row["instance_type"]: float(row[arguments[2]]) / 1e4 for row in csv.DictReader(open(arguments[1]))
                 if row["instance_type"] in kinds and row[arguments[2]]}
    else:
        rates = {kind: 1 + 20 * random.Random(kind).random() for kind in kinds}
    rates = dict(sorted(rates.items())[:MOST_TYPES])
    with open(folder / "log.tsv", "w") as out:
        out.write("timestamp\tregion\taz\tinstance_type\tos\tprice\n")
        for stamp, zone, kind, price in sorted(rows):
            out.write(f"{stamp}\t{zone[:-1]}\t{zone}\t{kind}\tLinux/UNIX\t{price:.6f}\n")
    with open(folder / "perf.csv", "w") as out:
        out.write("instance_type,tasks_per_second\n" + "".join(f"{kind},{rate}\n" for kind, rate in rates.items()))
    return len(rows), {kind: (rate, 0.0) for kind, rate in rates.items()}, min(r[0] for r in rows)


def cpu_of(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, out


def fleets(program, folder, arguments):
    rows, rates, first = inputs(folder, arguments)
    start = f"{first[:8]}{int(first[8:10]) + 5:02}T00:00:00.000Z"
    tasks, budget = 5e6, 400.0
    seconds = {}
    for name, indexed, steps in (("every price by going through the log", False, 2), ("prices by bisection", True, 2000)):
        log = Log(folder / "log.tsv", indexed)
        began = time.process_time()
        done = simulate(log, rates, budget, tasks, NODES, STEP_MINUTES, start, most_steps=steps)
        seconds[name] = (time.process_time() - began) / done["steps"]
    runs = 2001
    command = [program, "simulate", "--tasks", str(tasks), "--nodes", str(NODES), "--budget", str(budget), "--policy", "cloudpits",
               "--prices", str(folder / "log.tsv"), "--performance", str(folder / "perf.csv"), "--interval", f"{STEP_MINUTES}m",
               "--launch-time", "0s", "--threads", "1", "--output", "csv", "--quiet", "--runs"]
    alone, _ = cpu_of([*command, "1"])
    all_of_them, out = cpu_of([*command, str(runs)])
    steps = sum(float(row["time_h"]) * 60 / STEP_MINUTES for row in csv.DictReader(out.splitlines()))
    ours = (all_of_them - alone) / steps
    print(f"log of {rows:,} rows, {len(rates)} types, {NODES} workers, a step of {STEP_MINUTES} minutes")
    print(f"  spotvane: {ours * 1e6:.2f} us a step on one core ({runs:,} runs, {steps:,.0f} steps)")
    for name, each in seconds.items():
        print(f"  founding loop, {name}: {each * 1e6:,.0f} us a step, {each / ours:,.0f} times as much")


def ticks(program, folder):
    draw = random.Random(5)
    data, up = [], 1
    while len(data) < 40_000:
        data += [up] * (1 + int(draw.expovariate(1 / (20 if up else 8))))
        up = 1 - up
    (folder / "zone.json").write_text('{"metadata": {"gap_seconds": 600}, "data": %s}' % data[:40_000])
    with open(folder / "windows.csv", "w") as out:
        out.write("zone,i,start,end\n" + "".join(f"zone,{i},{s},{s + 400}\n"
                                                 for i, s in enumerate(draw.randrange(39_000) for _ in range(100_000))))
    few = folder / "few.csv"
    few.write_text("".join((folder / "windows.csv").read_text().splitlines(keepends=True)[:2]))
    for policy in ("on-demand", "greedy", "uniform-progress"):
        command = [program, "simulate", "trace", str(folder / "zone.json"), "--policy", policy, "--work", "48h", "--deadline",
                   "56h,60h,64h", "--overhead", "0.2h", "--spot-price", "0.9731", "--on-demand-price", "3.06", "--threads", "1",
                   "--quiet", "--output", "table", "--windows"]
        alone, _ = cpu_of([*command, str(few)])
        took, _ = cpu_of([*command, str(folder / "windows.csv")])
        # 48 h of work and a change-over are 290 ticks at least.
        print(f"  {policy}: at least {300_000 * 290 / (took - alone) / 1e6:.0f} million ticks a second and core")


def main():
    if len(sys.argv) not in (2, 5):
        sys.exit(__doc__)
    os.environ.setdefault("SPOTVANE_HOME", tempfile.mkdtemp())
    with tempfile.TemporaryDirectory() as scratch:
        fleets(sys.argv[1], pathlib.Path(scratch), sys.argv[2:])
        print("traces of availability, windows read and costs summed up included")
        ticks(sys.argv[1], pathlib.Path(scratch))


main()
