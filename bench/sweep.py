#!/usr/bin/env python3
"""What asking for every placement score there is costs our own process, at the rate that AWS allows.

    bench/sweep.py build/release/spotvane build/release/bench/advisor_plan

The plan is all that the Spot Advisor listed on 2025-06-28: 10,916 pairs in 4,153 configurations. The lab's
quota is raised to hold them on one account, and its clock is the wall's: it throttles as AWS does, 20 requests a
second. The first cycle opens them all, one after the other; the second repeats them, as all others of a day do.
Takes seven minutes.
"""
import datetime
import json
import subprocess
import sys
import tempfile

from whole_process import run

RATE = 20


def main(binary, advisor_plan):
    with tempfile.TemporaryDirectory() as home:
        # A new day would have a plan of its own: the lab begins in the small hours.
        start = datetime.datetime(2026, 8, 1, 1, tzinfo=datetime.timezone.utc)
        subprocess.run([advisor_plan, home, start.date().isoformat()], check=True, stdout=subprocess.DEVNULL)
        lab = subprocess.Popen(
            [binary, "lab", "--port", "0", "--speed", "1", "--score-limit", "10000", "--start",
             start.strftime("%Y-%m-%dT%H:%M:%SZ"), "--quiet"], stdout=subprocess.PIPE, text=True)
        environment = {"HOME": home, "SPOTVANE_HOME": home, "AWS_REGION": "us-east-1",
                       "AWS_ENDPOINT_URL": lab.stdout.readline().split()[-1],
                       "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        collect = [binary, "collect", "--seed", "1", "--per-second", str(RATE), "--output", "json"]
        try:
            for name in ("opened", "repeated"):
                wall, cpu, memory, output = run(collect, environment, accepted=(0, 3))
                cycle = json.loads(output)
                scores = {row["outcome"]: row["count"] for row in cycle["outcomes"] if row["source"] == "sps"}
                print(f"{cycle['queries_planned']} configurations {name} at {RATE} a second: {scores}, "
                      f"{wall:.0f} s, own CPU {cpu:.2f} s, peak {memory:.0f} MB (limit: 2 s)", flush=True)
        finally:
            lab.terminate()
            lab.wait()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
