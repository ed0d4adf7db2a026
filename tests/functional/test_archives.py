"""Other people's archives: written, imported and compared by the binary as a user runs it."""

import csv
import gzip
import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import time

import pytest

BINARY = os.environ["SPOTVANE_BINARY"]

COLUMNS = "Time,InstanceType,Region,AZ,SPS,T3,T2,IF,OndemandPrice,SpotPrice,Savings".split(",")


def spotvane(*arguments, home):
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "SPOTVANE_HOME": str(home / "home")}
    return subprocess.run([BINARY, *arguments], env=environment, cwd=home, text=True,
                          capture_output=True, timeout=300)


def files_below(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*")) if path.is_file()}


# archive generate


def test_a_generated_archive_has_spotlakes_layout_and_real_names(tmp_path):
    done = spotvane("archive", "generate", "made", "--pools", "300", "--snapshots", "3", home=tmp_path)
    assert done.returncode == 0, done.stderr
    files = files_below(tmp_path / "made")
    assert list(files) == [f"aws/aws-2024-11/01/00-{minute}-00.csv" for minute in ("00", "10", "20")]
    rows = list(csv.DictReader(files["aws/aws-2024-11/01/00-10-00.csv"].decode().splitlines()))
    assert len(rows) == 300 and list(rows[0]) == COLUMNS
    assert len({(row["InstanceType"], row["AZ"]) for row in rows}) == 300
    assert {row["Time"] for row in rows} == {"2024-11-01 00:10:00"}
    assert {row["IF"] for row in rows} <= {"3.0", "2.5", "2.0", "1.5", "1.0", "-1.0"}
    assert {row["SPS"] for row in rows} <= {"1", "2", "3", "-1"}
    assert any(row["Region"] == "us-east-1" and row["AZ"].startswith("use1-az") for row in rows)


def test_the_same_seed_generates_the_same_bytes(tmp_path):
    for name, seed in ("one", "7"), ("two", "7"), ("three", "8"):
        done = spotvane("archive", "generate", name, "--pools", "50", "--snapshots", "4", "--gzip",
                        "--seed", seed, "--from", "2025-02-28", home=tmp_path)
        assert done.returncode == 0, done.stderr
    one, two, three = (files_below(tmp_path / name) for name in ("one", "two", "three"))
    assert one == two != three
    text = gzip.decompress(one["aws/aws-2025-02/28/00-30-00.csv.gz"]).decode()
    assert len(text.splitlines()) == 51


def test_generating_leaves_a_folder_alone_that_is_not_empty(tmp_path):
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "mine.txt").write_text("mine")
    done = spotvane("archive", "generate", "made", home=tmp_path)
    assert done.returncode == 2
    assert "folder 'made' is not empty" in done.stderr
    assert list(files_below(tmp_path / "made")) == ["mine.txt"]


# archive import, archive verify


def facts(done):
    return json.loads(done.stdout)


def generate(home, *options, pools=400, snapshots=12):
    done = spotvane("archive", "generate", "made", "--pools", str(pools), "--snapshots", str(snapshots),
                    "--sps-rate", "0.1", "--replace-rate", "0.02", *options, home=home)
    assert done.returncode == 0, done.stderr
    return home / "made"


def run_import(home, *options):
    return spotvane("archive", "import", "made", "--output", "json", *options, home=home)


def verify(home, *options):
    return spotvane("archive", "verify", "made", "--output", "json", *options, home=home)


def archive_rows(home):
    done = spotvane("query", "from market order by all", "--output", "csv", home=home)
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(done.stdout.splitlines()))


@pytest.mark.parametrize("compression", [(), ("--gzip",)])
def test_every_snapshot_can_be_rebuilt_from_what_was_imported(tmp_path, compression):
    generate(tmp_path, *compression)
    done = run_import(tmp_path)
    assert done.returncode == 0, done.stderr
    imported = facts(done)
    assert imported["snapshots"] == 12 and imported["rows"] == 12 * 400 and imported["files"] == 1
    rows = archive_rows(tmp_path)
    assert len(rows) == imported["changes"] < 1200
    assert any(row["ceased"] == "true" for row in rows)
    done = verify(tmp_path)
    assert done.returncode == 0, done.stderr
    assert facts(done) == {"snapshots": 12, "not_imported": 0, "damaged": 0, "rows": 4800,
                           "different_values": 0, "differences": []}


def test_importing_again_adds_nothing_and_says_so(tmp_path):
    generate(tmp_path)
    assert run_import(tmp_path).returncode == 0
    before = archive_rows(tmp_path)
    done = run_import(tmp_path)
    assert done.returncode == 0, done.stderr
    assert "nothing is new: all 12 snapshots were imported before" in done.stderr
    assert facts(done)["changes"] == 0 and archive_rows(tmp_path) == before


def test_a_month_can_be_chosen_and_older_history_is_refused(tmp_path):
    generate(tmp_path, "--from", "2024-10-31", snapshots=150)
    done = run_import(tmp_path, "--month", "2024-11")
    assert done.returncode == 0 and facts(done)["snapshots"] == 6
    done = run_import(tmp_path)
    assert done.returncode == 2
    assert "history is only added to" in done.stderr
    done = verify(tmp_path)
    assert done.returncode == 3 and facts(done)["not_imported"] == 144


