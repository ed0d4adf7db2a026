#!/usr/bin/env python3
"""`spotvane pools --advisor FILE` beside spotinfo on the same file: the same rows, the same numbers, how long.

    bench/advisor.py build/release/spotvane [FILE]

FILE is a Spot Advisor's file; without one it is the lab's, of all regions. spotinfo has a file built into it: it is
fetched by the Go module proxy, given FILE in that one's place and built. Where there is no Go, or the proxy does not
hand spotinfo out, that comparison is skipped, and says so; SPOTINFO=PATH names a spotinfo that was built elsewhere with
FILE in it. Beside it stands bench/advisor/main.go, which does no more than any Go program must to list the file.
"""
import csv
import io
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

MODULE = "github.com/alexei-led/spotinfo"
VERSION = "v1.0.7"  # its last release that lists the advisor's file by itself
ROUNDS = 11
# Their names for our columns.
COLUMNS = {"region": "Region", "instance_type": "Instance Info", "vcpus": "vCPU", "memory_gib": "Memory GiB",
           "savings": "Savings over On-Demand", "interruption": "Frequency of interruption"}


def run(command, environment=None):
    """Seconds and output of a whole process."""
    begin = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    seconds = time.perf_counter() - begin
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} ended with {done.returncode}: {done.stderr}")
    return seconds, done.stdout


def labs_file(spotvane, target):
    lab = subprocess.Popen([spotvane, "lab", "--port", "0", "--speed", "step", "--all-regions", "--quiet"],
                           stdout=subprocess.PIPE, text=True)
    try:
        address = lab.stdout.readline().split()[-1]
        target.write_bytes(urllib.request.urlopen(f"{address}/spot-advisor-data.json").read())
    finally:
        lab.terminate()
        lab.wait()
    return target


def build_spotinfo(file, folder):
    """A spotinfo with `file` in it, or why there is none."""
    if named := os.environ.get("SPOTINFO"):
        return named, ""
    if not shutil.which("go"):
        return None, "there is no Go"
    found = subprocess.run(["go", "mod", "download", "-json", f"{MODULE}@{VERSION}"], cwd=folder,
                           capture_output=True, text=True)
    answer = json.loads(found.stdout or "{}")
    if "Dir" not in answer:
        reason = (answer.get("Error") or found.stderr).split("\n")
        return None, f"the Go module proxy does not hand out {MODULE}@{VERSION}: {' '.join(reason).strip()}"
    sources = folder / "spotinfo-sources"
    shutil.copytree(answer["Dir"], sources)
    for path in [sources, *sources.rglob("*")]:
        path.chmod(path.stat().st_mode | 0o200)
    for embedded in sources.rglob("spot-advisor-data.json"):
        shutil.copyfile(file, embedded)
    binary = folder / "spotinfo"
    built = subprocess.run(["go", "build", "-o", binary, "./cmd/spotinfo"], cwd=sources, capture_output=True, text=True)
    return (binary, "") if built.returncode == 0 else (None, f"it does not build: {built.stderr}")


def rows(text, names):
    """Region, type, vCPUs, GiB, savings, interruption of each row, sorted."""
    found = []
    for row in csv.DictReader(io.StringIO(text)):
        region, kind, vcpus, memory, savings, band = (row[name] for name in names)
        found.append((region, kind, int(vcpus or 0), float(memory or 0), int(savings), band))
    return sorted(found)


def compare(label, ours, theirs, environment=None):
    mine = rows(run(ours)[1], COLUMNS)
    other = rows(run(theirs, environment)[1], COLUMNS.values())
    if mine != other:
        wrong = set(mine).symmetric_difference(other)
        sys.exit(f"{label}: {len(wrong)} rows differ, such as {sorted(wrong)[:3]}")
    times = {"ours": [], "theirs": []}
    for _ in range(ROUNDS):  # in turn, so that both meet the same machine
        times["ours"].append(run(ours)[0])
        times["theirs"].append(run(theirs, environment)[0])
    one, two = (statistics.median(each) for each in times.values())
    print(f"{label}: {len(mine)} rows, the same numbers; {two * 1000:.0f} ms, ours {one * 1000:.0f} ms: "
          f"{one / two:.2f} of it (limit: 0.5)")


def main(spotvane, file=None):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        file = file or labs_file(spotvane, folder / "advisor.json")
        ours = [spotvane, "pools", "--advisor", file, "--sort", "band", "--output", "csv", "--home", folder / "none"]
        binary, why_not = build_spotinfo(file, folder)
        if binary:
            # Offline: what it fetches otherwise is another file than ours.
            nowhere = {**os.environ, "HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
            compare("spotinfo", ours, [binary, "--region", "all", "--output", "csv", "--sort", "interruption"], nowhere)
        else:
            print(f"spotinfo: skipped, {why_not}")
        if shutil.which("go"):
            least = folder / "least"
            subprocess.run(["go", "build", "-o", least, pathlib.Path(__file__).parent / "advisor" / "main.go"], check=True)
            compare("a plain Go program", ours, [least, file])
        else:
            print("a plain Go program: skipped, there is no Go")


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
