"""`score initial` beside pandas, on a real snapshot that lives on through seeded changes."""
import io
import json
import lzma
import pathlib
import random

import pandas
import pytest

from binary import spotvane

SNAPSHOT = pathlib.Path(__file__).parent.parent / "data/spotlake/snapshot_2022-07-12T0420Z.csv.xz"
SNAPSHOTS = 12


def snapshots():
    """The real market of that day, and what might have become of it: some values differ each time, some miss."""
    draw = random.Random(20220712)
    frame = pandas.read_csv(io.BytesIO(lzma.open(SNAPSHOT).read()))
    for _ in range(SNAPSHOTS):
        yield frame
        frame = frame.sample(frac=1, random_state=draw.randrange(2**32))  # rows may come in any order
        for column, values in ("SPS", [1, 2, 3, -1]), ("IF", [1.0, 1.5, 2.0, 2.5, 3.0, -1.0]):
            rows = draw.sample(range(len(frame)), 400)
            frame.iloc[rows, frame.columns.get_loc(column)] = [draw.choice(values) for _ in rows]
        frame = frame.drop(frame.index[draw.randrange(len(frame))])  # a pool ceases


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    root = tmp_path_factory.mktemp("archive")
    for number, frame in enumerate(snapshots()):
        folder = root / ("2022/07/12" if number % 2 else "aws/aws-2022-07/12")
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{number // 6:02}-{number % 6}0-00.csv"
        frame.to_csv(folder / (name + ".gz" if number % 3 == 0 else name), index=False,
                     lineterminator="\r\n" if number % 4 == 1 else "\n")
    return root


def reference():
    frame = pandas.concat(list(snapshots()))
    grouped = frame.mask(frame == -1).groupby(["InstanceType", "Region"])[["SPS", "IF"]]
    cov = (grouped.std() / grouped.mean()).dropna()
    cov["score"] = cov.SPS * cov.IF
    return cov[cov.score > 0]


def test_scores_of_a_real_market_are_those_of_pandas(archive, tmp_path):
    done = spotvane("score", "initial", str(archive), "--output", "json", home=tmp_path)
    assert done.returncode == 0, done.stderr
    ours = json.loads(done.stdout)
    ours = pandas.DataFrame(ours["initial_scores"] if isinstance(ours, dict) else ours)
    theirs = reference()
    assert len(ours) == len(theirs) > 1_000
    assert ours.score.is_monotonic_decreasing
    ours = ours.set_index(["instance_type", "region"])
    theirs = theirs.loc[ours.index]
    for mine, reference_column in ("sps_cov", "SPS"), ("if_cov", "IF"), ("score", "score"):
        assert ((ours[mine] / theirs[reference_column] - 1).abs() < 1e-12).all(), mine


def test_threads_change_not_one_letter(archive, tmp_path):
    outputs = {spotvane("score", "initial", str(archive), "--output", "csv", "--threads", threads, home=tmp_path).stdout
               for threads in ("1", "2", "7")}
    assert len(outputs) == 1


def test_a_month_and_sizes_can_be_asked_for(archive, tmp_path):
    none = spotvane("score", "initial", str(archive), "--month", "2022-08", home=tmp_path)
    assert none.returncode == 1 and "no snapshot of 2022-08 below" in none.stderr
    large = spotvane("score", "initial", str(archive), "--month", "2022-07", "--include", "^x?large$", "--exclude", "x",
                     "--output", "csv", home=tmp_path)
    types = {line.split(",")[0] for line in large.stdout.splitlines()[1:]}
    assert types and all(name.endswith(".large") for name in types)
    bad = spotvane("score", "initial", str(archive), "--include", "(", home=tmp_path)
    assert bad.returncode == 2 and "bad expression '('" in bad.stderr


def test_damage_is_named_costs_itself_alone_and_can_be_refused(archive, tmp_path):
    folder = tmp_path / "2022/07/12"
    folder.mkdir(parents=True)
    (tmp_path / "2022/07/13").mkdir()
    good = "InstanceType,Region,SPS,IF\nm5.large,us-east-1,3,3.0\nm5.large,us-east-1,2,2.0\n"
    (folder / "00-00-00.csv").write_text(good)
    (folder / "00-10-00.csv").write_text(good + "m5.large,us-east-1,three,1.0\nm5.large,us-e")
    (folder / "00-20-00.csv.gz").write_bytes((archive / "aws/aws-2022-07/12/00-00-00.csv.gz").read_bytes()[:5_000])
    (folder / "00-30-00.csv").write_text("")
    done = spotvane("score", "initial", str(tmp_path), "--output", "csv", home=tmp_path)
    assert done.returncode == 3
    for words in ("2022/07/13: the folder is empty",
                  "2022/07/12/00-10-00.csv, line 4: SPS 'three' is not a number",
                  "2022/07/12/00-10-00.csv, line 5: 2 fields instead of 4",
                  "2022/07/12/00-20-00.csv.gz: cut short: the compressed data has no end",
                  "2022/07/12/00-30-00.csv: the file is empty"):
        assert words in done.stderr
    assert "m5.large,us-east-1," in done.stdout
    strict = spotvane("score", "initial", str(tmp_path), "--strict", home=tmp_path)
    assert strict.returncode == 1 and "'--strict' refuses that" in strict.stderr
