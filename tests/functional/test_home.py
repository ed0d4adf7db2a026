"""The home as a user finds it: missing, foreign, damaged, read-only, in use."""
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess

import pytest

from binary import BINARY, advance, in_lab, spotvane

SNAPSHOTS = pathlib.Path(__file__).parents[1] / "data" / "spotlake" / "archive"


def test_a_database_that_is_none_is_named(tmp_path):
    (tmp_path / "state.db").write_text("certainly not a database, but long enough to be one" * 100)
    done = spotvane("score", "daily", home=tmp_path)
    assert done.returncode == 1
    assert "state.db" in done.stderr


def test_a_newer_database_is_left_alone(tmp_path):
    database = sqlite3.connect(tmp_path / "state.db")
    database.execute("pragma user_version = 9999")
    database.close()
    spotvane("score", "daily", home=tmp_path)
    assert sqlite3.connect(tmp_path / "state.db").execute("pragma user_version").fetchone() == (9999,)


def test_a_home_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    done = spotvane("score", "daily", "--home", str(tmp_path / "file" / "home"), home=tmp_path)
    assert done.returncode == 1
    assert "file/home" in done.stderr


@pytest.mark.parametrize("arguments", [["query", "select 1"], ["export", "--to", "x.csv"], ["score", "daily"],
                                       ["plan"]])
def test_what_only_reads_makes_no_home(arguments, tmp_path):
    done = spotvane(*arguments, "--home", str(tmp_path / "none"), home=tmp_path)
    assert done.returncode == 1
    assert f"there is nothing in home '{tmp_path}/none'" in done.stderr
    assert list(tmp_path.iterdir()) == []


def archive_files(home):
    return sorted(str(path) for path in (home / "archive").rglob("*.parquet"))


def test_an_archive_whose_state_is_lost_is_left_alone(lab_url, collected_home):
    before = archive_files(collected_home)
    (collected_home / "state.db").unlink()
    for command in (["collect", "--regions", "sa-east-1"], ["archive", "compact"]):
        done = spotvane(*command, home=collected_home, **in_lab(lab_url))
        assert done.returncode == 1
        assert "the state database does not know" in done.stderr
        assert "hint: bring the database" in done.stderr
    assert archive_files(collected_home) == before


def empty_state(home):
    """A new state.db: what comes of scoring somebody's archive where the old one was lost."""
    (home / "state.db").unlink()
    done = spotvane("score", "initial", str(SNAPSHOTS), home=home)
    assert done.returncode in (0, 3), done.stderr


@pytest.mark.parametrize("lose", [lambda home: (home / "state.db").unlink(), empty_state])
def test_rows_that_the_state_does_not_know_are_not_called_an_empty_archive(lose, collected_home):
    lose(collected_home)
    for command in (["query", "select 1"], ["export", "--to", "x.csv"], ["score", "daily"], ["plan"]):
        done = spotvane(*command, home=collected_home)
        assert done.returncode == 1
        assert "holds 1 Parquet file(s) that the state database does not know" in done.stderr
        assert "hint: bring the database" in done.stderr


@pytest.fixture
def read_only():
    """Takes the right to write to a folder and all in it away, until the test is over."""
    changed = []

    def set_all(folder, mode):
        for path in [folder, *folder.rglob("*")]:
            path.chmod(mode | (0o111 if path.is_dir() else 0))

    def forbid(folder):
        changed.append(folder)
        set_all(folder, 0o444)

    yield forbid
    for folder in changed:
        set_all(folder, 0o644)


# Permissions do not bind root, but for the capability to pass them over.
BOUND = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []


def bound(*arguments, home):
    environment = {"PATH": os.environ["PATH"], "HOME": "/nowhere", "SPOTVANE_HOME": str(home)}
    return subprocess.run([*BOUND, BINARY, *arguments], env=environment, cwd="/", text=True,
                          capture_output=True, timeout=300)


