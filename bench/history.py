#!/usr/bin/env python3
"""What one pool's year costs, out of a year of 60,000 pools; and what it cost to merge that by month.

    bench/history.py build/release/spotvane build/release/bench/year_archive build/bench-data

The year is made once (some minutes, 1 GB while it is made) and kept in the folder named last.
"""
import json
import pathlib
import shutil
import statistics
import sys

from whole_process import run

ROUNDS = 7
POOLS = ["c0i.large@use1-az1", "m31i.xlarge@euw1-az2", "x9i.xlarge@usw2-az4"]  # first, middle, last in the files


def compact(spotvane, home):
    return run([spotvane, "archive", "compact", "--home", home, "--output", "json"])


def make(spotvane, year_archive, home):
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    making, *_ = run([year_archive, home])
    seconds, cpu, memory, output = compact(spotvane, home)
    months = json.loads(output)
    (home / "made.json").write_text(json.dumps({
        "making": making, "seconds": seconds, "cpu": cpu, "memory": memory, "months": len(months),
        "rows": sum(month["rows"] for month in months)}))


def main(spotvane, year_archive, data):
    home = pathlib.Path(data) / "year"
    if not (home / "made.json").exists():
        make(spotvane, year_archive, home)
    compact(spotvane, home)  # one of an earlier version is brought up to date, which nothing that only reads does
    made = json.loads((home / "made.json").read_text())
    megabytes = sum(file.stat().st_size for file in home.rglob("*.parquet")) / 1e6
    print(f"archive compact, {made['months']} months of 60,000 pools, {made['rows'] / 1e6:.0f} M rows: "
          f"{made['seconds']:.0f} s, CPU {made['cpu']:.0f} s, peak {made['memory']:.0f} MB (limit: 150 MB), "
          f"{megabytes:.0f} MB; as it was made")
    for pool in POOLS:
        command = [spotvane, "history", pool, "--home", home, "--output", "csv"]
        rows = len(run(command).output.splitlines()) - 1
        rounds = [run(command)[:3] for _ in range(ROUNDS)]
        wall, cpu, memory = (statistics.median(figures) for figures in zip(*rounds))
        print(f"history of {pool}, {rows} rows, median of {ROUNDS}: {wall * 1000:.0f} ms, "
              f"CPU {cpu * 1000:.0f} ms, peak {memory:.0f} MB (limit: 250 ms)")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
