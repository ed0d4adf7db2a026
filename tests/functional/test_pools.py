"""The availability view and the picture of a pool's past, as a user meets them."""
import csv
import gzip
import io
import json
import os
import re
import sqlite3
import subprocess
import urllib.request
from xml.etree import ElementTree

import pytest

from binary import BINARY, advance, in_lab, spotvane
from conftest import Lab

REGIONS = ("sa-east-1", "us-west-1")
ADVISOR = "/spot-advisor-data.json"
# The formula of docs/market.md, told once more.
WEIGHTS = {"placement": 4, "steadiness": 3, "discount": 1}
DOUBT = 4


class Collected:
    """A home of three cycles, and the advisor's file that was collected."""

    def __init__(self, home, lab):
        self.path = home
        self.advisor = home.parent / "advisor.json"
        self.advisor.write_bytes(urllib.request.urlopen(lab.address + ADVISOR).read())
        for _ in range(3):
            done = spotvane("collect", "--regions", ",".join(REGIONS), home=home, **in_lab(lab.address))
            assert done.returncode in (0, 3), done.stderr
            advance(lab.address, "10m")


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    home = tmp_path_factory.mktemp("market") / "home"
    home.mkdir()
    lab = Lab("--speed", "step", "--start", "2026-08-01T00:00:00Z")
    try:
        return Collected(home, lab)
    finally:
        lab.stop()


def pools(home, *options):
    done = spotvane("pools", *options, "--output", "json", home=home)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def zones(collected):
    """Every zone's row."""
    answer = pools(collected.path, "--az")
    assert len(answer["pools"]) == answer["found"] == answer["known"] > 1000
    return answer["pools"]


def key(row):
    return row["instance_type"], row["region"], row["az_id"]


def keys(rows):
    return [key(row) for row in rows]


def test_the_pools_are_what_the_archive_says(collected, zones):
    latest = ("select * from market m where not ceased and time = (select max(time) from market n where "
              "n.instance_type = m.instance_type and n.region = m.region and n.az_id is not distinct from m.az_id)")
    listed = spotvane("query", latest, "--output", "json", home=collected.path)
    assert listed.returncode == 0, listed.stderr
    columns = ("sps", "if_band", "savings", "spot_price", "ondemand_price")
    wanted = {key(row): [row[name] for name in columns] for row in json.loads(listed.stdout)}
    assert {key(row): [row[name] for name in columns] for row in zones} == wanted


def test_the_total_is_the_weighted_mean_of_the_terms_shown_and_of_doubt(zones):
    assert any(row["placement"] is not None for row in zones)
    for row in zones:
        terms = {"placement": None if row["sps"] is None else (row["sps"] - 1) / 9,
                 "steadiness": None if row["if_band"] is None else 1 - row["if_band"] / 4,
                 "discount": max(0, 1 - row["spot_price"] / row["ondemand_price"])
                 if row["spot_price"] and row["ondemand_price"] else None}
        if terms["discount"] is None and row["savings"] is not None:
            terms["discount"] = max(0, row["savings"] / 100)
        for name, term in terms.items():
            assert row[name] == (None if term is None else pytest.approx(term, abs=1e-12)), (row, name)
        assert row["launches"] is None and row["survival"] is None
        known = {name: term for name, term in terms.items() if term is not None}
        assert row["weight"] == sum(WEIGHTS[name] for name in known)
        if known:
            total = (sum(WEIGHTS[name] * term for name, term in known.items()) + DOUBT / 2) / (row["weight"] + DOUBT)
            assert row["availability"] == pytest.approx(total, abs=1e-12)


def test_the_data_say_how_old_they_are(collected):
    answer = pools(collected.path)
    assert answer["as_of"] == "2026-08-01T00:20:00Z"
    shown = spotvane("pools", home=collected.path)
    assert re.search(r"as_of +2026-08-01T00:20:00Z", shown.stdout)
    as_csv = spotvane("pools", "--output", "csv", home=collected.path)
    assert "as of 2026-08-01T00:20:00Z" in as_csv.stderr


