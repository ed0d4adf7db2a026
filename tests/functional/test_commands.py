"""The binary as a user runs it: bad input, exit codes, a day in the lab."""

import csv
import io
import json
import sqlite3
import subprocess

import pytest

from binary import BINARY, advance, in_lab, spotvane

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
                                     "pools", "query", "history", "export", "archive check", "archive compact", "archive generate",
                                     "archive import", "archive verify", "config check", "config credentials"])
def test_every_command_explains_itself_with_an_example(command, tmp_path):
    done = spotvane(*command.split(), "--help", home=tmp_path)
    assert done.returncode == 0
    assert "Example:\n  spotvane " + command in done.stdout


def test_help_is_found_wherever_it_is_asked_for(tmp_path):
    for arguments in (["score", "--help"], ["help", "score"]):
        done = spotvane(*arguments, home=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "score daily" in done.stdout and "score initial" in done.stdout
    done = spotvane("help", "score", "daily", home=tmp_path)
    assert done.returncode == 0
    assert "Usage: spotvane score daily" in done.stdout
    assert spotvane("scoer", "--help", home=tmp_path).returncode == 2


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


def test_bad_sql_is_the_users_mistake(collected_home):
    done = spotvane("query", "selct 1", home=collected_home)
    assert done.returncode == 2
    assert "selct" in done.stderr


@pytest.mark.parametrize("arguments", ["config check --config", "lab --port 0 --credentials",
                                       "lab --port 0 --scenario"])
def test_a_folder_in_place_of_a_file_is_refused(arguments, tmp_path):
    done = spotvane(*arguments.split(), str(tmp_path), home=tmp_path)
    assert done.returncode == 2
    assert str(tmp_path) in done.stderr


def test_a_missing_argument_and_a_missing_value_are_named(tmp_path):
    assert "argument SQL is missing" in spotvane("query", home=tmp_path).stderr
    assert "option '--date' takes one value" in spotvane("plan", "--date", home=tmp_path).stderr


def test_results_that_do_not_arrive_are_a_failure(tmp_path):
    with open("/dev/full", "w") as full:
        done = subprocess.run([BINARY, "config", "check"], stdout=full, stderr=subprocess.PIPE, text=True,
                              env={"HOME": str(tmp_path), "SPOTVANE_HOME": str(tmp_path)})
    assert done.returncode == 1
    assert "the output could not be written" in done.stderr


def test_a_misspelt_variable_is_answered_with_the_nearest(tmp_path):
    done = spotvane("config", "check", home=tmp_path, SPOTVANE_SPS_TOPK="3")
    assert done.returncode == 0
    assert "did you mean SPOTVANE_SPS_TOP_K?" in done.stderr
    assert "warning" not in spotvane("config", "check", home=tmp_path, SPOTVANE_SPS_TOP_K="3").stderr


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


def test_what_is_collected_can_be_scored_planned_queried_and_exported(midnight_lab_url, tmp_path):
    for _ in range(3):
        done = spotvane("collect", "--regions", "us-east-1,sa-east-1", "--seed", "7", "--output", "json",
                        home=tmp_path, **in_lab(midnight_lab_url))
        assert done.returncode == 0, done.stderr
        advance(midnight_lab_url, "10m")
    cycle = json.loads(done.stdout)
    assert cycle["pools"] > 1000
    assert {row["outcome"] for row in cycle["outcomes"]} == {"ok"}

    scores = spotvane("score", "daily", "--output", "csv", home=tmp_path)
    rows = list(csv.DictReader(io.StringIO(scores.stdout)))
    assert list(rows[0]) == ["region", "instance_type", "sps_changes", "if_changes", "score"]
    for row in rows:
        expected = int(row["sps_changes"]) / 3 + int(row["if_changes"]) / 5
        assert float(row["score"]) == pytest.approx(expected, rel=1e-12)

    kept = "select count(*) from daily_score"
    database = sqlite3.connect(tmp_path / "state.db")
    assert database.execute(kept).fetchone() == (0,), "the day is not over"

    plan = json.loads(spotvane("plan", "--output", "json", home=tmp_path).stdout)
    assert plan["configurations"] == len(plan["plan"])
    assert plan["configurations"] >= plan["configurations_at_least"]

    counted = spotvane("query", "select count(*) as n, count(distinct time) as cycles from market",
                       "--output", "json", home=tmp_path)
    assert json.loads(counted.stdout)[0]["n"] >= cycle["pools"]

    target = tmp_path / "market.csv"
    exported = spotvane("export", "--format", "csv", "--to", target.name, home=tmp_path)
    assert exported.returncode == 0, exported.stderr
    assert len(target.read_text().splitlines()) == json.loads(counted.stdout)[0]["n"] + 1


def test_collecting_fewer_regions_leaves_the_others_as_they_were(lab_url, tmp_path):
    for regions in ("sa-east-1,us-west-1", "us-west-1", "ap-east-1"):
        done = spotvane("collect", "--regions", regions, home=tmp_path, **in_lab(lab_url))
        assert done.returncode == (3 if regions == "ap-east-1" else 0), done.stderr
    assert "region_not_enabled" in done.stdout
    ceased = spotvane("query", "select count(*) as n from market where ceased", "--output", "json", home=tmp_path)
    assert json.loads(ceased.stdout) == [{"n": 0}]


def test_a_plan_of_interchangeable_types_asks_for_several_at_once(lab_url, collected_home):
    pool = {"SPOTVANE_SPS_TYPES": "pool"}
    unknown = spotvane("plan", "--remake", home=collected_home, **pool)
    assert unknown.returncode == 1
    assert "run `spotvane collect` once" in unknown.stderr
    spotvane("collect", "--regions", "sa-east-1", home=collected_home, **in_lab(lab_url), **pool)
    plan = spotvane("plan", "--remake", "--output", "json", home=collected_home, **pool)
    assert plan.returncode == 0, plan.stderr
    assert any(len(row["instance_types"]) >= 3 for row in json.loads(plan.stdout)["plan"])


def test_a_plan_can_be_drawn_again_by_the_seed_it_shows(collected_home):
    first = json.loads(spotvane("plan", "--dry-run", "--output", "json", home=collected_home).stdout)
    again = spotvane("plan", "--dry-run", "--seed", first["seed"], "--output", "json", home=collected_home)
    assert json.loads(again.stdout) == first


def test_queries_held_back_for_the_quota_are_said(start_lab, tmp_path):
    lab = start_lab("--speed", "step", "--start", "2026-08-01T00:00:00Z", "--score-limit", "10")
    done = spotvane("collect", "--regions", "sa-east-1", home=tmp_path, **in_lab(lab.address))
    assert done.returncode == 3
    assert "9 of 20 planned queries were not asked" in done.stderr
    again = spotvane("collect", "--regions", "sa-east-1", home=tmp_path, **in_lab(lab.address))
    assert again.returncode == 3
    assert "refused" not in again.stdout


def test_profiles_of_one_account_share_its_ledger(lab_url, tmp_path):
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text("[profile other]\nregion = us-east-1\n")
    for variables in ({}, {"AWS_PROFILE": "other"}):
        done = spotvane("collect", "--regions", "sa-east-1", home=tmp_path, **in_lab(lab_url), **variables)
        assert done.returncode == 0, done.stderr
        advance(lab_url, "24h")
    uses = sqlite3.connect(tmp_path / "state.db").execute("select distinct credential from quota_use")
    assert {row[0] for row in uses} == {"default"}, "AWS counts by account"


def test_the_demo_prints_the_same_for_the_same_seed_however_the_machine_is_set_up_for_aws(tmp_path):
    prints = []
    for name, variables in ("a", {}), ("b", {"AWS_PROFILE": "nobody", "AWS_ENDPOINT_URL_EC2": "http://127.0.0.1:9",
                                             "AWS_MAX_ATTEMPTS": "none"}):
        home = tmp_path / name
        home.mkdir()
        done = spotvane("demo", "--seed", "3", "--cycles", "2", "--output", "json", home=home, **variables)
        assert done.returncode == 0, done.stderr
        prints.append(done.stdout)
    assert prints[0] == prints[1]
    report = json.loads(prints[0])
    assert report["cycles"] == 2
    assert report["daily_scores"] and report["plan"] and report["outcomes"]
    assert [row["instances"] for row in report["ready_times"]] == [10, 10, 10]
    (name,) = [name for name in report["ready_curves"][0] if name.startswith("tenths_ready_every")]
    assert any(row[name].endswith("*") for row in report["ready_curves"]), "some pool became ready whole"
    # It ends with a job, of which AWS takes a worker back: cheaper than on demand, and the lab's audit says the same.
    (job,) = report["job"]
    assert job["state"] == "done" and job["tasks_done"] == 10_000 and job["interruptions"] >= 1
    assert job["cost_usd"] < job["on_demand_usd"] and job["cost_usd"] == pytest.approx(job["audit_usd"], rel=1e-3)
    assert job["workers"] == job["audit_instances"] and job["audit_left"] == 0
    for name in "a", "b":
        demo = tmp_path / name / "demo"
        assert (demo / "ready.svg").read_text().count("<title>") >= 3
        done = spotvane("query", "--output", "json", "select count(ready) as ready from probe_instances", home=demo)
        assert json.loads(done.stdout)[0]["ready"] == sum(row["ready"] for row in report["ready_times"]), done.stderr
