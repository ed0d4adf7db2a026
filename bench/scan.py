#!/usr/bin/env python3
"""How fast a month of snapshots is scored, beside how others would do it, in one run on the same files.

    bench/scan.py build/release FOLDER

Every figure is a whole process's wall time, the median of five or more (pandas: three); files are in the page
cache. FOLDER keeps the generated archives between runs.
"""
import glob
import json
import os
import statistics
import subprocess
import sys
import time

POOLS, SNAPSHOTS = 29_405, 72
CORES = len(os.sched_getaffinity(0))
PYTHON = "build/deps/bench/bin/python"

# The founding method: all files in one frame, one group at a time, a Python function for each.
PANDAS = """
import glob, sys, pandas
frame = pandas.concat([pandas.read_csv(name) for name in sorted(glob.glob(sys.argv[1], recursive=True))])
def cov(group):
    sps, interruption = group["SPS"], group["IF"]
    sps, interruption = sps[sps != -1], interruption[interruption != -1]
    return pandas.Series({"sps_cov": sps.std() / sps.mean(), "if_cov": interruption.std() / interruption.mean()})
scores = frame.groupby(["InstanceType", "Region"])[["SPS", "IF"]].apply(cov)
scores["score"] = scores.sps_cov * scores.if_cov
print(len(scores[scores.score > 0].sort_values("score", ascending=False)))
"""

COV = """stddev_samp(nullif(SPS, -1)) / avg(nullif(SPS, -1)) as sps_cov,
         stddev_samp(nullif("IF", -1)) / avg(nullif("IF", -1)) as if_cov"""
DUCKDB = f"""
import sys, duckdb
print(len(duckdb.sql(f'''select * from (
  select InstanceType, Region, {COV} from {{sys.argv[2].replace("GLOB", sys.argv[1])}} group by all)
  where sps_cov * if_cov > 0 order by sps_cov * if_cov desc''').fetchall()))
"""
SNIFFING = "read_csv('GLOB')"
TOLD = ("read_csv('GLOB', header = true, auto_detect = false, columns = {'Time': 'VARCHAR', 'InstanceType': 'VARCHAR', "
        "'Region': 'VARCHAR', 'AZ': 'VARCHAR', 'SPS': 'SMALLINT', 'T3': 'SMALLINT', 'T2': 'SMALLINT', 'IF': 'DOUBLE', "
        "'OndemandPrice': 'DOUBLE', 'SpotPrice': 'DOUBLE', 'Savings': 'SMALLINT'})")
POLARS = """
import sys, polars
def cov(name):
    values = polars.col(name).filter(polars.col(name) != -1)
    return (values.std() / values.mean()).alias(name + "_cov")
scores = (polars.scan_csv(sys.argv[1], glob=True).group_by("InstanceType", "Region").agg(cov("SPS"), cov("IF"))
          .filter(polars.col("SPS_cov") * polars.col("IF_cov") > 0)
          .sort(polars.col("SPS_cov") * polars.col("IF_cov"), descending=True).collect())
print(len(scores))
"""

# As SpotLake finds what has changed: the snapshot before and the one now, merged and compared.
PANDAS_CHANGES = """
import statistics, sys, time, pandas
before, now = (pandas.read_csv(name) for name in sys.argv[1:])
columns = ["SPS", "T3", "T2", "IF", "OndemandPrice", "SpotPrice", "Savings"]
seconds = []
for _ in range(5):
    begin = time.perf_counter()
    merged = before.merge(now, on=["InstanceType", "Region", "AZ"], how="outer", suffixes=("_before", ""), indicator=True)
    differs = merged["_merge"] != "both"
    for column in columns:
        differs |= merged[column] != merged[column + "_before"]
    changed = merged[differs]
    seconds.append(time.perf_counter() - begin)
print(statistics.median(seconds))
"""


def timed(command, repeats):
    """Median seconds and the highest peak memory in MB of a whole process."""
    seconds, peak = [], 0.0
    for _ in range(repeats):
        begin = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds.append(time.monotonic() - begin)
        peak = max(peak, usage.ru_maxrss / 1024)
        if process.returncode != 0:
            sys.exit(f"{' '.join(command)[:200]} ended with {process.returncode}")
    return statistics.median(seconds), peak


def archive(binary, folder, name, *flags):
    root = os.path.join(folder, name)
    if not os.path.isdir(root):
        subprocess.run([binary, "archive", "generate", root, "--seed", "1", "--quiet", *flags], check=True)
    return root