@pytest.mark.parametrize("options, fits", [
    (["--type", "^c.*xlarge$"], lambda row: re.search("^c.*xlarge$", row["instance_type"])),
    (["--region", "sa-east-1"], lambda row: row["region"] == "sa-east-1"),
    (["--region", "sa-east-1", "--region", "us-west-1"], lambda row: True),
    (["--region", "all"], lambda row: True),
    (["--min-vcpu", "4", "--max-vcpu", "16"], lambda row: 4 <= (row["vcpus"] or 0) <= 16),
    (["--min-memory", "7.5", "--max-memory", "64"], lambda row: 7.5 <= (row["memory_gib"] or 0) <= 64),
    (["--max-price", "0.05"], lambda row: row["spot_price"] is not None and row["spot_price"] <= 0.05),
    (["--min-savings", "70"], lambda row: row["savings"] is not None and row["savings"] >= 70),
    (["--max-band", "1"], lambda row: row["if_band"] is not None and row["if_band"] <= 1),
    (["--min-score", "3"], lambda row: row["sps"] is not None and row["sps"] >= 3),
    (["--min-availability", "0.7"], lambda row: row["availability"] is not None and row["availability"] >= 0.7)])
def test_a_filter_keeps_what_fits_and_nothing_else(collected, zones, options, fits):
    found = pools(collected.path, "--az", *options)["pools"]
    assert keys(found) == keys([row for row in zones if fits(row)])


@pytest.mark.parametrize("sort, column, sign", [
    ("availability", "availability", -1), ("price", "spot_price", 1), ("savings", "savings", -1),
    ("band", "if_band", 1), ("interruption", "if_band", 1), ("sps", "sps", -1), ("score", "sps", -1)])
def test_the_best_come_first_or_last_and_the_unknown_after_them(collected, sort, column, sign):
    orders = {1: "asc", -1: "desc"}
    for direction in (sign, -sign):
        values = [row[column] for row in pools(collected.path, "--az", "--sort", sort, "--order",
                                               orders[direction])["pools"]]
        known = [value for value in values if value is not None]
        assert known == sorted(known, reverse=direction < 0)
        assert values[:len(known)] == known
    plain = pools(collected.path, "--az", "--sort", sort)
    assert plain == pools(collected.path, "--az", "--sort", sort, "--order", orders[sign])


def test_names_are_sorted_as_names(collected, zones):
    for sort, column in (("type", "instance_type"), ("region", "region")):
        names = [row[column] for row in pools(collected.path, "--az", "--sort", sort)["pools"]]
        assert names == sorted(row[column] for row in zones)


def test_without_az_a_region_is_its_first_zone(collected, zones):
    rows = pools(collected.path)["pools"]
    best = {}
    for row in zones:
        best.setdefault(key(row)[:2], key(row))
    assert keys(rows) == list(best.values())


def test_top_and_the_terminal_say_what_they_leave_out(collected, zones):
    answer = pools(collected.path, "--az", "--top", "3")
    assert keys(answer["pools"]) == keys(zones[:3])
    assert answer["found"] == len(zones)
    shown = spotvane("pools", "--az", home=collected.path).stdout
    assert f"... and {len(zones) - 20} more" in shown
    assert "launches" not in shown, "a terminal shows no column that has nothing in it"


def test_csv_has_the_rows_of_json(collected, zones):
    done = spotvane("pools", "--az", "--output", "csv", home=collected.path)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert keys(rows) == [(one, two, three or "") for one, two, three in keys(zones)]
    assert [row["az_name"] for row in rows] == [row["az_name"] or "" for row in zones]
    assert "launches" in rows[0]


def test_zones_go_by_the_accounts_names_too(collected, zones):
    named = [row for row in zones if row["az_name"]]
    assert {row["az_name"] for row in named} >= {"sa-east-1a", "us-west-1b"}
    assert keys(named) == keys([row for row in zones if row["az_id"]])
    zone = named[0]["az_id"]
    by_name = pools(collected.path, "--zone", named[0]["az_name"])["pools"]
    assert by_name == pools(collected.path, "--zone", zone)["pools"] == [row for row in zones if row["az_id"] == zone]
    pool = named[0]["instance_type"]
    one, two = (spotvane("history", f"{pool}@{place}", "--output", "json", home=collected.path)
                for place in (zone, named[0]["az_name"]))
    assert one.returncode == 0 and one.stdout == two.stdout
    assert {row["az_name"] for row in json.loads(one.stdout)} == {named[0]["az_name"]}


