"""The state in a PostgreSQL database: every command on it, and collectors that take turns."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import threading

import pytest

from binary import BINARY, advance, in_lab, spotvane
from postgres import Postgres


@pytest.fixture(scope="session")
def postgres():
    programs = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        pytest.skip("no PostgreSQL: Debian's package `postgresql` is not installed")
    server = Postgres(programs[-1].parent)
    yield server
    server.stop("immediate")
    shutil.rmtree(server.folder, ignore_errors=True)


@pytest.fixture
def database(postgres):
    return postgres.new_database()


def rows_twice(home, **variables):
    """How many change rows the archive has more than once, and how many it has."""
    answer = spotvane("query", "select count(*) - count(distinct (time, instance_type, region, az_id)) as twice, "
                      "count(*) as n from market", "--output", "csv", home=home, **variables)
    assert answer.returncode == 0, answer.stderr
    return tuple(int(cell) for cell in answer.stdout.splitlines()[1].split(","))


def test_every_command_works_on_it(midnight_lab_url, tmp_path, postgres, database):
    name, url = database
    around = {"SPOTVANE_STATE_URL": url, **in_lab(midnight_lab_url)}

    def run(*command, status=0):
        done = spotvane(*command, home=tmp_path, **around)
        assert done.returncode == status, done.stderr
        return done

    for _ in range(2):
        assert json.loads(run("collect", "--regions", "sa-east-1", "--output", "json").stdout)["pools"] > 0
        advance(midnight_lab_url, "24h")
    assert not (tmp_path / "state.db").exists()
    assert "spot_price" in run("query", "select * from market limit 1").stdout
    kind = run("query", "select instance_type from market limit 1", "--output", "csv").stdout.split()[1]
    assert kind in run("history", f"{kind}@sa-east-1").stdout
    run("export", "--to", str(tmp_path / "market.csv"))
    assert run("score", "daily", "--date", "2026-08-01").stdout
    assert int(postgres.sql(name, "select count(*) from spotvane.daily_score")) > 0
    assert "explore" in run("plan").stdout
    run("plan", "--remake", "--seed", "7")
    assert postgres.sql(name, "select count(*) from spotvane.plan where seed = '7'") == "1"
    run("archive", "compact", "--before", "2026-08-03")
    assert json.loads(run("archive", "check", "--output", "json").stdout)["damaged"] == 0
    checked = run("config", "check", "--output", "json")
    assert json.loads(checked.stdout)["state"] == url
    assert json.loads(checked.stdout)["database"].startswith("PostgreSQL ")


def test_it_is_set_by_flag_over_variable_over_file(lab_url, tmp_path, postgres):
    addresses = [postgres.new_database() for _ in range(3)]
    (tmp_path / "spotvane.toml").write_text(f'[state]\nurl = "{addresses[0][1]}"\n')

    def state(*flags, **variables):
        return json.loads(spotvane("config", "check", "--output", "json", *flags, home=tmp_path,
                                   **variables).stdout)["state"]

    assert state() == addresses[0][1]
    assert state(SPOTVANE_STATE_URL=addresses[1][1]) == addresses[1][1]
    assert state("--state", addresses[2][1], SPOTVANE_STATE_URL=addresses[1][1]) == addresses[2][1]


@pytest.mark.parametrize("url", [
    "postgresql://u:hunter2@127.0.0.1:1/db", "postgresql://u:hun@ter2@host/db", "mysql://u:hunter2@host/db",
    "postgresql://u:hunter2%zz@host/db", "postgresql://u:hunter2@/db?host=/nowhere&password=hunter2"])
def test_the_password_is_never_told(url, tmp_path):
    for command in (["config", "check"], ["query", "select 1"], ["score", "daily", "--help"]):
        for arguments, variables in ((command, {"SPOTVANE_STATE_URL": url}), ([*command, "--state", url], {})):
            done = spotvane(*arguments, home=tmp_path, **variables)
            assert "--help" in command or done.returncode in (1, 2)
            assert "ter2" not in done.stdout + done.stderr


def test_a_home_and_a_database_that_do_not_belong_together_are_refused(lab_url, tmp_path, postgres):
    (_, first), (_, second) = postgres.new_database(), postgres.new_database()
    homes = [tmp_path / name for name in "abcd"]
    for home in homes:
        home.mkdir()
    collect = ["collect", "--regions", "sa-east-1"]

    def run(home, url, *command):
        return spotvane(*command, home=home, SPOTVANE_STATE_URL=url, **in_lab(lab_url))

    assert run(homes[0], first, *collect).returncode == 0
    assert run(homes[1], second, *collect).returncode == 0
    assert spotvane(*collect, home=homes[2], **in_lab(lab_url)).returncode == 0
    for command in (collect, ["query", "select 1"], ["archive", "compact"]):
        done = run(homes[1], first, *command)
        assert done.returncode == 1
        assert "belongs to another state database" in done.stderr
        done = run(homes[3], first, *command)
        assert f"{homes[0]}'" in done.stderr and "hint: all who share a database" in done.stderr
        done = run(homes[2], first, *command)
        assert "has a state.db of its own" in done.stderr
        done = spotvane(*command, home=homes[0], **in_lab(lab_url))
        assert "is in a database elsewhere" in done.stderr
    assert not (homes[0] / "state.db").exists()


def test_jobs_need_the_database_of_a_home_and_not_its_archive(lab_url, tmp_path, database):
    homes = [tmp_path / name for name in ("collects", "laptop", "own")]
    for home in homes:
        home.mkdir()
    around = {"SPOTVANE_STATE_URL": database[1], **in_lab(lab_url)}
    assert spotvane("collect", "--regions", "sa-east-1", home=homes[0], **around).returncode == 0
    status = spotvane("job", "status", home=homes[1], **around)
    assert status.returncode == 0, status.stderr
    assert spotvane("query", "select 1", home=homes[1], **around).returncode == 1
    (homes[2] / "state.db").touch()
    own = spotvane("job", "status", home=homes[2], **around)
    assert own.returncode == 1 and "has a state.db of its own" in own.stderr


def test_a_job_on_an_instance_of_its_own_is_seen_and_stopped_through_the_shared_state(start_lab, tmp_path, database):
    lab = start_lab("--instances", "process", "--speed", "120", "--seed", "5")
    laptop = tmp_path / "laptop"
    laptop.mkdir()
    prelude = f"PATH=$PATH:{pathlib.Path(BINARY).parent}; export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test"
    path = tmp_path / "far.toml"
    path.write_text('tasks = 1e9\nnodes = 2\nbudget_usd = 100000\ngrace = "100h"\nregion = "us-east-1"\n'
                    f'[performance]\n"c5.large" = 9\n[manager]\ntype = "c5.large"\nprelude = """{prelude}"""\n')

    def run(*command, home=laptop, url=database[1]):
        return spotvane("job", *command, home=home, SPOTVANE_STATE_URL=url, **in_lab(lab.address))

    told = run("launch-manager", str(path), url=database[1].replace("spotvane@", "spotvane:hunter2@"))
    assert told.returncode == 2 and "has a password" in told.stderr and "hunter2" not in told.stderr
    launched = run("launch-manager", str(path), "--output", "json")
    assert launched.returncode == 0 and "'manager.instance_profile'" in launched.stderr, launched.stderr
    manager = json.loads(launched.stdout)["instance"]

    def status_with(words):
        for _ in range(300):
            status = run("status", "far")
            if words in status.stdout:
                return True
        raise AssertionError(status.stderr + str(lab.client("ec2").get_console_output(InstanceId=manager)))

    assert status_with("running")
    stopped = run("stop", "far")
    assert stopped.returncode == 0 and "its manager was asked to end it" in stopped.stderr, stopped.stderr
    assert status_with("stopped")


def test_one_collection_does_not_wait_for_another(lab_url, tmp_path, database):
    around = {"SPOTVANE_STATE_URL": database[1], **in_lab(lab_url)}
    with Collector(tmp_path, around) as first:
        first.cycles(1)
        second = spotvane("collect", home=tmp_path, **around)
    assert second.returncode == 1
    assert f"is in use by process {first.process.pid} on host" in second.stderr


class Collector:
    """`spotvane collect --every 10m` as a process."""

    def __init__(self, home, variables):
        self.process = subprocess.Popen(
            [BINARY, "collect", "--every", "10m", "--regions", "sa-east-1"], cwd=home, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={"PATH": os.environ["PATH"], "HOME": str(home), "SPOTVANE_HOME": str(home), **variables})
        self.deadline = threading.Timer(240, self.process.kill)
        self.deadline.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.deadline.cancel()
        self.process.kill()
        self.process.communicate()

    def cycles(self, count):
        """Waits for so many; their lines."""
        lines = []
        while len(lines) < count:
            line = self.process.stdout.readline()
            assert line, self.process.stderr.read()
            if "changes" in line:
                lines.append(line)
        return lines

    def hears(self, words):
        """Reads what it says of itself until it says `words`; that line."""
        for line in self.process.stderr:
            if words in line:
                return line
        raise AssertionError(f"it never said '{words}'")


def take_turns(postgres, database, first, second):
    """Waits until one of the two collects; that one, and the one that waits."""
    while True:
        name = postgres.sql(database[0], "select application_name from pg_locks join pg_stat_activity using (pid) "
                            "where locktype = 'advisory' and objid = 1 and granted")
        if f" {first.process.pid}@" in name:
            return first, second
        if f" {second.process.pid}@" in name:
            return second, first


def test_another_collector_takes_the_place_of_one_that_was_killed(start_lab, tmp_path, postgres, database):
    lab = start_lab("--speed", "600", "--start", "2026-08-01T00:00:00Z")
    around = {"SPOTVANE_STATE_URL": database[1], **in_lab(lab.address)}
    with Collector(tmp_path, around) as first, Collector(tmp_path, around) as second:
        collecting, waiting = take_turns(postgres, database, first, second)
        waiting.hears("is in use by process")
        collecting.cycles(2)

        collecting.process.send_signal(signal.SIGKILL)
        deadline = threading.Timer(15, waiting.process.kill)
        deadline.start()
        waiting.hears("taking its place")
        deadline.cancel()
        waiting.cycles(2)

        # The server goes away under it, and comes back: a cycle says so, the next goes on.
        postgres.stop("fast")
        waiting.hears("cannot be reached")
        postgres.start()
        waiting.cycles(2)
        postgres.stop("immediate")
        waiting.hears("cannot be reached")
        postgres.start()
        waiting.cycles(2)
        waiting.process.send_signal(signal.SIGINT)
        assert waiting.process.wait(timeout=30) == 0

    audit(tmp_path, postgres, database)


def test_a_server_that_is_started_anew_ends_neither_of_two(start_lab, tmp_path, postgres, database):
    lab = start_lab("--speed", "600", "--start", "2026-08-01T00:00:00Z")
    around = {"SPOTVANE_STATE_URL": database[1], **in_lab(lab.address)}
    with Collector(tmp_path, around) as first:
        first.cycles(1)
        with Collector(tmp_path, around) as second:
            second.hears("waiting: ")
            postgres.stop("immediate")
            first.hears("cannot be reached")
            second.hears("cannot be reached")
            postgres.start()
            collecting, waiting = take_turns(postgres, database, first, second)
            collecting.cycles(2)
            waiting.hears("is in use by process")
            collecting.process.kill()
            waiting.cycles(2)
    audit(tmp_path, postgres, database)


def audit(home, postgres, database):
    """Nothing lost, nothing twice."""
    state = {"SPOTVANE_STATE_URL": database[1]}
    twice, rows = rows_twice(home, **state)
    assert twice == 0 and rows > 0
    checked = spotvane("archive", "check", "--output", "json", home=home, **state)
    assert checked.returncode == 0, checked.stderr
    assert rows == int(postgres.sql(database[0], "select sum(changes) from spotvane.cycle"))