def test_the_format_of_2022_is_imported(tmp_path):
    folder = tmp_path / "made" / "2022" / "07" / "12"
    folder.mkdir(parents=True)
    (folder / "04-20-00.csv").write_text(
        "SpotPrice,Savings,SPS,AZ,Region,InstanceType,IF,time\n"
        "1.1536,73,1,usw1-az1,us-west-1,r6gd.16xlarge,2.5,2022-07-12 04:20:02+00:00\n")
    assert run_import(tmp_path).returncode == 0
    [row] = archive_rows(tmp_path)
    assert row["time"].startswith("2022-07-12 04:20:00") and row["if_band"] == "1" and row["t2"] == ""
    assert float(row["spot_price"]) == 1.1536 and row["savings"] == "73"


def test_damage_is_named_and_the_rest_is_used(tmp_path):
    root = generate(tmp_path, snapshots=9)
    day = root / "aws" / "aws-2024-11" / "01"
    lines = {name: (day / f"{name}.csv").read_text().splitlines(keepends=True)
             for name in ("00-10-00", "00-20-00", "00-30-00", "00-40-00", "00-50-00")}
    (day / "00-10-00.csv").write_text("".join(lines["00-10-00"])[:-20])
    (day / "00-20-00.csv").write_text("")
    (day / "00-30-00.csv").write_text("".join(lines["00-30-00"]).replace(",SPS,", ",Score,"))
    cut = gzip.compress("".join(lines["00-40-00"]).encode())[:2000]
    (day / "00-40-00.csv").unlink()
    (day / "00-40-00.csv.gz").write_bytes(cut)
    (day / "00-50-00.csv").write_text("".join(lines["00-50-00"]) + lines["00-50-00"][1])
    (root / "aws" / "aws-2024-11" / "02").mkdir()

    done = run_import(tmp_path)

    assert done.returncode == 3
    assert facts(done)["damaged"] == 6 and facts(done)["snapshots"] == 9
    for name, words in (("00-10-00.csv, line 401", "fields instead of 11"), ("00-20-00.csv", "the file is empty"),
                        ("00-30-00.csv, line 1", "there is no column 'SPS'"), ("00-40-00.csv.gz", "cut short"),
                        ("00-50-00.csv, line 402", "an earlier row is of the same pool"),
                        ("aws-2024-11/02", "the folder is empty")):
        assert any(name in line and words in line for line in done.stderr.splitlines()), (name, done.stderr)
    # What could not be read has not ceased: all that ceased is missing from a sound snapshot.
    ceased = [row["time"][11:16] for row in archive_rows(tmp_path) if row["ceased"] == "true"]
    assert not {"00:10", "00:20", "00:30", "00:40"} & set(ceased)
    done = verify(tmp_path)
    assert done.returncode == 3 and facts(done)["differences"] == []


def test_strict_refuses_a_damaged_day_and_keeps_the_days_before(tmp_path):
    root = generate(tmp_path, snapshots=150)
    (root / "aws" / "aws-2024-11" / "02" / "00-30-00.csv").write_text("InstanceType\n")
    done = run_import(tmp_path, "--strict")
    assert done.returncode == 1
    assert "'--strict' refuses that: nothing of that day was imported" in done.stderr
    with sqlite3.connect(tmp_path / "home" / "state.db") as state:
        assert state.execute("select count(*) from imported_snapshot").fetchone() == (144,)


def test_a_folder_without_snapshots_is_no_archive(tmp_path):
    (tmp_path / "made").mkdir()
    done = run_import(tmp_path)
    assert done.returncode == 1 and "no snapshot below 'made'" in done.stderr


def test_verify_names_file_pool_column_and_both_values(tmp_path):
    root = generate(tmp_path)
    assert run_import(tmp_path).returncode == 0
    changed = root / "aws" / "aws-2024-11" / "01" / "00-30-00.csv"
    header, first, *others = changed.read_text().splitlines()
    cells = first.split(",")
    old, cells[9] = cells[9], "1234.5"
    changed.write_text("\n".join([header, *reversed(others), ",".join(cells)]))

    done = verify(tmp_path)

    assert done.returncode == 3
    [difference] = facts(done)["differences"]
    assert difference == {"file": "aws/aws-2024-11/01/00-30-00.csv", "instance_type": cells[1],
                          "region": cells[2], "az_id": cells[3], "column": "spot_price",
                          "source": "1234.5", "archive": old}


@pytest.fixture(scope="module")
def four_days(tmp_path_factory):
    """A folder with four days of snapshots, and the rows of an archive that imported them at one go."""
    folder = tmp_path_factory.mktemp("four_days")
    generate(folder, pools=800, snapshots=4 * 144)
    done = run_import(folder)
    assert done.returncode == 0, done.stderr
    return folder, archive_rows(folder)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_import_goes_on_from_the_last_whole_day(four_days, tmp_path, how):
    folder, rows = four_days
    (tmp_path / "made").symlink_to(folder / "made")

    state = tmp_path / "home" / "state.db"
    process = subprocess.Popen(
        [BINARY, "archive", "import", "made"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "SPOTVANE_HOME": str(tmp_path / "home")})
    deadline = time.monotonic() + 120
    while not any(pathlib.Path(tmp_path / "home").rglob("day.parquet")):
        assert time.monotonic() < deadline and process.poll() is None
    process.send_signal(how)
    process.communicate(timeout=120)
    assert process.returncode == (-signal.SIGKILL if how == signal.SIGKILL else 1)
    with sqlite3.connect(state) as database:
        (imported,) = database.execute("select count(*) from imported_snapshot").fetchone()
    assert imported % 144 == 0 and imported < 4 * 144

    done = run_import(tmp_path)
    assert done.returncode == 0, done.stderr
    assert facts(done)["imported_before"] == imported
    assert archive_rows(tmp_path) == rows
    assert verify(tmp_path).returncode == 0
