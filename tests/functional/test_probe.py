"""What `spotvane probe show` makes of launch times, against another's Kaplan-Meier estimate; and bad input."""
import datetime
import csv
import io
import json
import os
import pathlib
import signal
import sqlite3
import subprocess

import pytest

from binary import BINARY, in_lab, spotvane

NOON = 1_785_585_600_000  # 2026-08-01T12:00:00Z


@pytest.fixture(scope="module")
def empty_home(lab_url, tmp_path_factory):
    """A home with a catalog, and no probe."""
    home = tmp_path_factory.mktemp("probes")
    done = spotvane("catalog", "sync", "--regions", "us-east-1", home=home, **in_lab(lab_url))
    assert done.returncode in (0, 3), done.stderr
    return home


def add_probe(state, name, waits, timeout, stopped_after=None):
    """Writes a probe down as if it had been: `waits` in seconds of instances that were ready, None for the others."""
    state.execute(
        "insert into probe values (?, 'm5.large', 'us-east-1', '', '', 'ami-1', 'spot-request', ?, 2, 96000, null,"
        " 100000, ?, 3000, ?, ?, ?, ?, '', ?, 1000, null)",
        (name, len(waits), timeout * 1000, NOON, NOON, NOON + 1000 * (stopped_after or timeout),
         "stopped" if stopped_after else "timed-out", NOON + 10_000_000))
    for number, wait in enumerate(waits):
        if wait is not None:
            state.execute("insert into probe_event values (?, ?, ?, ?, 'ready', '')",
                          (name, number, NOON + round(wait * 1000), f"i-{name}-{number}"))


def shown(home):
    done = spotvane("probe", "show", "--output", "json", home=home)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)[0]


GOLDEN = json.loads((pathlib.Path(__file__).parents[1] / "data/survival/lifelines.json").read_text())


@pytest.mark.parametrize("case", GOLDEN["cases"])
def test_quantiles_are_those_of_lifelines(empty_home, tmp_path, case):
    """What lifelines made of the same waits; tests/data/survival/make_golden.py says how."""
    (tmp_path / "state.db").write_bytes((empty_home / "state.db").read_bytes())
    with sqlite3.connect(tmp_path / "state.db") as state:
        for number, (seconds, came) in enumerate(case["waits"]):
            # One instance a probe: it was ready, or the user stopped then.
            add_probe(state, f"p{number}", [seconds if came else None], 1000, None if came else seconds)
    ours = shown(tmp_path)
    assert ours["instances"] == len(case["waits"]) and ours["ready"] == sum(came for _, came in case["waits"])
    for name, expected in case["quantiles"].items():
        assert ours[f"ready_{name}_s"] == ("not reached" if expected is None else expected), name


def test_what_was_never_ready_is_awaited_to_the_end(empty_home, tmp_path):
    (tmp_path / "state.db").write_bytes((empty_home / "state.db").read_bytes())
    with sqlite3.connect(tmp_path / "state.db") as state:
        add_probe(state, "p", [10, None, None, None], 600)
    ours = shown(tmp_path)
    assert ours["ready_p50_s"] == "not reached" and ours["fulfilled"] == 0


@pytest.mark.parametrize("arguments, message", [
    (["m5.large"], "m5.large"),
    (["m5.large@us-esat-1"], "did you mean 'us-east-1'"),
    (["m5.lagre@us-east-1"], "did you mean 'm5.large'"),
    (["m5.large@use1-az9"], "there is no zone 'use1-az9'"),
    (["m5.large@us-east-1", "--count", "0"], "--count"),
    (["m5.large@us-east-1", "--via", "telepathy"], "--via"),
    (["m5.large@us-east-1", "--interval", "10ms"], "at least 1s"),
    (["m5.large@us-east-1", "--max-instances", "9"], "10 more instances would be more than 9"),
    (["m5.large@us-east-1", "--dollars-a-day", "0.01"], "the day's budget of $0.01 is spent"),
    ([], "has no daily scores"),
])
def test_bad_input_is_named_and_launches_nothing(start_lab, tmp_path, arguments, message):
    lab = start_lab("--speed", "60", "--seed", "3")
    done = spotvane("probe", "run", *arguments, home=tmp_path, **in_lab(lab.address))
    assert done.returncode in (1, 2), done.stdout
    assert message in done.stderr
    assert not spotvane("probe", "show", home=tmp_path).stdout


def test_shows_nothing_where_there_is_nothing(empty_home):
    done = spotvane("probe", "show", home=empty_home)
    assert done.returncode == 1 and "there is no such probe" in done.stderr

# Against the lab, whose auditor knows what is true

RUNNING = ("--speed", "60", "--seed", "5", "--start", "2026-03-01T10:00:00Z")


def audit(lab):
    return json.loads(lab.get("/_lab/audit")[2])["accounts"].get("123456789012", {})