def size_in_mb(root):
    return sum(os.path.getsize(name) for name in glob.glob(f"{root}/**/*.csv*", recursive=True)) / 1e6


def compare(binary, plain, packed):
    ours, peak = timed([binary, "score", "initial", plain, "--output", "csv"], 15)
    print(f"score initial: {ours * 1e3:.0f} ms, {size_in_mb(plain) / 1e3 / ours:.2f} GB/s, peak {peak:.0f} MB")
    ours_packed, peak = timed([binary, "score", "initial", packed, "--output", "csv"], 9)
    print(f"score initial, .csv.gz: {ours_packed * 1e3:.0f} ms, peak {peak:.0f} MB\n")
    names = sorted(glob.glob(f"{plain}/**/*.csv", recursive=True))
    files = f"{plain}/**/*.csv"
    share = -(-len(names) // CORES)
    others = [
        ("pandas, concat, groupby.apply", [PYTHON, "-c", PANDAS, files], 3, ours, ">= 90"),
        ("DuckDB 1.5, read_csv as it comes", [PYTHON, "-c", DUCKDB, files, SNIFFING], 5, ours, ">= 40"),
        ("DuckDB 1.5, told columns and types", [PYTHON, "-c", DUCKDB, files, TOLD], 5, ours, ">= 4"),
        ("Polars, scan_csv, group_by", [PYTHON, "-c", POLARS, files], 5, ours, ">= 8"),
        (f"wc -l in {CORES} processes", ["sh", "-c", f'printf "%s\\n" "$@" | xargs -P{CORES} -n{share} wc -l', "wc", *names],
         15, ours, ">= 0.2"),
        ("DuckDB 1.5 on .csv.gz", [PYTHON, "-c", DUCKDB, f"{packed}/**/*.csv.gz", SNIFFING], 5, ours_packed, ">= 5"),
    ]
    print(f"{'against':36} {'seconds':>9} {'peak MB':>8} {'ratio':>7}  wanted")
    for name, command, repeats, own, wanted in others:
        seconds, peak = timed(command, repeats)
        print(f"{name:36} {seconds:9.3f} {peak:8.0f} {seconds / own:7.1f}  {wanted}")


def grow(binary, folder):
    """Cost by the length of the archive: the same files 1, 4 and 16 times."""
    print("\ncopies   seconds   peak MB")
    for copies in (1, 4, 16):
        root = archive(binary, folder, f"times{copies}", "--pools", str(POOLS), "--snapshots", str(SNAPSHOTS * copies))
        seconds, peak = timed([binary, "score", "initial", root, "--output", "csv"], 5)
        print(f"{copies:6} {seconds:9.3f} {peak:9.0f}")


def detect_changes(build, binary, folder):
    """Inside the process, both snapshots in memory: what has changed between them."""
    root = archive(binary, folder, "pair", "--pools", "60000", "--snapshots", "2")
    names = sorted(glob.glob(f"{root}/**/*.csv", recursive=True))
    theirs = float(subprocess.run([PYTHON, "-c", PANDAS_CHANGES, *names], check=True, capture_output=True).stdout)
    report = json.loads(subprocess.run(
        [f"{build}/bench/market_bench", "--benchmark_filter=detect_changes", "--benchmark_repetitions=5",
         "--benchmark_report_aggregates_only=true", "--benchmark_format=json"],
        check=True, capture_output=True).stdout)
    ours = next(one["real_time"] for one in report["benchmarks"] if one["aggregate_name"] == "median")
    print(f"\nchanges among 60,000 pools: {ours:.2f} ms; pandas, merge and compare: {theirs * 1e3:.0f} ms, "
          f"{theirs * 1e3 / ours:.0f} times (wanted: >= 100)")


def main(build, folder):
    binary = f"{build}/spotvane"
    os.makedirs(folder, exist_ok=True)
    os.environ["SPOTVANE_HOME"] = os.path.join(folder, "home")
    pools = ("--pools", str(POOLS), "--snapshots", str(SNAPSHOTS))
    plain = archive(binary, folder, "plain", *pools)
    packed = archive(binary, folder, "packed", *pools, "--gzip")
    print(f"{SNAPSHOTS} snapshots of {POOLS} pools: {size_in_mb(plain):.0f} MB, as gzip {size_in_mb(packed):.0f} MB")
    compare(binary, plain, packed)
    detect_changes(build, binary, folder)
    grow(binary, folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
