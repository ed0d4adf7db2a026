"""What we write is read by others: pandas, Polars and Spark, from exports and from the archive's folder."""
import csv
import datetime
import io
import json
import math
import shutil

import pandas
import polars
import pytest

from binary import advance, in_lab, spotvane
from conftest import Lab

EVERYTHING = "select * from market order by time, instance_type, region, az_id nulls first"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """July merged into a month's file, August still in cycles."""
    folder = tmp_path_factory.mktemp("home")
    lab = Lab("--speed", "step", "--start", "2026-07-31T23:40:00Z")
    try:
        for _ in range(4):
            done = spotvane("collect", "--regions", "sa-east-1", home=folder, **in_lab(lab.address))
            assert done.returncode == 0, done.stderr
            advance(lab.address, "10m")
    finally:
        lab.stop()
    done = spotvane("archive", "compact", "--output", "csv", home=folder)
    assert done.returncode == 0, done.stderr
    assert [row["period"] for row in csv.DictReader(io.StringIO(done.stdout))] == ["2026-07-31", "2026-07"]
    names = {str(path.relative_to(folder / "archive")) for path in (folder / "archive").rglob("*.parquet")}
    assert names == {"day=2026-07/month.parquet", "day=2026-08-01/cycle-000000.parquet",
                     "day=2026-08-01/cycle-001000.parquet"}
    return folder


@pytest.fixture(scope="module")
def rows(home):
    """The archive as our own SQL tells it."""
    done = spotvane("query", EVERYTHING, "--output", "json", home=home)
    assert done.returncode == 0, done.stderr
    listed = json.loads(done.stdout)
    assert len(listed) > 1000
    return [(datetime.datetime.fromisoformat(row.pop("time")), *row.values()) for row in listed]


@pytest.fixture(scope="module")
def exported(home):
    for form in ("csv", "parquet"):
        done = spotvane("export", "--format", form, "--to", f"market.{form}", home=home)
        assert done.returncode == 0, done.stderr
    return home / "market"


def plain(value):
    if value is pandas.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    return value.to_pydatetime() if isinstance(value, pandas.Timestamp) else value


def in_order(found):
    """Rows of any reader, as `EVERYTHING` orders them."""
    plain_rows = [tuple(plain(value) for value in row) for row in found]
    return sorted(plain_rows, key=lambda row: (*row[:3], row[3] or ""))


def of_pandas(frame):
    # The folder's name is no column of ours, though readers make one of it.
    frame = frame.drop(columns="day", errors="ignore")
    return in_order(frame.astype(object).itertuples(index=False, name=None))


def of_polars(frame):
    return in_order(frame.drop("day", strict=False).iter_rows())


def test_pandas_reads_exports(exported, rows):
    assert of_pandas(pandas.read_parquet(exported.with_suffix(".parquet"))) == rows
    assert of_pandas(pandas.read_csv(exported.with_suffix(".csv"), parse_dates=["time"])) == rows


def test_pandas_reads_the_archive_as_it_lies(home, rows):
    assert of_pandas(pandas.read_parquet(home / "archive")) == rows


def test_polars_reads_exports(exported, rows):
    parquet = polars.read_parquet(exported.with_suffix(".parquet"))
    assert of_polars(parquet) == rows
    assert of_polars(polars.read_csv(exported.with_suffix(".csv"), schema=parquet.schema)) == rows


def test_polars_reads_the_archive_as_it_lies(home, rows):
    assert of_polars(polars.read_parquet(home / "archive")) == rows
    assert of_polars(polars.scan_parquet(home / "archive" / "**" / "*.parquet").collect()) == rows


def test_the_history_of_a_pool_is_its_rows(home, rows):
    pool = rows[0][1:4]
    place = pool[2] or pool[1]
    done = spotvane("history", f"{pool[0]}@{place}", "--output", "json", home=home)
    assert done.returncode == 0, done.stderr
    times = [row["time"].rstrip("Z") for row in json.loads(done.stdout)]
    wanted = [row[0].isoformat() for row in rows if row[1] == pool[0] and place in row[2:4]]
    assert times == wanted
    for row in json.loads(done.stdout):
        known = row["spot_price"] is not None and row["ondemand_price"] is not None
        assert row["above_ondemand"] == (row["spot_price"] > row["ondemand_price"] if known else None)
    early = spotvane("history", f"{pool[0]}@{place}", "--to", "2026-07-31T23:50:00Z", "--output", "json", home=home)
    assert [row["time"] for row in json.loads(early.stdout)] == ["2026-07-31T23:40:00Z"] * len(json.loads(early.stdout))


def test_the_history_of_an_unknown_pool_is_answered_with_the_nearest(home, rows):
    kind, region = rows[0][1:3]
    for mistaken in (f"{kind}x@{region}", f"{kind}@{region}0"):
        done = spotvane("history", mistaken, home=home)
        assert done.returncode == 2
        assert f"did you mean '{kind}@{region}'?" in done.stderr, done.stderr
    done = spotvane("history", kind, home=home)
    assert done.returncode == 2
    assert "write type@region or type@zone-id" in done.stderr


@pytest.mark.spark
def test_spark_reads_exports_and_the_archive_as_it_lies(home, exported, rows, tmp_path):
    sql = pytest.importorskip("pyspark.sql", reason="no pyspark: tools/setup spark installs it")
    if not shutil.which("java"):
        pytest.skip("no Java: tools/setup spark installs it")
    spark = (sql.SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
             .config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
             .config("spark.local.dir", str(tmp_path)).config("spark.sql.warehouse.dir", str(tmp_path))
             .getOrCreate())
    try:
        def of_spark(frame):
            return in_order(frame.drop("day").collect())

        parquet = spark.read.parquet(str(exported.with_suffix(".parquet")))
        assert of_spark(parquet) == rows
        assert of_spark(spark.read.csv(str(exported.with_suffix(".csv")), header=True, schema=parquet.schema)) == rows
        assert of_spark(spark.read.parquet(str(home / "archive"))) == rows
    finally:
        spark.stop()
