"""`simulate trace` beside a plain simulator, and beside published costs where their traces are at hand."""
import csv
import io
import json
import os
import pathlib
import random

import pytest

from binary import spotvane
from cant_be_late import POLICIES, Job

PRICES = ("--spot-price", "0.9731", "--on-demand-price", "3.06")
EVERY_POLICY = [argument for name in POLICIES for argument in ("--policy", name)]


def market(seed, ticks):
    """Outages of all lengths, by the hour and by the day."""
    draw = random.Random(seed)
    series, up = [], True
    while len(series) < ticks:
        mean = draw.choice([2, 6, 40]) if up else draw.choice([1, 4, 30])
        series += [int(up)] * (1 + int(draw.expovariate(1 / mean)))
        up = not up
    return series[:ticks]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Six zones and three windows in each."""
    folder = tmp_path_factory.mktemp("traces")
    with open(folder / "windows.csv", "w") as windows:
        windows.write("zone,i,start,end\n")
        for seed in range(6):
            data = market(seed, 900)
            (folder / f"zone-{seed}.json").write_text(json.dumps({"metadata": {"gap_seconds": 600}, "data": data}))
            for i, start in enumerate((0, 131, 346)):
                windows.write(f"zone-{seed},{i},{start},{start + 554}\n")
    return folder


def simulate(folder, *arguments, traces=None):
    done = spotvane("simulate", "trace", str(traces or folder), *PRICES, *arguments, "--output", "csv", home=folder)
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_every_policy_costs_what_the_plain_simulator_says(folder):
    rows = simulate(folder, *EVERY_POLICY, "--work", "48h", "--deadline", "52h,64h,92h", "--overhead", "0.02h,0.2h,0.4h",
                    "--windows", "windows.csv")
    assert len(rows) == 6 * 3 * 4 * 3 * 3
    assert list(rows[0]) == ["zone", "i", "policy", "overhead_h", "deadline_h", "cost_usd", "on_demand_h", "spot_h",
                             "changeovers", "late"]
    for row in rows:
        data = json.loads((folder / f"{row['zone']}.json").read_text())["data"]
        start = (0, 131, 346)[int(row["i"])]
        job = Job(data[start:start + 554], 600, 48, float(row["deadline_h"]), float(row["overhead_h"]))
        job.run(POLICIES[row["policy"]])
        assert float(row["cost_usd"]) == pytest.approx(job.cost(0.9731, 3.06), abs=1e-5), row
        assert float(row["spot_h"]) == pytest.approx(job.billed["SPOT"] / 6), row
        assert int(row["changeovers"]) == job.launches, row
        assert row["late"] == "false"


def test_the_other_sign_convention_is_the_same_market_turned_round(folder, tmp_path):
    data = json.loads((folder / "zone-3.json").read_text())
    data["data"] = [1 - value for value in data["data"]]
    (tmp_path / "zone-3.json").write_text(json.dumps(data))
    job = ("--policy", "greedy", "--work", "48h", "--deadline", "64h", "--overhead", "0.2h")
    available = simulate(folder, *job, traces=folder / "zone-3.json")
    assert simulate(folder, *job, "--ones", "preempted", traces=tmp_path / "zone-3.json") == available
    done = spotvane("simulate", "trace", str(tmp_path), *PRICES, *job, home=folder)
    assert "reading 1 as 'available'" in done.stderr and "'--ones preempted'" in done.stderr


def test_table_and_json_sum_up_each_policy_beside_the_oracle(folder):
    job = ("--policy", "greedy,on-demand,oracle", "--work", "48h", "--deadline", "64h", "--overhead", "0.2h")
    arguments = ("simulate", "trace", str(folder), *PRICES, *job)
    table = spotvane(*arguments, home=folder)
    assert "above_oracle_percent" in table.stdout and len(table.stdout.splitlines()) < 10
    summary = json.loads(spotvane(*arguments, "--output", "json", home=folder).stdout)
    greedy, on_demand, oracle = summary["policies"]
    assert len(summary["runs"]) == 6 * 3 and greedy["runs"] == 6
    assert on_demand["mean_usd"] > greedy["mean_usd"] > oracle["mean_usd"]
    assert greedy["above_oracle_percent"] == pytest.approx(100 * (greedy["mean_usd"] / oracle["mean_usd"] - 1))


def test_jobs_move_among_all_zones_only_when_they_may(folder):
    job = ("--policy", "up-switch,oracle", "--work", "48h", "--deadline", "64h", "--overhead", "0.2h",
           "--windows", "windows.csv")
    alone = simulate(folder, *job)
    anywhere = simulate(folder, *job, "--multi-zone")
    assert sum(float(row["cost_usd"]) for row in anywhere) < 0.9 * sum(float(row["cost_usd"]) for row in alone)


def test_what_cannot_be_simulated_is_named(folder, tmp_path):
    def complaint(*arguments, traces=folder):
        done = spotvane("simulate", "trace", str(traces), *PRICES, *arguments, home=folder)
        assert done.returncode != 0
        return done.stderr

    job = ("--work", "48h", "--deadline", "64h")
    assert "option '--policy' is required" in complaint(*job)
    assert "did you mean 'greedy'?" in complaint(*job, "--policy", "gredy")
    assert "option '--overhead': expected a duration" in complaint(*job, "--policy", "greedy", "--overhead", "0.2")
    assert "no trace lies in" in complaint(*job, "--policy", "greedy", traces=tmp_path)
    (tmp_path / "a.json").write_text('{"metadata": {"gap_seconds": 600}, "data": [1]}\n{"data": []}')
    assert "a second JSON document begins" in complaint(*job, "--policy", "greedy", traces=tmp_path)


TRACES = pathlib.Path(os.environ.get("SPOTVANE_TRACES", "no folder is named"))
GOLDEN_NAMES = {"on_demand": "on-demand", "greedy": "greedy", "uniform_progress": "uniform-progress",
                "up_no_hysteresis": "uniform-progress-no-hysteresis", "optimal_dp": "oracle"}


@pytest.mark.skipif(not TRACES.is_dir(), reason="SPOTVANE_TRACES names no folder with traces and golden costs")
def test_published_costs_are_met_to_a_tenth_of_a_cent(tmp_path):
    golden = {(row["zone"], row["i"], policy, float(row["overhead_h"]), float(row["deadline_h"])): float(row[column])
              for row in csv.DictReader(open(TRACES / "nsdi24_single_zone_even.csv"))
              for column, policy in GOLDEN_NAMES.items()}
    rows = simulate(tmp_path, *EVERY_POLICY, "--policy", "oracle", "--work", "48h", "--deadline", "52h,60h,70h,92h",
                    "--overhead", "0.02h,0.2h", "--windows", str(TRACES / "nsdi24_windows_even.csv"),
                    traces=TRACES / "spot-traces/availability/1-node/aws-10-26-2022")
    ours = {(row["zone"], row["i"], row["policy"], float(row["overhead_h"]), float(row["deadline_h"])):
            float(row["cost_usd"]) for row in rows}
    assert len(golden) == 9600
    assert {key: ours[key] for key in golden} == pytest.approx(golden, abs=0.001)
