"""What a job cannot be run with, and what becomes of it where the world does not play along."""
import contextlib
import json
import os
import pty
import socket
import sqlite3
import subprocess
import threading
import urllib.error
import urllib.request

import pytest

from binary import BINARY, in_lab, spotvane
from conftest import Lab

RATES = '[performance]\n"c5.large" = 9\n"m5.large" = 9\n'


@pytest.fixture(scope="module")
def lab():
    lab = Lab("--speed", "600", "--start", "2026-03-01T09:00:00Z", "--seed", "3", "--quiet")
    lab.order("workload", {"tasks_per_vcpu_second": 5})
    yield lab
    lab.stop()


def job(folder, name, head="", rates=RATES, tasks=3_000):
    path = folder / f"{name}.toml"
    path.write_text(f'tasks = {tasks}\nnodes = 4\ninterval = "2m"\nregion = "us-east-1"\n{head}\n{rates}')
    return str(path)


def run(lab, home, path, *options):
    return spotvane("job", "run", path, "--output", "json", *options, home=home, **in_lab(lab.address))


def variables(lab, home):
    return {"PATH": os.environ["PATH"], "HOME": str(home), "SPOTVANE_HOME": str(home), **in_lab(lab.address)}


@contextlib.contextmanager
def running(lab, home, path):
    """A job that has launched workers; its report is in `end` once it is over."""
    process = subprocess.Popen([BINARY, "job", "run", path, "--output", "json"], env=variables(lab, home),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if " launch " in line:
            break
    said = []
    reader = threading.Thread(target=lambda: said.extend(process.stderr), daemon=True)
    reader.start()
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def end_of(process):
    text = process.stdout.read()
    process.wait(timeout=60)
    return json.loads(text)


def test_a_deadline_that_is_too_near_is_said_with_the_least_that_would_do(lab, tmp_path):
    done = run(lab, tmp_path, job(tmp_path, "late", 'deadline = "10m"', tasks=100_000))
    assert done.returncode == 1 and "it takes at least" in done.stderr
    assert json.loads(done.stdout)["cost_usd"] == 0


def test_a_dataset_that_nobody_knows_is_named(lab, tmp_path):
    done = run(lab, tmp_path, job(tmp_path, "nobody", 'dataset = "f00"\ntypes = ["c5.large"]', rates=""))
    assert done.returncode == 2
    assert "there is no dataset 'f00' in the performance database" in done.stderr


def test_what_was_done_before_is_found_by_its_name_with_the_number_of_its_tasks(lab, tmp_path):
    done = run(lab, tmp_path, job(tmp_path, "first", 'dataset = "9f3a"', '[performance]\n"c5.large" = 9\n'))
    assert done.returncode == 0, done.stderr
    path = tmp_path / "again.toml"
    path.write_text('nodes = 4\nregion = "us-east-1"\ndataset = "first"\n')
    again = spotvane("job", "predict", str(path), "--output", "json", home=tmp_path, **in_lab(lab.address))
    assert again.returncode == 0 and "dataset 'first' is '9f3a'" in again.stderr, again.stderr
    assert json.loads(again.stdout)["tasks_total"] == 3_000
    market = ("--nodes", "4", "--lab", "c5.large@us-east-1", "--lab-days", "2", "--runs", "2", "--policy", "spot-greedy", "--output", "json")
    simulated = spotvane("simulate", *market, "--dataset", "first", home=tmp_path)
    assert simulated.returncode == 0 and "knows 1 types of '9f3a'" in simulated.stderr, simulated.stderr
    assert json.loads(simulated.stdout)["policies"][0]["done"] == 2
    assert spotvane("simulate", str(path), *market, home=tmp_path).stdout == simulated.stdout
    nothing = spotvane("simulate", *market, "--dataset", "first", "--parameter", "window=5", home=tmp_path)
    assert nothing.returncode == 2 and "measured with other parameters: none" in nothing.stderr
    (tmp_path / "prices.tsv").write_text("2026-03-02T00:00:00Z\tus-east-1\tus-east-1a\tc5.large\tLinux/UNIX\t0.03\n"
                                         "2026-03-03T00:00:00Z\tus-east-1\tus-east-1a\tc5.large\tLinux/UNIX\t0.04\n")
    fleets = spotvane("job", "pareto", str(path), "--prices", "prices.tsv", "--output", "csv", home=tmp_path)
    assert fleets.returncode == 0 and "c5.large" in fleets.stdout, fleets.stderr
    path.write_text('nodes = 4\nregion = "us-east-1"\ndataset = "second"\n')
    unknown = run(lab, tmp_path, str(path))
    assert unknown.returncode == 2 and "the number of tasks is missing" in unknown.stderr
    assert "there is no dataset 'second'" in unknown.stderr and "'first' (9f3a)" in unknown.stderr


def test_on_a_terminal_the_user_is_asked_whether_to_measure(lab, tmp_path):
    path = job(tmp_path, "asked", 'types = ["c5.large"]', rates="")
    ours, theirs = pty.openpty()
    process = subprocess.Popen([BINARY, "job", "run", path], env=variables(lab, tmp_path),
                               stdin=theirs, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    said = b""
    while b"[y/N]" not in said:
        said += os.read(ours, 1000)
    assert b"measure c5.large on a few of them, for at most $0.5" in said
    os.write(ours, b"n\n")
    assert process.wait(timeout=60) == 2
    os.close(ours)


def test_workers_that_never_report_end_the_job(lab, tmp_path):
    head = f'[reports]\ncloudwatch = false\nport = {free_port()}'
    done = run(lab, tmp_path, job(tmp_path, "mute", head))
    assert done.returncode == 1 and "never reported" in done.stderr
    assert json.loads(done.stdout)["state"] == "failed"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def post(port, token, **report):
    request = urllib.request.Request(f"http://127.0.0.1:{port}/report{token}", json.dumps(report).encode(), method="POST")
    try:
        return urllib.request.urlopen(request, timeout=20).status
    except urllib.error.HTTPError as error:
        return error.code


def test_reports_of_strangers_and_nonsense_are_not_believed(lab, tmp_path):
    port = free_port()
    path = job(tmp_path, "reports", f"[reports]\nport = {port}", tasks=100_000)
    with running(lab, tmp_path, path) as process:
        state = sqlite3.connect(tmp_path / "state.db")
        settled, = state.execute("select settled from job").fetchone()
        token = "?token=" + dict(line.split("=") for line in settled.split())["report-token"]
        mine = None
        while not mine:
            mine = state.execute("select id from job_worker where ended_ms is null").fetchone()
        assert post(port, "", instance_id=mine[0], perf_sec=9) == 401
        assert post(port, token, instance_id="i-0123456789abcdef0", perf_sec=9) == 404
        assert post(port, token, instance_id=mine[0], perf_sec=-1) == 400
        assert post(port, token, instance_id=mine[0], perf_sec=1e6) == 400
        assert post(port, token, instance_id=mine[0], perf_sec=9, tasks_completed=1e9) == 400
        assert post(port, token, instance_id=mine[0], perf_sec=9, tasks_completed=100_000) == 204
        report = end_of(process)
    assert report["state"] == "done" and report["reports_not_believed"] == 4


def test_a_zone_whose_subnet_is_missing_is_left_out_and_no_other(lab, tmp_path):
    subnets = {one["AvailabilityZone"]: one["SubnetId"] for one in lab.client("ec2").describe_subnets()["Subnets"]}
    good = "us-east-1b"
    head = ('[worker]\non_demand = false\n'
            f'[worker.subnets]\n"us-east-1a" = "subnet-00000000000000bad"\n"{good}" = "{subnets[good]}"')
    done = run(lab, tmp_path, job(tmp_path, "subnets", head))
    assert done.returncode == 0, done.stderr
    pools = json.loads(done.stdout)["pools"]
    assert {pool["zone"] for pool in pools if pool["realised"]} == {good}
    unknown = run(lab, tmp_path, job(tmp_path, "zones", '[worker.subnets]\n"us-east-1z" = "subnet-0"'))
    assert unknown.returncode == 2 and "there is no zone 'us-east-1z'" in unknown.stderr


def test_an_image_that_is_missing_fails_the_job_with_what_aws_says(lab, tmp_path):
    done = run(lab, tmp_path, job(tmp_path, "image", '[worker]\nimage = "ami-00000000000000bad"'))
    assert done.returncode == 1
    assert "nothing could be launched anywhere" in done.stderr and "ami-00000000000000bad" in done.stderr


def test_keys_that_expire_in_the_middle_of_a_job_only_delay_it(lab, tmp_path):
    with running(lab, tmp_path, job(tmp_path, "keys", tasks=40_000)) as process:
        lab.order("faults", {"rules": [{"kind": "deny", "action": "*", "probability": 1}]})
        while json.loads(lab.get("/_lab/faults")[2])["counts"]["deny"] < 20:
            pass
        lab.order("faults", {"rules": []})
        report = end_of(process)
    assert report["state"] == "done"
    account = json.loads(lab.get("/_lab/audit")[2])["accounts"]["123456789012"]
    assert all(not left for left in account["left"].values())
