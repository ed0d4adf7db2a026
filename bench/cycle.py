#!/usr/bin/env python3
"""What one collection cycle costs its own process: CPU and peak memory, against the lab.

    bench/cycle.py build/release/spotvane

The lab enables every region, some 60,000 pools. The first cycle stores them all, the others what changed.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import urllib.request

ROUNDS = 5


def run(command, environment):
    """CPU seconds, peak memory in MB and output of a whole process."""
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, json.loads(output)


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
            cpu, memory, cycle = run(collect, environment)
            print(f"first cycle: {cycle['pools']} pools, {cycle['changes']} rows, CPU {cpu:.2f} s, peak {memory:.0f} MB")
            figures = []
            for _ in range(ROUNDS):
                advance(address, "10m")
                figures.append(run(collect, environment))
            changes = statistics.median(cycle["changes"] for _, _, cycle in figures)
            print(f"later cycles, median of {ROUNDS}: {changes:.0f} rows, "
                  f"CPU {statistics.median(cpu for cpu, _, _ in figures):.2f} s, "
                  f"peak {max(memory for _, memory, _ in figures):.0f} MB (limits: 2 s, 300 MB)")
        finally:
            lab.terminate()
            lab.wait()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
