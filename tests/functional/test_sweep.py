"""Several credentials in one collector, and several target capacities, against the lab."""
import json
import sqlite3

import pytest

from binary import advance, spotvane

KEYS = """
[{0}]
aws_access_key_id = AKID{1}
aws_secret_access_key = secret{1}
"""
START = "2026-08-01T00:00:00Z"


def write_profiles(home, **extra):
    """Profiles a, b (two accounts) and b2 (b's account again) of the user, and the lab's file of them."""
    profiles = {"a": "111111111111", "b": "222222222222", "b2": "222222222222"}
    lab_file = "".join(KEYS.format(name, name.upper()) + f"account = {account}\n" + extra.get(name, "")
                       for name, account in profiles.items())
    (home / "lab-credentials").write_text(lab_file)
    (home / ".aws").mkdir()
    (home / ".aws/credentials").write_text("".join(KEYS.format(name, name.upper()) for name in profiles))
    (home / ".aws/config").write_text("[default]\nregion = us-east-1\n")
    return home / "lab-credentials"


@pytest.fixture
def lab_of_two(start_lab, tmp_path):
    """A lab that knows the profiles' keys; ten configurations an account."""
    return start_lab("--speed", "step", "--start", START, "--score-limit", "10",
                     "--credentials", str(write_profiles(tmp_path)))


def as_profiles(lab, profiles, **variables):
    return {"AWS_ENDPOINT_URL": lab.address, "SPOTVANE_AWS_PROFILES": profiles,
            "SPOTVANE_COLLECT_REGIONS": "sa-east-1", **variables}


def outcomes(done):
    return {(row["source"], row["outcome"]): row["count"] for row in json.loads(done.stdout)["outcomes"]}


def shown_plan(home, **variables):
    done = spotvane("plan", "--output", "json", home=home, **variables)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_two_accounts_hold_twice_the_queries_and_the_plan_says_who_has_what(lab_of_two, tmp_path):
    variables = as_profiles(lab_of_two, "a,b", SPOTVANE_SPS_SAMPLE_COUNT="30")
    done = spotvane("collect", "--output", "json", home=tmp_path, **variables)
    assert done.returncode == 3, "both limits are found by a refusal"
    assert outcomes(done)[("sps", "ok")] == 20
    assert outcomes(done)[("sps", "refused")] == 2

    credentials = {row["credential"]: row for row in shown_plan(tmp_path, **variables)["credentials"]}
    assert set(credentials) == {"a", "b"}
    for name, account in (("a", "111111111111"), ("b", "222222222222")):
        row = credentials[name]
        assert row["account"] == account
        assert (row["limit"], row["used"], row["left"]) == (10, 10, 0)
        assert row["planned"] - row["to_open"] == 10

    advance(lab_of_two.address, "24h")
    advance(lab_of_two.address, "20m")
    done = spotvane("collect", "--output", "json", home=tmp_path, **variables)
    assert done.returncode == 0, done.stdout
    assert outcomes(done)[("sps", "ok")] == 12, "the day's share of both limits"


def test_a_profile_of_an_account_in_use_is_left_out(lab_of_two, tmp_path):
    done = spotvane("collect", "--profile", "b,b2", "--output", "json", home=tmp_path,
                    **as_profiles(lab_of_two, "a"))
    assert "profile 'b2' is left out" in done.stderr
    ledgers = sqlite3.connect(tmp_path / "state.db").execute("select distinct credential from quota_use")
    assert [row[0] for row in ledgers] == ["b"]


