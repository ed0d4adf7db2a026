"""`simulate` and `job pareto`: logs in their forms, bad ones, and the founding program's own loop on the same log."""
import csv
import io
import json
import random

import pytest

from binary import advance, in_lab, spotvane
from founding_loop import Log, simulate as founding_loop

TYPES = {"c5.large": (2.0, 0.04), "c5.xlarge": (4.1, 0.07), "m5.large": (1.7, 0.05)}
ZONES = ["us-east-1a", "us-east-1b"]


def rows(days=20):
    """Prices that wander; every row (time, zone, type, price)."""
    draw = random.Random(4)
    for kind, (_, price) in TYPES.items():
        for zone in ZONES:
            for hour in range(0, 24 * days, 6):
                yield (f"2021-03-{2 + hour // 24:02}T{hour % 24:02}:{draw.randrange(60):02}:00.000Z", zone, kind,
                       f"{price * (0.8 + 0.5 * draw.random()):.6f}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fleets")
    table = ["timestamp\tregion\taz\tinstance_type\tos\tprice"]
    table += [f"{time}\tus-east-1\t{zone}\t{kind}\tLinux/UNIX\t{price}" for time, zone, kind, price in rows()]
    (folder / "table.tsv").write_text("\n".join(table) + "\n")
    text = [f"SPOTPRICEHISTORY\t{zone}\t{kind}\tLinux/UNIX\t{price}\t{time}" for time, zone, kind, price in rows()]
    random.Random(1).shuffle(text)
    (folder / "text.txt").write_text("\n".join(text) + "\n")
    documents = ""
    for kind in TYPES:
        documents += json.dumps({"SpotPriceHistory": [
            {"AvailabilityZone": zone, "InstanceType": of, "ProductDescription": "Linux/UNIX", "SpotPrice": price,
             "Timestamp": time} for time, zone, of, price in sorted(rows(), reverse=True) if of == kind]}, indent=1) + "\n"
    (folder / "three.json").write_text(documents)
    (folder / "perf.csv").write_text("instance_type,tasks_per_second,deviation\n" + "".join(
        f"{kind},{rate},{rate / 20}\n" for kind, (rate, _) in TYPES.items()))
    (folder / "job.toml").write_text(
        'tasks = 200000\nnodes = 10\nbudget_usd = 2.5\ndeadline = "12h"\n[manager]\nprice_usd = 0.05\n'
        '[on_demand]\n"c5.large" = 0.085\n"c5.xlarge" = 0.17\n"m5.large" = 0.096\n')
    return folder


def run(folder, *arguments, output="csv", prices="table.tsv"):
    done = spotvane("simulate", "job.toml", "--performance", "perf.csv", "--prices", prices, "--output", output, *arguments,
                    home=folder)
    assert done.returncode == 0, done.stderr
    return done


def runs_of(done):
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_the_same_seed_writes_the_same_bytes_on_any_number_of_threads(folder):
    options = ("--runs", "40", "--seed", "7", "--losses-per-hour", "0.2", "--failed-launches", "0.1")
    one = run(folder, *options, "--threads", "1").stdout
    assert run(folder, *options, "--threads", "3").stdout == one
    assert run(folder, "--runs", "40", "--seed", "8", "--losses-per-hour", "0.2").stdout != one


def test_a_log_costs_the_same_in_each_of_its_forms(folder):
    table = run(folder, "--runs", "5", "--policy", "lp-budget").stdout
    text = run(folder, "--runs", "5", "--policy", "lp-budget", prices="text.txt")
    several = run(folder, "--runs", "5", "--policy", "lp-budget", prices="three.json")
    assert text.stdout == table and several.stdout == table
    assert "out of the order of time" in text.stderr
    assert "3 JSON documents one after another" in several.stderr


def test_budgets_hold_and_nothing_beats_the_oracle(folder):
    for row in runs_of(run(folder, "--runs", "30", "--budget", "1.5,2.5,4", "--losses-per-hour", "0.1")):
        if row["policy"] not in ("lp-deadline",):
            assert float(row["cost_usd"]) <= float(row["budget_usd"]) + 1e-6, row
        if row["done"] == "true":
            assert float(row["cost_usd"]) >= 0.97 * float(row["oracle_usd"]), row
        if row["policy"] == "lp-deadline" and row["done"] == "true":
            assert row["late"] == "false"


