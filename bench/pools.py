#!/usr/bin/env python3
"""What the availability view of some 60,000 pools costs, the whole process, out of a warm home.

    bench/pools.py build/release/spotvane build/bench-data

The home is made once, by three cycles against the lab with every region, and kept in the folder named last.
"""
import json
import pathlib
import shutil
import sqlite3
import statistics
import subprocess
import sys
import urllib.request

from whole_process import run

ROUNDS = 15
VIEWS = [("all regions, best 20 on a terminal", []),
         ("one family in two regions, by price",
          ["--type", "^m5", "--region", "us-east-1,eu-west-1", "--min-vcpu", "4", "--sort", "price"]),
         ("every zone, best 20", ["--az"]),
         ("every type and region, CSV", ["--output", "csv"]),
         ("every zone, CSV", ["--az", "--output", "csv"])]


def make(spotvane, home):
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    lab = subprocess.Popen(
        [spotvane, "lab", "--port", "0", "--speed", "step", "--all-regions", "--start", "2026-08-01T00:00:00Z",
         "--quiet"], stdout=subprocess.PIPE, text=True)
    address = lab.stdout.readline().split()[-1]
    environment = {"HOME": str(home), "AWS_ENDPOINT_URL": address, "AWS_REGION": "us-east-1",
                   "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    try:
        for _ in range(3):
            subprocess.run([spotvane, "collect", "--home", home, "--seed", "1", "--per-second", "0", "--quiet"],
                           env=environment, stdout=subprocess.DEVNULL, check=True)
            body = json.dumps({"advance": "10m"}).encode()
            urllib.request.urlopen(urllib.request.Request(f"{address}/_lab/clock", data=body)).read()
    finally:
        lab.terminate()
        lab.wait()


def report(label, command):
    run(command)
    rounds = [run(command)[:3] for _ in range(ROUNDS)]
    wall, cpu, memory = (statistics.median(figures) for figures in zip(*rounds))
    print(f"pools, {label}: {wall * 1000:.0f} ms, CPU {cpu * 1000:.0f} ms, peak {memory:.0f} MB")


def main(spotvane, data):
    home = pathlib.Path(data) / "warm"
    if not (home / "made").exists():
        make(spotvane, home)
        (home / "made").write_text("")
    answer = json.loads(run([spotvane, "pools", "--home", home, "--output", "json", "--top", "1"]).output)
    print(f"a home of {answer['known']} pools, {answer['found']} types and regions; medians of {ROUNDS} "
          "(limit of the first: 100 ms)")
    for label, options in VIEWS:
        report(label, [spotvane, "pools", "--home", home, *options])
    # What it would be without the market kept beside the archive.
    copy = home.with_name("warm-cold")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(home, copy)
    database = sqlite3.connect(copy / "state.db")
    database.execute("delete from note where name = 'latest_market'")
    database.commit()
    database.close()
    report("the same from the archive, where nothing is kept", [spotvane, "pools", "--home", copy])
    shutil.rmtree(copy)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
