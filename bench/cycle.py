#!/usr/bin/env python3
"""What one collection cycle costs its own process: CPU and peak memory, against the lab.

    bench/cycle.py build/release/spotvane

The lab enables every region, some 60,000 pools. The first cycle stores them all, the others what changed.
"""
import json
import statistics
import subprocess
import sys
import tempfile
import urllib.request

from whole_process import run

ROUNDS = 5


def advance(address, span):
    body = json.dumps({"advance": span}).encode()
    urllib.request.urlopen(urllib.request.Request(f"{address}/_lab/clock", data=body)).read()


def main(binary):
    with tempfile.TemporaryDirectory() as home:
        lab = subprocess.Popen(
            [binary, "lab", "--port", "0", "--speed", "step", "--all-regions", "--start", "2026-08-01T00:00:00Z",
             "--quiet"], stdout=subprocess.PIPE, text=True)
        address = lab.stdout.readline().split()[-1]
        environment = {"HOME": home, "SPOTVANE_HOME": home, "AWS_ENDPOINT_URL": address, "AWS_REGION": "us-east-1",
                       "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        collect = [binary, "collect", "--seed", "1", "--per-second", "0", "--output", "json"]
        try:
            first = run(collect, environment)
            cycle = json.loads(first.output)
            print(f"first cycle: {cycle['pools']} pools, {cycle['changes']} rows, CPU {first.cpu:.2f} s, "
                  f"peak {first.memory:.0f} MB")
            figures = []
            for _ in range(ROUNDS):
                advance(address, "10m")
                figures.append(run(collect, environment))
            changes = statistics.median(json.loads(one.output)["changes"] for one in figures)
            print(f"later cycles, median of {ROUNDS}: {changes:.0f} rows, "
                  f"CPU {statistics.median(one.cpu for one in figures):.2f} s, "
                  f"peak {max(one.memory for one in figures):.0f} MB (limits: 2 s, 300 MB)")
        finally:
            lab.terminate()
            lab.wait()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
