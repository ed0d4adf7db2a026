#!/usr/bin/env python3
"""What a day of somebody's snapshots costs to import and to verify, and how small it becomes.

    bench/import.py build/release/spotvane build/bench-data

The day is made once (60,000 pools, 144 snapshots; with each, 2 % of the pools change their SPS, 0.05 % their
interruption frequency, 1 % their spot price) and kept in the folder named last.
"""
import pathlib
import shutil
import statistics
import sys

from whole_process import run

ROUNDS = 5


def size(root, pattern):
    return sum(file.stat().st_size for file in root.rglob(pattern))


def main(spotvane, data):
    root, home = pathlib.Path(data) / "day", pathlib.Path(data) / "day-home"
    if not root.exists():
        run([spotvane, "archive", "generate", root, "--pools", "60000", "--snapshots", "144", "--gzip"])
    imports, verifies = [], []
    for _ in range(ROUNDS):
        shutil.rmtree(home, ignore_errors=True)
        imports.append(run([spotvane, "archive", "import", root, "--home", home]))
        verifies.append(run([spotvane, "archive", "verify", root, "--home", home]))
    rows = 60_000 * 144
    for name, runs in (("import", imports), ("verify", verifies)):
        seconds = statistics.median(one.seconds for one in runs)
        print(f"archive {name}, {rows / 1e6:.2f} M rows of 144 .csv.gz: {seconds:.1f} s, {rows / seconds / 1e6:.1f} M rows/s, "
              f"CPU {statistics.median(one.cpu for one in runs):.1f} s, peak {max(one.memory for one in runs):.0f} MB")
    packed, kept = size(root, "*.csv.gz"), size(home / "archive", "*.parquet")
    print(f"the day as gzip {packed / 1e6:.1f} MB, in the archive {kept / 1e6:.2f} MB: {packed / kept:.0f} times smaller "
          "(wanted: >= 8)")


if __name__ == "__main__":
    main(*sys.argv[1:])