def left(lab):
    return [one for ids in audit(lab).get("left", {}).values() for one in ids]


@pytest.mark.parametrize("via", ["spot-request", "run-instances", "create-fleet"])
def test_times_instances_and_leaves_none(start_lab, tmp_path, via):
    lab = start_lab(*RUNNING)
    done = spotvane("probe", "run", "m5.large@us-east-1", "--count", "3", "--via", via, "--output", "json",
                    "--csv", str(tmp_path / "ready.csv"), home=tmp_path, **in_lab(lab.address))
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert [(row["outcome"], row["ready"], row["left_in_aws"]) for row in answer["probes"]] == [
        ("all-ready", 3, "nothing")], done.stderr
    assert left(lab) == []
    spent = answer["probes"][0]["spent_at_most"]
    assert spent >= audit(lab)["spent_usd"]
    truth = {one["id"]: one["ready"] for one in json.loads(lab.get("/_lab/audit/instances")[2])}
    timeline = json.loads(spotvane("probe", "show", "--what", "timeline", "--output", "json", home=tmp_path).stdout)
    ready = {row["subject"]: row["at"] for row in timeline if row["what"] == "ready"}
    assert ready.keys() == truth.keys()
    for instance, seen in ready.items():
        late = (parsed(seen) - parsed(truth[instance])).total_seconds()
        assert 0 <= late <= 30, "a look is 3 s; at this speed answers take seconds of the lab's, too"
    archived = json.loads(spotvane("query", "--output", "json", "from probe_instances", home=tmp_path).stdout)
    assert {row["instance"] for row in archived} == truth.keys()
    for row in archived:
        assert datetime.datetime.fromisoformat(row["ready"] + "+00:00") == parsed(ready[row["instance"]])
    counts = spotvane("query", "--output", "csv", "select * exclude (probe) from probe_counts", home=tmp_path).stdout
    assert counts.splitlines() == (tmp_path / "ready.csv").read_text().splitlines(), "the founding data's columns"
    done = spotvane("export", "--table", "probe_events", "--to", "events.csv", home=tmp_path)
    assert done.returncode == 0 and f"{len(timeline) + 6} rows" in done.stderr, "requested, ended, cleared, three counts"
    lines = (tmp_path / "ready.csv").read_text().splitlines()
    assert lines[0] == "region,instance,instance_count,request_time,current_time,ready_instances,hours,minutes"
    assert lines[-1].startswith("us-east-1,m5.large,3,") and lines[-1].split(",")[5:7] == ["3", "10"]


def parsed(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


@pytest.mark.parametrize("loses_ledger", [False, True])
def test_recover_ends_what_a_killed_run_left(start_lab, tmp_path, loses_ledger):
    lab = start_lab(*RUNNING)
    run = subprocess.Popen(
        [BINARY, "probe", "run", "m5.large@us-east-1", "c5.large@us-west-2", "--count", "4"], cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "SPOTVANE_HOME": str(tmp_path), **in_lab(lab.address)},
        stderr=subprocess.PIPE)
    while len(left(lab)) < 8:
        assert run.poll() is None, run.stderr.read()
    run.kill()
    run.wait()
    run.stderr.close()
    if loses_ledger:
        for file in tmp_path.glob("state.db*"):
            file.unlink()
    done = spotvane("probe", "recover", "--output", "json", home=tmp_path, **in_lab(lab.address))
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["probes_ended"], answer["left_in_aws"]) == (2, "nothing")
    assert left(lab) == []
    assert audit(lab)["most_claimed"]["instances"] <= 8


def test_ctrl_c_ends_the_instances_first(start_lab, tmp_path):
    lab = start_lab(*RUNNING)
    run = subprocess.Popen(
        [BINARY, "probe", "run", "m5.large@us-east-1", "--count", "4"], cwd=tmp_path, text=True,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "SPOTVANE_HOME": str(tmp_path), **in_lab(lab.address)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while len(left(lab)) < 4:
        assert run.poll() is None, run.stderr.read()
    run.send_signal(signal.SIGINT)
    out, said = run.communicate(timeout=120)
    assert run.returncode == 0, said
    assert "stopped" in out and "terminating the instances" in said and "every instance terminated" in said
    assert left(lab) == []


def start_run(lab, home, *arguments):
    return subprocess.Popen(
        [BINARY, "probe", "run", "m5.large@us-east-1", "--count", "2", *arguments], cwd=home, text=True,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "SPOTVANE_HOME": str(home), **in_lab(lab.address)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.parametrize("action", ["DescribeRegions", "DescribeLaunchTemplates", "GetProducts", "RequestSpotInstances",
                                    "DescribeInstanceStatus", "TerminateInstances"])
def test_ctrl_c_leaves_nothing_at_any_stage(start_lab, tmp_path, action):
    lab = start_lab(*RUNNING)
    lab.order("faults", {"rules": [{"kind": "slow", "action": action, "probability": 1, "delay": "500ms"}]})
    run = start_run(lab, tmp_path)
    while not json.loads(lab.get("/_lab/faults")[2])["counts"]["slow"]:
        assert run.poll() is None, run.stderr.read()
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=120)
    assert run.returncode in (0, 1, 3, 130) and "stop" in said, said
    assert left(lab) == []


def test_a_second_ctrl_c_leaves_what_recover_ends(start_lab, tmp_path):
    lab = start_lab(*RUNNING)
    run = start_run(lab, tmp_path)
    while len(left(lab)) < 4:  # two requests, two instances
        assert run.poll() is None, run.stderr.read()
    lab.order("faults", {"rules": [{"kind": "error", "action": "TerminateInstances", "probability": 1}]})
    run.send_signal(signal.SIGINT)
    assert "once more" in run.stderr.readline() + run.stderr.readline() + run.stderr.readline() + run.stderr.readline()
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=30)
    assert run.returncode == 3 and "`spotvane probe recover` ends them" in said, said
    assert left(lab) != []
    lab.order("faults", {"rules": []})
    done = spotvane("probe", "recover", home=tmp_path, **in_lab(lab.address))
    assert done.returncode == 0 and left(lab) == [], done.stderr


