#!/usr/bin/env python3
"""Makes the small SpotLake archive beside this file, and its initial scores by pandas.

Run it in a virtual environment with pandas; it writes `archive/` and `initial_score.csv`.
The archive mixes every layout and dialect a reader has to take; no file of it is damaged.
"""
import gzip
import io
import pathlib
import random

import pandas

HERE = pathlib.Path(__file__).parent
POOLS = [(family + "." + size, region, zone)
         for family in ("m5", "c6g", "t3")
         for size in ("medium", "xlarge", "metal")
         for region, zones in (("us-east-1", 3), ("eu-west-1", 2), ("ap-south-1", 1))
         for zone in (f"{region[:2]}-az{i}" for i in range(1, zones + 1))]
SCORES = [3.0, 2.5, 2.0, 1.5, 1.0]


def snapshots(draw):
    sps = {pool: draw.randint(1, 3) for pool in POOLS}
    band = {pool[:2]: draw.randrange(5) for pool in POOLS}
    for number in range(24):
        rows = []
        for pool in POOLS:
            if pool[0].startswith("t3.metal") and pool[1] != "us-east-1":
                continue
            if draw.random() < 0.3 and not pool[0].startswith("c6g.metal"):
                sps[pool] = draw.randint(1, 10)
            if draw.random() < 0.1 and pool[1] != "ap-south-1":
                band[pool[:2]] = draw.randrange(5)
            missing = draw.random()
            rows.append({"InstanceType": pool[0], "Region": pool[1], "AZ": pool[2],
                         "SPS": -1 if missing < 0.05 else "" if missing < 0.1 else sps[pool],
                         "T3": 0, "T2": 1,
                         "IF": -1.0 if missing > 0.95 else "" if missing > 0.9 else SCORES[band[pool[:2]]],
                         "OndemandPrice": 0.2, "SpotPrice": 0.05, "Savings": 75})
        if number == 0:  # a pool with a single row
            rows.append({"InstanceType": "x1.xlarge", "Region": "us-east-1", "AZ": "us-az1", "SPS": 3,
                         "T3": 0, "T2": 1, "IF": 3.0, "OndemandPrice": 1, "SpotPrice": 1, "Savings": 0})
        yield number, pandas.DataFrame(rows)


def write(number, frame):
    frame = frame.copy()
    if number % 3 != 2:
        frame.insert(0, "Time", f"2024-11-01 {number // 6:02}:{number % 6}0:00")
    if number % 4 == 3:
        frame = frame[frame.columns[::-1]].drop(columns=["T2", "T3"])
    text = frame.to_csv(index=False, lineterminator="\r\n" if number % 5 == 1 else "\n",
                        quoting=1 if number % 5 == 2 else 0)
    data = text.encode("utf-8-sig" if number % 5 == 3 else "utf-8")
    name = f"{number // 6:02}-{number % 6}0-00.csv"
    folder = HERE / "archive" / ("aws/aws-2024-11/01" if number < 16 else "2024/11/01")
    folder.mkdir(parents=True, exist_ok=True)
    if number % 2 == 0 and number < 16:
        (folder / name).write_bytes(data)
    else:
        (folder / (name + ".gz")).write_bytes(gzip.compress(data, mtime=0))
    return pandas.read_csv(io.BytesIO(data))


read = pandas.concat(write(*snapshot) for snapshot in snapshots(random.Random(20241101)))
sps = read[read["SPS"] != -1].groupby(["InstanceType", "Region"])["SPS"]
interruption = read[read["IF"] != -1].groupby(["InstanceType", "Region"])["IF"]
table = pandas.DataFrame({"sps_cov": sps.std() / sps.mean(), "if_cov": interruption.std() / interruption.mean()})
table["score"] = table["sps_cov"] * table["if_cov"]
table = table[table["score"] > 0].reset_index().rename(columns={"InstanceType": "instance_type", "Region": "region"})
table = table.sort_values(["score", "region", "instance_type"], ascending=[False, True, True])
table.to_csv(HERE / "initial_score.csv", index=False)
