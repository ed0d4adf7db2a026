"""The binary as a user runs it: bad input, exit codes, a day in the lab."""

import csv
import io
import json
import os
import signal
import sqlite3
import subprocess
from urllib.request import Request, urlopen

import pytest

BINARY = os.environ["SPOTVANE_BINARY"]


def spotvane(*arguments, home, **variables):
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "SPOTVANE_HOME": str(home), **variables}
    return subprocess.run(
        [BINARY, *arguments], env=environment, cwd=home, text=True, capture_output=True, timeout=300
    )


def in_lab(url):
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
    }


@pytest.fixture
def lab_url(start_lab):
    return start_lab("--speed", "step", "--start", "2026-08-01T00:00:00Z").address


# Bad usage


def test_an_unknown_command_is_answered_with_the_nearest(tmp_path):
    done = spotvane("colect", home=tmp_path)
    assert done.returncode == 2
    assert "unknown command 'colect'" in done.stderr
    assert "did you mean `spotvane collect`?" in done.stderr


def test_a_noun_without_its_verb_lists_the_verbs(tmp_path):
    done = spotvane("score", home=tmp_path)
    assert done.returncode == 2
    assert "spotvane score daily" in done.stderr


def test_an_unknown_option_is_answered_with_the_nearest(tmp_path):
    done = spotvane("collect", "--evry", "10m", home=tmp_path)
    assert done.returncode == 2
    assert "did you mean '--every'?" in done.stderr


@pytest.mark.parametrize("command", ["demo", "lab", "collect", "plan", "score initial", "score daily",
                                     "query", "export", "archive compact", "config check"])
def test_every_command_explains_itself_with_an_example(command, tmp_path):
    done = spotvane(*command.split(), "--help", home=tmp_path)
    assert done.returncode == 0
    assert "Example:\n  spotvane " + command in done.stdout


def test_a_malformed_configuration_is_refused_with_its_line(tmp_path):
    (tmp_path / "spotvane.toml").write_text("[sps]\ntop_k = \nsample_count = 'x'\n")
    done = spotvane("plan", home=tmp_path)
    assert done.returncode == 2
    assert "spotvane.toml:2" in done.stderr


def test_config_check_reports_every_mistake_at_once(tmp_path):
    (tmp_path / "spotvane.toml").write_text("[sps]\ntop_kk = 3\nsample_count = 'x'\n")
    done = spotvane("config", "check", home=tmp_path)
    assert done.returncode == 2
    assert "did you mean 'sps.top_k'?" in done.stderr
    assert "'sps.sample_count'" in done.stderr


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


def test_bad_sql_is_the_users_mistake(tmp_path):
    done = spotvane("query", "selct 1", home=tmp_path)
    assert done.returncode == 2
    assert "selct" in done.stderr


# The cloud says no


def test_missing_credentials_are_said_with_what_to_do(tmp_path):
    done = spotvane("collect", home=tmp_path, AWS_EC2_METADATA_DISABLED="true")
    assert done.returncode == 1
    assert "credentials" in done.stderr
    assert "hint:" in done.stderr


def test_wrong_keys_are_refused(lab_url, tmp_path):
    done = spotvane("collect", home=tmp_path, **{**in_lab(lab_url), "AWS_SECRET_ACCESS_KEY": "wrong"})
    assert done.returncode == 1
    assert "wrong" not in done.stderr.replace("wrong key", "")


def test_an_unreachable_endpoint_is_named(tmp_path):
    done = spotvane("collect", home=tmp_path, **in_lab("http://127.0.0.1:9"))
    assert done.returncode == 1
    assert "127.0.0.1:9" in done.stderr


def test_an_unknown_region_is_answered_with_the_nearest(lab_url, tmp_path):
    done = spotvane("collect", "--regions", "us-esat-1", home=tmp_path, **in_lab(lab_url))
    assert done.returncode == 2
    assert "us-east-1" in done.stderr


def test_an_unknown_profile_is_named(lab_url, tmp_path):
    done = spotvane("collect", "--profile", "nobody", home=tmp_path, **in_lab(lab_url))
    assert done.returncode == 2
    assert "nobody" in done.stderr


# A morning in the lab


def advance(url, span):
    body = json.dumps({"advance": span}).encode()
    urlopen(Request(url + "/_lab/clock", data=body, method="POST")).read()


def test_what_is_collected_can_be_scored_planned_queried_and_exported(lab_url, tmp_path):
    for _ in range(3):
        done = spotvane("collect", "--regions", "us-east-1,sa-east-1", "--seed", "7", "--output", "json",
                        home=tmp_path, **in_lab(lab_url))
        assert done.returncode == 0, done.stderr
        advance(lab_url, "10m")
    cycle = json.loads(done.stdout)
    assert cycle["pools"] > 1000
    assert {row["outcome"] for row in cycle["outcomes"]} == {"ok"}

    scores = spotvane("score", "daily", "--output", "csv", home=tmp_path)
    rows = list(csv.DictReader(io.StringIO(scores.stdout)))
    assert list(rows[0]) == ["region", "instance_type", "sps_changes", "if_changes", "score"]
    for row in rows:
        expected = int(row["sps_changes"]) / 3 + int(row["if_changes"]) / 5
        assert float(row["score"]) == pytest.approx(expected, rel=1e-12)

    plan = json.loads(spotvane("plan", "--output", "json", home=tmp_path).stdout)
    assert plan["configurations"] == len(plan["plan"])
    assert plan["configurations"] >= plan["configurations_at_least"]

    counted = spotvane("query", "select count(*) as n, count(distinct time) as cycles from market",
                       "--output", "json", home=tmp_path)
    assert json.loads(counted.stdout)[0]["n"] >= cycle["pools"]

    target = tmp_path / "market.csv"
    exported = spotvane("export", "--format", "csv", "--to", str(target), home=tmp_path)
    assert exported.returncode == 0, exported.stderr
    assert len(target.read_text().splitlines()) == json.loads(counted.stdout)[0]["n"] + 1


def test_two_collectors_do_not_share_a_home(lab_url, tmp_path):
    first = subprocess.Popen(
        [BINARY, "collect", "--every", "10m", "--regions", "sa-east-1"], cwd=tmp_path, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={"HOME": str(tmp_path), "SPOTVANE_HOME": str(tmp_path), **in_lab(lab_url)},
    )
    assert "changes" in first.stdout.readline()
    second = spotvane("collect", home=tmp_path, **in_lab(lab_url))
    assert second.returncode == 1
    assert "lock" in second.stderr or "another" in second.stderr
    first.send_signal(signal.SIGINT)
    assert first.wait(timeout=30) == 0


def test_the_demo_prints_the_same_for_the_same_seed(tmp_path):
    prints = []
    for run in ("a", "b"):
        home = tmp_path / run
        home.mkdir()
        done = spotvane("demo", "--seed", "3", "--cycles", "3", "--output", "json", home=home)
        assert done.returncode == 0, done.stderr
        prints.append(done.stdout)
    assert prints[0] == prints[1]
    report = json.loads(prints[0])
    assert report["cycles"] == 3
    assert report["daily_scores"] and report["plan"] and report["outcomes"]