@pytest.mark.parametrize("options, message", [
    (["--type", "m5.("], "is no regular expression"),
    (["--region", "us-west-11"], "did you mean 'us-west-1'?"),
    (["--zone", "us-west-1z"], "an account's own name for a zone"),
    (["--zone", "usw1-az77"], "no pool is known in zone"),
    (["--order", "up"], "must be one of asc, desc"),
    (["--sort", "colour"], "must be one of availability"),
    (["--min-score", "11"], "must be from 1 to 10"),
    (["--os", "windows"], "--advisor"),
    (["--advisor", "/nowhere/at-all.json"], "/nowhere/at-all.json")])
def test_what_makes_no_sense_is_refused_with_a_hint(collected, options, message):
    done = spotvane("pools", *options, home=collected.path)
    assert done.returncode in (1, 2) and not done.stdout
    assert message in done.stderr


def test_nothing_that_fits_is_no_failure(collected):
    done = spotvane("pools", "--max-price", "0", "--output", "json", home=collected.path)
    assert done.returncode == 0
    assert json.loads(done.stdout)["pools"] == []
    assert "known pools fits" in done.stderr


def test_without_a_home_or_a_cycle_it_says_what_to_do(tmp_path):
    done = spotvane("pools", "--home", str(tmp_path / "none"), home=tmp_path)
    assert done.returncode == 1 and "spotvane collect" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_was_kept_of_another_cycle_is_not_believed(collected, zones, tmp_path):
    copy = tmp_path / "home"
    subprocess.run(["cp", "-r", collected.path, copy], check=True)
    database = sqlite3.connect(copy / "state.db")
    kept = database.execute("select value from note where name = 'latest_market'").fetchone()[0]
    older = kept.replace("2026-08-01T00:20:00Z", "2026-08-01T00:10:00Z", 1).replace("=m", "=x")
    assert older != kept
    for text in (older, "", kept[:-100]):
        database.execute("update note set value = ? where name = 'latest_market'", (text,))
        database.commit()
        assert pools(copy, "--az")["pools"] == zones
    database.close()


def test_an_imported_archive_is_a_market_too(tmp_path):
    archive = tmp_path / "archive"
    done = spotvane("archive", "generate", str(archive), "--pools", "300", "--snapshots", "3", home=tmp_path)
    assert done.returncode == 0, done.stderr
    home = tmp_path / "home"
    home.mkdir()
    done = spotvane("archive", "import", str(archive), home=home)
    assert done.returncode == 0, done.stderr
    answer = pools(home, "--az")
    assert answer["found"] == 300
    assert {row["vcpus"] for row in answer["pools"]} == {None}, "nobody has said what the types are"


BOUND = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []


