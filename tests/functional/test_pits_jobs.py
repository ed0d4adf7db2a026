"""Jobs run by PY-PITS in the lab, on instances that are processes: what kills do to them, and what cannot be run."""
import json
import os
import re
import signal
import subprocess

import pytest

from binary import BINARY, in_lab, spotvane
from pi_module import MODULE, RUNTIME, exact, needs_pits
from pits_job import free_port, write_job

pytestmark = needs_pits

TASKS, STEPS = 80, 2_000_000


@pytest.fixture(scope="module")
def process_lab():
    from conftest import Lab
    lab = Lab("--instances", "process", "--speed", "60", "--start", "2026-03-01T09:00:00Z", "--seed", "3", "--quiet")
    yield lab
    lab.stop()


def job_file(folder, name, module=MODULE):
    return write_job(folder / f"{name}.toml", module, tasks=TASKS, steps=STEPS, nodes=3, budget=5, rates={"c5.large": 0.1},
                     backoff=0.05, beat=0.2, port=free_port())


def started(lab, home, *arguments):
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "SPOTVANE_HOME": str(home), **in_lab(lab.address)}
    return subprocess.Popen([BINARY, *map(str, arguments)], env=environment, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def read_until(process, pattern):
    said = []
    for line in process.stderr:
        said.append(line)
        if found := re.search(pattern, line):
            return found
    raise AssertionError("it ended before it said so: " + "".join(said))


def test_a_job_is_done_right_though_a_worker_and_its_manager_are_killed(process_lab, tmp_path):
    path = job_file(tmp_path, "pi")
    first = started(process_lab, tmp_path, "job", "run", path, "--pits-home", RUNTIME)
    read_until(first, " ([1-9][0-9]*) of 80 tasks")
    instances = json.loads(process_lab.get("/_lab/audit/instances")[2])
    victim = next(one["id"] for one in instances if one["state"] == "running")
    process_lab.order("instances", {"interrupt": [victim]})
    read_until(first, "notice")
    first.send_signal(signal.SIGKILL)
    first.communicate()

    done = spotvane("job", "run", str(path), "--output", "json", home=tmp_path, **in_lab(process_lab.address))
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["state"] == "done" and report["tasks_done"] == report["tasks_total"] == TASKS
    assert report["interruptions"] == 1
    (folder,) = (tmp_path / "jobs").iterdir()
    assert (folder / "result").read_text().strip() == exact(TASKS, STEPS)
    audit = json.loads(process_lab.get("/_lab/audit")[2])["accounts"]["123456789012"]
    assert all(not left for left in audit["left"].values())
    assert report["cost_usd"] == pytest.approx(audit["bill_usd"], rel=0.02)


@pytest.mark.parametrize("module, home, message", [
    ("/no/such/module.so", RUNTIME, "the module '/no/such/module.so' cannot be loaded"),
    (MODULE, "/no/such/runtime", "there is no PY-PITS runtime in '/no/such/runtime'"),
])
def test_what_cannot_be_run_is_said_before_anything_is_launched(process_lab, tmp_path, module, home, message):
    path = job_file(tmp_path, "bad", module)
    refused = spotvane("job", "run", str(path), "--output", "json", "--pits-home", str(home), home=tmp_path,
                       **in_lab(process_lab.address))
    assert refused.returncode == 1 and message in refused.stderr
    assert json.loads(refused.stdout)["cost_usd"] == 0