def test_a_budget_too_small_spends_nothing_and_is_told_what_would_do(folder):
    for row in runs_of(run(folder, "--runs", "3", "--budget", "0.5", "--policy", "lp-budget,cloudpits")):
        assert float(row["cost_usd"]) == 0 and float(row["least_budget_usd"]) > 0.5, row
    shown = run(folder, "--runs", "3", "--budget", "0.5,2.5", "--policy", "lp-budget,spot-greedy", output="table").stdout.split("pairs")[0]
    told = {tuple(line.split()[:2]): line for line in shown.splitlines()[2:] if line}
    assert " 3 infeasible " in told["lp-budget", "0.5"] and " 3 out of budget " in told["spot-greedy", "0.5"], shown
    assert "infeasible" not in told["lp-budget", "2.5"], shown


def test_json_has_the_spread_beside_every_baseline_and_the_oracle(folder):
    answer = json.loads(run(folder, "--runs", "20", output="json").stdout)
    line = next(one for one in answer["policies"] if one["policy"] == "lp-budget")
    assert line["p50_usd"] <= line["p90_usd"] <= line["p99_usd"]
    beside = {one["beside"] for one in answer["pairs"] if one["policy"] == "lp-budget"}
    assert {"oracle", "on-demand", "spot-greedy", "cloudpits", "budget-paced", "lp-deadline"} == beside


def test_on_demand_costs_what_the_carried_catalog_says_where_the_job_does_not(folder):
    done = spotvane("simulate", "--tasks", "200000", "--performance", "perf.csv", "--prices", "table.tsv", "--runs", "2",
                    "--policy", "on-demand", "--output", "csv", home=folder)
    assert "3 have an on-demand price" in done.stderr, done.stderr
    assert all(row["done"] == "true" for row in runs_of(done))


def test_costs_are_drawn(folder):
    run(folder, "--runs", "5", "--svg", "costs.svg")
    assert "<svg" in (folder / "costs.svg").read_text()


def test_what_the_founding_loop_comes_to_is_what_ours_comes_to(folder):
    """No chance in it: the founding algorithm in Python, and ours with the interval as its step."""
    log = Log(folder / "table.tsv")
    theirs = founding_loop(log, {kind: (rate, rate / 20) for kind, (rate, _) in TYPES.items()}, budget=2.5, tasks=200000,
                           nodes=10, step_minutes=10, start="2021-03-05T00:00:00.000Z", manager_usd=0.05, volume_usd=0,
                           noise=0)
    ours = runs_of(run(folder, "--runs", "1", "--policy", "cloudpits", "--start", "2021-03-05", "--interval", "10m",
                       "--noise", "0", "--launch-time", "0s"))[0]
    assert float(ours["cost_usd"]) == pytest.approx(theirs["cost"], rel=0.03)
    assert float(ours["time_h"]) == pytest.approx(theirs["hours"], abs=0.2)


@pytest.mark.parametrize("text, told", [
    ("", "no price in it"),
    ("a\tb\n", "no price in it"),
    ("2021-03-02T00:00:00Z\tus-east-1\tus-east-1a\tc5.large\tLinux/UNIX\t-0.03\n", "1 make no sense"),
    ("2021-03-02T00:00:00Z\tus-east-1\tus-east-1a\tc5.large\tWindows\t0.03\n", "1 are not of Linux"),
    ("2021-03-02T00:00:00Z\tus-east-1\tus-east-1a\tz9.large\tLinux/UNIX\t0.03\n", "no type whose throughput is known"),
    ("2021-03-02T00:00:00Z\tus-east-1\tus-east-1a\tc5.large\tLinux/UNIX\t0.03\n", "all of one moment"),
])
def test_a_log_without_any_use_is_refused(folder, text, told):
    (folder / "bad.tsv").write_text(text)
    done = spotvane("simulate", "job.toml", "--performance", "perf.csv", "--prices", "bad.tsv", home=folder)
    assert done.returncode != 0 and told in done.stderr, done.stderr


def test_bad_rows_cost_themselves_only_and_are_told(folder):
    (folder / "torn.tsv").write_text((folder / "table.tsv").read_text() +
                                     "2021-03-09T00:00:00Z\tus-east-1\tus-east-1a\tc5.large\tLinux/UNIX\tNaN\n")
    torn = run(folder, "--runs", "3", prices="torn.tsv")
    assert torn.stdout == run(folder, "--runs", "3").stdout
    assert "1 rows make no sense" in torn.stderr


