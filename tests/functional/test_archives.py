"""Other people's archives: written, imported and compared by the binary as a user runs it."""

import csv
import gzip
import os
import subprocess

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