def test_a_credential_that_expires_costs_its_own_queries_only(start_lab, tmp_path):
    accounts = write_profiles(tmp_path)
    good = start_lab("--speed", "step", "--start", START, "--credentials", str(accounts))
    variables = as_profiles(good, "a,b", SPOTVANE_SPS_SAMPLE_COUNT="10")
    done = spotvane("collect", "--output", "json", home=tmp_path, **variables)
    assert done.returncode == 0, done.stderr
    asked = shown_plan(tmp_path, **variables)["configurations"]
    pools = json.loads(done.stdout)["pools"]
    good.stop()

    accounts.write_text(accounts.read_text().replace("AKIDA\n", "AKIDGONE\n"))
    late = start_lab("--speed", "step", "--start", "2026-08-01T00:10:00Z", "--credentials", str(accounts))
    variables = as_profiles(late, "a,b", SPOTVANE_SPS_SAMPLE_COUNT="10")
    done = spotvane("collect", "--output", "json", home=tmp_path, **variables)
    assert done.returncode == 3
    assert "profile 'a' does not work" in done.stderr
    counts = outcomes(done)
    assert counts[("credential", "denied")] == 1 and counts[("credential", "ok")] == 1
    assert counts[("sps", "denied")] > 0 and counts[("sps", "ok")] > 0
    assert counts[("sps", "denied")] + counts[("sps", "ok")] == asked
    assert json.loads(done.stdout)["pools"] == pools, "prices are read by the other one"


def test_no_credential_that_works_is_a_failure(lab_of_two, tmp_path):
    (tmp_path / ".aws/credentials").write_text(KEYS.format("a", "X") + KEYS.format("b", "Y"))
    done = spotvane("collect", home=tmp_path, **as_profiles(lab_of_two, "a,b"))
    assert done.returncode == 1
    assert "hint:" in done.stderr


def test_a_sweep_of_capacities_finds_the_reach_of_pools(start_lab, tmp_path):
    lab = start_lab("--speed", "step", "--start", START, "--credentials", str(write_profiles(tmp_path)))
    sweep = [1, 5, 10, 20, 30, 40, 50]
    variables = as_profiles(lab, "a,b", SPOTVANE_SPS_CAPACITIES=",".join(map(str, sweep)))
    turns = []
    for _ in range(9):
        done = spotvane("collect", "--seed", "3", "--output", "json", home=tmp_path, **variables)
        assert done.returncode in (0, 3), done.stderr
        turns.append(json.loads(done.stdout)["capacity"])
        advance(lab.address, "10m")
    assert turns == [10, 20, 30, 40, 50, 1, 5, 10, 20]

    plan = shown_plan(tmp_path, **variables)
    assert plan["capacities"] == [str(capacity) for capacity in sweep]
    assert len(plan["plan"]) == 7 * len({(str(row["instance_types"]), str(row["regions"])) for row in plan["plan"]})

    seen = json.loads(spotvane(
        "query", "select distinct t3 from market where t3 is not null", "--output", "json", home=tmp_path).stdout)
    assert {row["t3"] for row in seen} <= {0, *sweep}
    assert len(seen) > 2, "some pools reach further than others"
    wrong = spotvane("query", "select count(*) as n from market where t3 > t2 or (t3 is null) != (t2 is null)",
                     "--output", "json", home=tmp_path)
    assert json.loads(wrong.stdout) == [{"n": 0}]


def test_a_limit_that_does_not_hold_two_sweeps_is_said(lab_of_two, tmp_path):
    variables = as_profiles(lab_of_two, "a", SPOTVANE_SPS_SAMPLE_COUNT="30")
    assert spotvane("collect", home=tmp_path, **variables).returncode == 3
    advance(lab_of_two.address, "25h")
    variables["SPOTVANE_SPS_CAPACITIES"] = "1,5,10,20,30,50"
    done = spotvane("plan", "--dry-run", "--date", "2026-08-02", "--output", "json", home=tmp_path, **variables)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["capacities"] == ["10"]
    assert "does not hold two sweeps of 6" in done.stderr


def test_a_sweep_without_the_target_capacity_is_a_mistake(tmp_path):
    (tmp_path / "spotvane.toml").write_text("[sps]\ncapacities = [1, 5]\n")
    done = spotvane("config", "check", home=tmp_path)
    assert done.returncode == 2
    assert "'sps.target_capacity' is 10" in done.stderr