def test_a_home_that_cannot_be_written_can_be_read(midnight_lab_url, tmp_path, read_only):
    home = tmp_path / "home"
    home.mkdir()
    for _ in range(2):
        done = spotvane("collect", "--regions", "sa-east-1", home=home, **in_lab(midnight_lab_url))
        assert done.returncode == 0, done.stderr
        advance(midnight_lab_url, "24h")
    read_only(home)
    before = sorted(home.rglob("*"))

    query = bound("query", "select count(*) as n from market", home=home)
    assert query.returncode == 0, query.stderr
    target = tmp_path / "market.csv"
    export = bound("export", "--to", str(target), home=home)
    assert export.returncode == 0, export.stderr
    assert target.stat().st_size > 0
    scores = bound("score", "daily", "--date", "2026-08-01", home=home)
    assert scores.returncode == 0, scores.stderr
    assert "shown, but not kept" in scores.stderr
    assert bound("plan", home=home).returncode == 0
    assert bound("plan", "--date", "2026-08-03", "--dry-run", home=home).returncode == 0
    assert bound("config", "check", home=home).returncode == 0
    assert sorted(home.rglob("*")) == before


def test_what_must_write_says_that_the_home_cannot_be_written(first_home, tmp_path, read_only):
    home = shutil.copytree(first_home, tmp_path / "home")
    read_only(home)
    for command in (["collect"], ["archive", "compact"], ["plan", "--remake"],
                    ["score", "initial", str(SNAPSHOTS)]):
        done = bound(*command, home=home)
        assert done.returncode == 1
        assert "cannot be written" in done.stderr
        assert "hint: make" in done.stderr and "--home" in done.stderr
    assert "--dry-run" in bound("plan", "--date", "2026-08-03", home=home).stderr


def test_two_collectors_do_not_share_a_home(lab_url, tmp_path):
    first = subprocess.Popen(
        [BINARY, "collect", "--every", "10m", "--regions", "sa-east-1"], cwd=tmp_path, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={"HOME": str(tmp_path), "SPOTVANE_HOME": str(tmp_path), **in_lab(lab_url)},
    )
    assert "changes" in first.stdout.readline()
    second = spotvane("collect", home=tmp_path, **in_lab(lab_url))
    assert second.returncode == 1
    assert "is in use by process" in second.stderr
    first.send_signal(signal.SIGINT)
    assert first.wait(timeout=30) == 0


def spoil(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)


def test_damage_can_be_found_given_up_and_collected_past(midnight_lab_url, tmp_path):
    collect = ["collect", "--regions", "sa-east-1"]
    check = ["archive", "check", "--output", "json"]
    for _ in range(3):
        assert spotvane(*collect, home=tmp_path, **in_lab(midnight_lab_url)).returncode == 0
        advance(midnight_lab_url, "10m")
    assert spotvane(*check, home=tmp_path).returncode == 0
    first, second, third = sorted((tmp_path / "archive").rglob("*.parquet"))
    spoil(first)
    third.unlink()

    stopped = spotvane(*collect, home=tmp_path, **in_lab(midnight_lab_url))
    assert stopped.returncode == 1
    assert "--forget-damaged" in stopped.stderr
    found = spotvane(*check, home=tmp_path)
    assert found.returncode == 3
    verdicts = [row["verdict"] for row in json.loads(found.stdout)["files"]]
    assert "is damaged" in verdicts[0] and verdicts[1] == "whole" and "is missing" in verdicts[2]

    given_up = spotvane(*check, "--forget-damaged", home=tmp_path)
    assert given_up.returncode == 0, given_up.stderr
    assert "rows from 2026-08-01T00:00:00Z to 2026-08-01T00:00:00Z are lost" in given_up.stderr
    aside = tmp_path / "archive" / "damaged" / first.relative_to(tmp_path / "archive")
    assert aside.with_name(first.name + ".damaged").exists()

    again = spotvane(*collect, "--output", "json", home=tmp_path, **in_lab(midnight_lab_url))
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["changes"] > 1000, "what was lost is written anew"
    sound = spotvane(*check, home=tmp_path)
    assert sound.returncode == 0
    assert [row["rows"] > 0 for row in json.loads(sound.stdout)["lost"]] == [True, True]


def test_an_archive_with_nothing_to_merge_is_said_so(collected_home):
    done = spotvane("archive", "compact", home=collected_home)
    assert (done.returncode, done.stdout) == (0, "")
    assert "nothing to merge" in done.stderr
    assert json.loads(spotvane("archive", "compact", "--output", "json", home=collected_home).stdout) == []
