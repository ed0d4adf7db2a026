"""Jobs run to their ends in the lab: what they cost, what they leave, and what kills do to them."""
import json
import os
import pathlib
import signal
import subprocess

import pytest

from binary import BINARY, in_lab, spotvane

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples" / "pi.toml"


@pytest.fixture(scope="module")
def fast_lab():
    from conftest import Lab
    lab = Lab("--speed", "600", "--start", "2026-03-01T09:00:00Z", "--seed", "3", "--quiet")
    yield lab
    lab.stop()


def audit(lab):
    return json.loads(lab.get("/_lab/audit")[2])["accounts"]["123456789012"]


def job_file(folder, name, **more):
    text = EXAMPLE.read_text().replace('name = "pi"', f'name = "{name}"')
    for key, value in more.items():
        lines = [line for line in text.splitlines() if not line.startswith(f"{key} =")]
        text = "\n".join([f"{key} = {value}", *lines])
    path = folder / f"{name}.toml"
    path.write_text(text)
    return path


def run(lab, home, *arguments):
    return spotvane(*arguments, home=home, **in_lab(lab.address))


def test_the_example_is_done_cheaper_than_on_demand_and_the_audit_agrees(fast_lab, tmp_path):
    before = audit(fast_lab) if "123456789012" in fast_lab.get("/_lab/audit")[2].decode() else {"bill_usd": 0}
    done = run(fast_lab, tmp_path, "job", "run", str(EXAMPLE), "--output", "json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["state"] == "done"
    assert report["tasks_done"] == report["tasks_total"] == 10_000
    assert 0 < report["cost_usd"] < report["on_demand_usd"]
    after = audit(fast_lab)
    assert all(not left for left in after["left"].values())
    # A look every 5 s of the lab is 8 ms here: what a busy machine misses of a second shows in the bill.
    assert report["cost_usd"] == pytest.approx(after["bill_usd"] - before["bill_usd"], rel=0.02)
    # The report itself has the lab's audit of this job.
    assert report["audit_usd"] == pytest.approx(after["bill_usd"] - before["bill_usd"], abs=1e-5)
    assert report["audit_instances"] == report["workers"] and report["audit_left"] == 0

    again = run(fast_lab, tmp_path, "job", "status", "pi", "--output", "json")
    assert json.loads(again.stdout)["state"] == "done"
    known = run(fast_lab, tmp_path, "perf", "show", "pi")
    assert "c5.large" in known.stdout


def test_a_job_that_was_killed_goes_on_with_the_same_workers(fast_lab, tmp_path):
    path = job_file(tmp_path, "killed", tasks=12_000, budget_usd=3)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "SPOTVANE_HOME": str(tmp_path),
                   **in_lab(fast_lab.address)}
    process = subprocess.Popen([BINARY, "job", "run", str(path)], env=environment,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if "launch" in line:
            break
    process.send_signal(signal.SIGKILL)
    process.communicate()
    done = run(fast_lab, tmp_path, "job", "run", str(path), "--output", "json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["state"] == "done" and report["tasks_done"] == 12_000
    mine = [one for one in json.loads(fast_lab.get("/_lab/audit/instances")[2])
            if one["tags"].get("spotvane:job") == report["job"]]
    assert len(mine) == report["workers"]
    assert all(not left for left in audit(fast_lab)["left"].values())


def test_what_cannot_be_done_is_said_before_anything_is_spent(fast_lab, tmp_path):
    path = job_file(tmp_path, "poor", tasks=1_000_000, budget_usd=1, calibrate="false")
    with path.open("a") as file:
        file.write('\n[performance]\n"c5.large" = 0.2\n')
    poor = run(fast_lab, tmp_path, "job", "run", str(path), "--output", "json")
    assert poor.returncode == 1
    assert "a budget of at least $" in poor.stderr
    assert json.loads(poor.stdout)["cost_usd"] == 0

    unmeasured = job_file(tmp_path, "unmeasured", calibrate="false")
    refused = run(fast_lab, tmp_path, "job", "run", str(unmeasured))
    assert refused.returncode == 2
    assert "calibrate = true" in refused.stderr


def test_a_second_manager_refuses_and_stop_ends_the_job(fast_lab, tmp_path):
    path = job_file(tmp_path, "twice", tasks=10_000_000, budget_usd=5_000)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "SPOTVANE_HOME": str(tmp_path),
                   **in_lab(fast_lab.address)}
    first = subprocess.Popen([BINARY, "job", "run", str(path), "--output", "json"], env=environment,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for line in first.stderr:
        if "launch" in line:
            break
    second = run(fast_lab, tmp_path, "job", "run", str(path))
    assert "is run by another manager" in second.stderr and second.returncode == 1
    asked = run(fast_lab, tmp_path, "job", "stop", "twice")
    assert asked.returncode == 0, asked.stderr
    out, _ = first.communicate(timeout=60)
    assert json.loads(out)["state"] == "stopped"
    assert all(not left for left in audit(fast_lab)["left"].values())


def test_ctrl_c_pauses_a_job(fast_lab, tmp_path):
    path = job_file(tmp_path, "paused", tasks=8_000, budget_usd=2)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "SPOTVANE_HOME": str(tmp_path),
                   **in_lab(fast_lab.address)}
    process = subprocess.Popen([BINARY, "job", "run", str(path), "--output", "json"], env=environment,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if "launch" in line:
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 3 and "paused" in err
    assert json.loads(out)["state"] == "running"
    assert all(not left for left in audit(fast_lab)["left"].values())
    done = run(fast_lab, tmp_path, "job", "run", str(path), "--output", "json")
    assert json.loads(done.stdout)["state"] == "done", done.stderr


def test_a_job_may_have_a_manager_of_its_own(fast_lab, tmp_path):
    path = job_file(tmp_path, "remote")
    with path.open("a") as file:
        file.write('\n[manager]\ntype = "c5.large"\nprice_usd = 0.085\n')
    bare = run(fast_lab, tmp_path, "job", "launch-manager", str(path))
    assert bare.returncode == 2 and "nothing brings spotvane to it" in bare.stderr and "'prelude'" in bare.stderr
    with path.open("a") as file:
        file.write('prelude = "echo fetching spotvane"\n')
    launched = run(fast_lab, tmp_path, "job", "launch-manager", str(path), "--output", "json")
    assert launched.returncode == 0, launched.stderr
    id = json.loads(launched.stdout)[0]["instance"] if launched.stdout.startswith("[") else json.loads(launched.stdout)["instance"]
    (mine,) = [one for one in json.loads(fast_lab.get("/_lab/audit/instances")[2]) if one["id"] == id]
    assert mine["tags"]["Type"] == "jobmanager-ondemand"
    again = run(fast_lab, tmp_path, "job", "launch-manager", str(path))
    assert again.returncode == 1 and "already" in again.stderr
    for command in (["status", "remote"], ["stop", "remote"], ["run", str(path)]):
        told = run(fast_lab, tmp_path, "job", *command)
        assert told.returncode == 1 and f"is run by instance '{id}' in 'us-east-1'" in told.stderr, told.stderr
        assert "get-console-output" in told.stderr
    fast_lab.client("ec2").terminate_instances(InstanceIds=[id])
    gone = run(fast_lab, tmp_path, "job", "status", "remote")
    assert gone.returncode == 1 and "there is no job 'remote'" in gone.stderr