def test_a_home_that_cannot_be_written_is_read_without_a_network(collected, zones, tmp_path):
    copy = tmp_path / "home"
    subprocess.run(["cp", "-r", collected.path, copy], check=True)
    subprocess.run(["chmod", "-R", "a-w", copy], check=True)
    try:
        environment = {"PATH": os.environ["PATH"], "HOME": "/nowhere", "SPOTVANE_HOME": str(copy),
                       "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
        done = subprocess.run([*BOUND, BINARY, "pools", "--az", "--output", "json"], env=environment, cwd="/",
                              text=True, capture_output=True, timeout=60)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["pools"] == zones
    finally:
        subprocess.run(["chmod", "-R", "u+w", copy], check=True)


@pytest.mark.parametrize("os_name", ["linux", "windows"])
def test_an_advisors_file_is_read_as_it_is(collected, os_name, tmp_path):
    whole = json.loads(collected.advisor.read_text())
    wanted = {}
    for region, systems in whole["spot_advisor"].items():
        for kind, entry in systems.get(os_name.capitalize(), {}).items():
            facts = whole["instance_types"].get(kind, {})
            wanted[kind, region] = (entry["s"], entry["r"], facts.get("cores"), facts.get("ram_gb"), facts.get("emr"))
    packed = tmp_path / "advisor.json.gz"
    packed.write_bytes(gzip.compress(collected.advisor.read_bytes()))
    for file in (collected.advisor, packed):
        rows = pools(tmp_path, "--advisor", str(file), "--os", os_name)["pools"]
        assert {key(row)[:2]: (row["savings"], row["if_band"], row["vcpus"], row["memory_gib"], row["emr"])
                for row in rows} == wanted
        assert len(rows) == len(wanted)


def test_what_is_no_advisors_file_is_named(tmp_path):
    file = tmp_path / "advisor.json"
    file.write_text("{}")
    done = spotvane("pools", "--advisor", str(file), home=tmp_path)
    assert done.returncode == 1
    assert f"advisor's file '{file}'" in done.stderr


SVG = "{http://www.w3.org/2000/svg}"


def lines_of(picture):
    """The values' paths, by label."""
    found = {}
    for path in ElementTree.fromstring(picture).iter(SVG + "path"):
        label = path.find(SVG + "title")
        if label is not None:
            found.setdefault(label.text, []).append(path.get("d"))
    return found


def test_a_pools_past_is_drawn(collected, zones, tmp_path):
    scored = next(row for row in zones if all(row[name] is not None for name in ("sps", "if_band", "ondemand_price")))
    pool = f"{scored['instance_type']}@{scored['region']}"
    target = tmp_path / "pictures" / "past.svg"
    done = spotvane("history", pool, "--svg", str(target), home=collected.path)
    assert done.returncode == 0 and not done.stdout, done.stderr
    picture = target.read_text()
    root = ElementTree.fromstring(picture)
    assert root.tag == SVG + "svg" and root.find(SVG + "title").text == pool
    lines = lines_of(picture)
    its_zones = [row for row in zones if key(row)[:2] == key(scored)[:2]]
    for row in its_zones:
        label = f"{row['az_id']} ({row['az_name']})"
        assert len(lines[label]) == 2 * (row["spot_price"] is not None) + (row["sps"] is not None)
    assert len(lines["on-demand"]) == 1 and len(lines["all zones"]) == 1
    words = {text.text for text in root.iter(SVG + "text")}
    assert {"price, USD an hour", "placement score (SPS)", "time, UTC", "5-10%"} <= words
    printed = spotvane("history", pool, "--svg", "-", home=collected.path)
    assert printed.stdout == picture, "the same past gives the same picture"


def test_a_picture_of_a_part_begins_with_what_was_in_force(collected, zones):
    scored = next(row for row in zones if row["sps"] is not None)
    pool = f"{scored['instance_type']}@{scored['az_id']}"
    done = spotvane("history", pool, "--svg", "-", "--from", "2026-08-01T00:05:00Z", "--to", "2026-08-01T00:09:00Z",
                    home=collected.path)
    assert done.returncode == 0, done.stderr
    for paths in lines_of(done.stdout).values():
        for path in paths:
            assert re.fullmatch(r"M84 [\d.]+H932", path), path


def test_a_picture_lands_where_one_is(collected, zones, tmp_path):
    done = spotvane("history", f"{zones[0]['instance_type']}@{zones[0]['az_id']}", "--svg", "past.svg",
                    "--home", str(collected.path), home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert ElementTree.parse(tmp_path / "past.svg").getroot().tag == SVG + "svg"


def test_a_picture_that_cannot_be_written_is_named(collected, zones, tmp_path):
    (tmp_path / "file").write_text("in the way")
    target = tmp_path / "file" / "past.svg"
    done = spotvane("history", f"{zones[0]['instance_type']}@{zones[0]['az_id']}", "--svg", str(target),
                    home=collected.path)
    assert done.returncode == 1
    assert "file" in done.stderr
