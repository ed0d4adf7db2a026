"""Instances that really run their user data: `spotvane lab --instances process`, with real processes."""
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import time

import pytest

from conftest import Lab
from place import Place, tags

SPEED = 120  # a boot of half a minute is a quarter of a second, a notice is a second

# Workers of all kinds there are: in the group, out of it, and out of the session with another parent.
STUBBORN = """#!/bin/bash
trap 'echo told to end' TERM
sleep 1000 & echo $! >> pids
setsid sleep 1000 & echo $! >> pids
(setsid bash -c 'trap "" TERM; echo $$ >> pids; while :; do sleep 1; done' &)
echo $$ >> pids
echo started in $PWD
while :; do sleep 0.05; done
"""


def until(is_so, patience=40):
    """Waits for what other processes do."""
    end = time.monotonic() + patience
    while not (found := is_so()):
        assert time.monotonic() < end, "it never came to be"
        select.select([], [], [], 0.02)
    return found


def lives(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Machines(Place):
    def __init__(self, lab, folder):
        super().__init__(lab)
        self.folder = folder

    def boot(self, script, **more):
        (id,) = self.run(UserData=script, **more)
        return id

    def file(self, id, name):
        (lab,) = self.folder.glob("spotvane-lab-*")
        path = lab / id / name
        return path.read_text() if path.exists() else ""

    def console(self, id):
        return self.ec2.get_console_output(InstanceId=id).get("Output", "")

    def written(self, id, text):
        until(lambda: text in self.file(id, "console.log"))
        return self.file(id, "console.log")

    def pids(self, id, count):
        return until(lambda: len(found := [int(line) for line in self.file(id, "pids").split()]) >= count and found)

    def told(self, id):
        (one,) = [row for row in json.loads(self.lab.get("/_lab/audit/instances")[2]) if row["id"] == id]
        return one


@pytest.fixture(scope="module")
def machines(tmp_path_factory):
    folder = tmp_path_factory.mktemp("machines")
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = str(folder)
    os.environ["AWS_SECRET_ACCESS_KEY"] = "of the user, not of the instance"
    running = Lab("--instances", "process", "--speed", str(SPEED), "--seed", "5")
    del os.environ["AWS_SECRET_ACCESS_KEY"]
    os.environ.pop("TMPDIR")
    if before:
        os.environ["TMPDIR"] = before
    yield Machines(running, folder)
    running.stop()
    assert list(folder.iterdir()) == []


def test_user_data_that_turns_its_machine_off_turns_off_no_other(machines):
    id = machines.boot("#!/bin/bash\necho before >> seen\nshutdown -h now\nsleep 1\necho after >> seen\n")
    until(lambda: machines.file(id, "seen"))
    until(lambda: "this machine's processes end" in machines.console(id))
    assert machines.file(id, "seen") == "before\n"


def test_user_data_runs_in_a_folder_of_its_own_and_knows_where_it_is(machines):
    id = machines.boot("#!/bin/sh\npwd; env; echo trouble >&2; exit 3\n", spot=False)
    console = machines.written(id, "ended with status 3")
    lines = console.splitlines()
    assert lines[0].endswith("/" + id)
    assert f"AWS_EC2_METADATA_SERVICE_ENDPOINT={machines.lab.address}/imds/{id}" in lines
    assert f"AWS_ENDPOINT_URL={machines.lab.address}" in lines and "AWS_REGION=us-east-1" in lines
    assert "trouble" in lines and "of the user" not in console
    until(lambda: id in {one["InstanceId"] for one in machines.described()})
    assert machines.console(id) == console


def test_what_is_no_script_is_not_run_and_the_console_says_so(machines):
    id = machines.boot("#cloud-config\nruncmd: [touch, /tmp/x]\n", spot=False)
    assert "is a cloud-config, and was not run" in machines.written(id, "spotvane lab")
    id = machines.boot("#!/no/such/interpreter\n", spot=False)
    assert "could not run the user data: No such file" in machines.written(id, "ended with status 127")


def test_a_notice_is_seen_and_the_end_is_real(machines):
    script = STUBBORN.replace("echo started", """
m=$AWS_EC2_METADATA_SERVICE_ENDPOINT/latest
token=$(curl -s -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 21600' $m/api/token)
(until curl -sf -H "X-aws-ec2-metadata-token: $token" $m/meta-data/spot/instance-action; do :; done; echo noticed) &
echo started""") if shutil.which("curl") else STUBBORN
    id = machines.boot(script)
    machines.written(id, "started")
    pids = machines.pids(id, 4)
    assert all(lives(pid) for pid in pids)
    begun = time.monotonic()
    assert machines.lab.order("instances", {"interrupt": [id]}) == {"interrupted": [id]}
    if shutil.which("curl"):
        machines.written(id, "noticed")
        assert all(lives(pid) for pid in pids)
    machines.written(id, "told to end")
    assert time.monotonic() - begun >= 120 / SPEED * 0.9
    until(lambda: not any(lives(pid) for pid in pids))
    assert machines.told(id)["notice"] and machines.told(id)["state"] in ("shutting-down", "terminated")
    until(lambda: machines.told(id)["state"] == "terminated")


def test_workers_do_not_report_by_themselves(machines):
    id = machines.boot("#!/bin/sh\nexec sleep 1000\n", spot=False,
                       TagSpecifications=tags("instance", **{"Type": "worker-spot", "spotvane:job": "pi"}))
    until(lambda: machines.told(id)["state"] == "running")
    assert json.loads(machines.lab.get("/_lab/workload")[2])["jobs"] == []


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_however_the_lab_ends(end, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    lab = Lab("--instances", "process", "--speed", "600")
    machines = Machines(lab, tmp_path)
    ids = [machines.boot(STUBBORN, spot=False) for _ in range(2)]
    pids = [pid for id in ids for pid in machines.pids(id, 4)]
    assert len(pids) == 8 and all(lives(pid) for pid in pids)
    lab.process.send_signal(end)
    lab.process.wait(timeout=20)
    lab.process.stdout.close()
    until(lambda: not any(lives(pid) for pid in pids))
    assert end == signal.SIGKILL or list(tmp_path.iterdir()) == []


def test_processes_need_time_that_passes():
    done = subprocess.run([os.environ["SPOTVANE_BINARY"], "lab", "--instances", "process", "--speed", "step"],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode != 0 and "--speed 60" in done.stderr
    done = subprocess.run([os.environ["SPOTVANE_BINARY"], "lab", "--instances", "paper"],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode != 0 and "'modelled' or 'process'" in done.stderr