def test_a_clock_that_jumps_ahead_ends_the_probe_and_leaves_nothing(start_lab, tmp_path):
    lab = start_lab(*RUNNING)
    run = start_run(lab, tmp_path)
    while len(left(lab)) < 4:
        assert run.poll() is None, run.stderr.read()
    lab.order("clock", {"advance": "3h"})
    out, said = run.communicate(timeout=120)
    assert run.returncode in (0, 3), said
    assert "timed-out" in out or "ready" in out, out
    assert left(lab) == []


def test_archives_what_a_killed_run_saw_once_it_is_cleared(start_lab, tmp_path):
    lab = start_lab(*RUNNING)
    run = start_run(lab, tmp_path)
    while len(left(lab)) < 2:
        assert run.poll() is None, run.stderr.read()
    run.kill()
    run.communicate()
    for _ in range(2):
        done = spotvane("probe", "recover", home=tmp_path, **in_lab(lab.address))
        assert done.returncode == 0, done.stderr
        seen = spotvane("query", "--output", "csv", "select what, detail from probe_events where what in ('ended', 'cleared')",
                        home=tmp_path).stdout.splitlines()
        assert len(seen) == 3 and seen[1].startswith("ended,cut-short"), "once, however often one looks"


@pytest.mark.parametrize("action", ["RequestSpotInstances", "DescribeInstances", "TerminateInstances",
                                    "CancelSpotInstanceRequests", "DescribeInstanceStatus"])
def test_says_which_permission_is_missing_and_launches_nothing(start_lab, tmp_path, action):
    lab = start_lab(*RUNNING)
    lab.order("faults", {"rules": [{"kind": "deny", "action": action, "probability": 1}]})
    done = spotvane("probe", "run", "m5.large@us-east-1", "--count", "1", home=tmp_path, **in_lab(lab.address))
    assert done.returncode == (3 if action == "RequestSpotInstances" else 1), done.stderr
    assert f"allow 'ec2:{action}'" in done.stderr
    assert audit(lab).get("ever", {"instances": 0})["instances"] == 0


def test_says_that_the_spot_limit_is_exceeded(start_lab, tmp_path):
    lab = start_lab(*RUNNING)
    lab.order("faults", {"instances": {"spot_vcpus": 4}})
    done = spotvane("probe", "run", "m5.large@us-east-1", "--count", "3", home=tmp_path, **in_lab(lab.address))
    assert done.returncode == 3
    assert "MaxSpotInstanceCountExceeded" in done.stderr and "Service Quotas" in done.stderr
    assert left(lab) == []


def test_what_probes_saw_is_what_launches_take_in_a_simulation(empty_home, tmp_path):
    (tmp_path / "state.db").write_bytes((empty_home / "state.db").read_bytes())
    with sqlite3.connect(tmp_path / "state.db") as state:
        add_probe(state, "p", [1500, 1500, 1600], 3000)
    (tmp_path / "perf.csv").write_text("instance_type,tasks_per_second\nc5.large,2\n")

    def hours(launch_time):
        done = spotvane("simulate", "--tasks", "10000", "--nodes", "5", "--performance", "perf.csv", "--lab",
                        "c5.large@us-east-1", "--lab-days", "2", "--runs", "2", "--noise", "0", "--policy", "on-demand",
                        "--launch-time", launch_time, "--output", "csv", home=tmp_path)
        assert done.returncode == 0, done.stderr
        return [float(row["time_h"]) for row in csv.DictReader(io.StringIO(done.stdout))]

    for probed, at_once in zip(hours("probes"), hours("0s")):
        assert 1490 <= (probed - at_once) * 3600 <= 1610
