"""The example module examples/pi under the real PY-PITS runtime: a job manager, task managers, and one that is killed."""
import math
import re
import select
import subprocess
import sys
import time

import pytest

from pi_module import MODULE, RUNTIME, exact, needs_pits
from pits_job import free_port

TASKS, STEPS = 60, 200_000
# The release on PyPI asks for time.clock, which Python 3.8 took away.
SHIM = "import runpy, sys, time; time.clock = time.perf_counter; sys.argv = sys.argv[1:]; " \
       "runpy.run_path(sys.argv[0], run_name='__main__')"

pytestmark = needs_pits


class Job:
    """A job's folder, and the runtime's processes in it."""

    def __init__(self, folder):
        self.folder = folder
        self.processes = []
        (folder / "nodes").mkdir()

    def run(self, program, *options):
        with open(self.folder / f"{program}-{len(self.processes)}.log", "w") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", SHIM, str(RUNTIME / "bin" / program), *options, str(MODULE), str(TASKS), str(STEPS), "result"],
                cwd=self.folder, stdout=log, stderr=subprocess.STDOUT)
        self.processes.append(process)
        return process

    def start_workers(self):
        port = free_port()
        process = self.run("pypits-tm", "--tmaddr=127.0.0.1", f"--tmport={port}", "--nw=1")
        (self.folder / "nodes" / str(port)).write_text(f"node 127.0.0.1:{port}\n")
        return process

    def start_manager(self):
        return self.run("pypits-jm", "--rbackoff=0", "--sbackoff=0", "--ctimeout=1", "--heartbeat-interval=1")

    def log_of(self, process):
        (path,) = self.folder.glob(f"*-{self.processes.index(process)}.log")
        return path.read_text()

    def result(self):
        path = self.folder / "result"
        return path.read_text() if path.exists() else ""

    def stop(self):
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture
def job(tmp_path):
    running = Job(tmp_path)
    yield running
    running.stop()


def until(is_so, patience=60):
    end = time.monotonic() + patience
    while not is_so():
        assert time.monotonic() < end, "it never came to be"
        select.select([], [], [], 0.02)


def test_a_job_is_done_right_though_a_task_manager_is_killed(job):
    first, second = job.start_workers(), job.start_workers()
    manager = job.start_manager()
    until(lambda: len(re.findall("Task [0-9]+ processed", job.log_of(first))) >= 5)
    first.kill()
    until(lambda: job.result(), patience=120)
    assert job.result().strip() == exact(TASKS, STEPS)
    assert abs(float(job.result()) - math.pi) < 1e-12
    until(lambda: manager.poll() is not None)
    assert manager.returncode == 0, job.log_of(manager)
    assert "Processing task" in job.log_of(second)