def test_pareto_estimates_as_the_founding_program_and_marks_what_is_dominated(folder):
    done = spotvane("job", "pareto", "job.toml", "--performance", "perf.csv", "--prices", "table.tsv", "--nodes", "1,5,20",
                    "--output", "csv", "--svg", "pareto.svg", home=folder)
    assert done.returncode == 0, done.stderr
    fleets = list(csv.DictReader(io.StringIO(done.stdout)))
    assert len(fleets) == 9
    for one in fleets:
        nodes, price, rate = int(one["nodes"]), float(one["worker_usd_per_hour"]), float(one["tasks_per_second"])
        hours = 200000 / (rate * nodes * (1 - (nodes - 1) / 1000)) / 3600
        assert float(one["time_h"]) == pytest.approx(hours, rel=1e-9)
        assert float(one["cost_usd"]) == pytest.approx(hours * (nodes * price + 0.05), rel=1e-9)
        beaten = any(float(o["time_h"]) <= hours and float(o["cost_usd"]) <= float(one["cost_usd"]) and o is not one
                     for o in fleets)
        assert (one["dominated"] == "true") == beaten, one
    assert "<svg" in (folder / "pareto.svg").read_text()


def test_the_labs_market_is_one_to_simulate_on(folder):
    done = spotvane("simulate", "job.toml", "--performance", "perf.csv", "--lab", "c5.large@us-east-1", "--lab-days", "10",
                    "--runs", "4", "--output", "csv", home=folder)
    assert done.returncode == 0, done.stderr
    assert len(runs_of(done)) == 4 * 6


def test_what_was_collected_is_a_market_to_simulate_on(folder, midnight_lab_url):
    for _ in range(3):
        done = spotvane("collect", "--regions", "sa-east-1", home=folder, **in_lab(midnight_lab_url))
        assert done.returncode == 0, done.stderr
        advance(midnight_lab_url, "6h")
    done = spotvane("simulate", "job.toml", "--tasks", "50000", "--performance", "perf.csv", "--archive", "c5.large@sa-east-1",
                    "--runs", "3", "--policy", "spot-greedy", "--output", "csv", home=folder)
    assert done.returncode == 0, done.stderr
    assert {row["done"] for row in runs_of(done)} == {"true"}
    unknown = spotvane("simulate", "job.toml", "--performance", "perf.csv", "--archive", "z9.large@sa-east-1", home=folder)
    assert unknown.returncode != 0 and "z9.large" in unknown.stderr


def trace(path, bits, gap=600):
    path.write_text(json.dumps({"metadata": {"gap_seconds": gap}, "data": bits}))


def test_no_worker_runs_on_spot_where_a_trace_has_none(folder):
    """Spot for two hours of every six: what runs in between, runs on demand."""
    trace(folder / "all.json", ([1] * 12 + [0] * 24) * 60)
    options = ("--runs", "5", "--tasks", "400000", "--nodes", "4", "--budget", "100", "--start", "2021-03-02T02:30:00Z",
               "--deadline", "3d")
    spot_only = runs_of(run(folder, *options, "--policy", "spot-greedy", "--availability", "all.json"))
    always = runs_of(run(folder, *options, "--policy", "spot-greedy"))
    for with_trace, without in zip(spot_only, always):
        assert int(with_trace["interruptions"]) > int(without["interruptions"]), with_trace
        assert float(with_trace["time_h"]) > float(without["time_h"]) + 3, with_trace
    inverted = run(folder, *options, "--policy", "spot-greedy", "--availability", "all.json", "--ones", "preempted")
    assert "reading 1 as 'preempted' in 1 trace(s): 6 pools follow one" in inverted.stderr
    assert runs_of(inverted) != spot_only


def test_traces_belong_to_the_pools_they_are_named_after(folder):
    traces = folder / "traces"
    traces.mkdir()
    trace(traces / "us-east-1a_c5.large.json", [1] * 3000)
    trace(traces / "eu-west-1a.json", [1] * 3000)
    assert "in 2 trace(s): 1 pools follow one" in run(folder, "--runs", "2", "--availability", "traces").stderr
    (traces / "us-east-1a_c5.large.json").unlink()
    trace(traces / "eu-west-1b.json", [1] * 3000)
    done = spotvane("simulate", "job.toml", "--performance", "perf.csv", "--prices", "table.tsv", "--availability", "traces",
                    home=folder)
    assert done.returncode != 0 and "none of the 2 traces in 'traces'" in done.stderr and "hint: " in done.stderr


def test_launch_times_that_no_probe_measured_are_refused(folder):
    done = spotvane("simulate", "job.toml", "--performance", "perf.csv", "--prices", "table.tsv", "--launch-time", "probes",
                    home=folder)
    assert done.returncode != 0 and "hint: " in done.stderr, done.stderr
