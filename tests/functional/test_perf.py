"""What instances' speed was: taken over from a real MariaDB with CloudPITS's schema, and shown."""
import csv
import io
import json
import pathlib
import statistics

import pytest

import mariadb
from binary import spotvane

COREMARK = pathlib.Path(__file__).parent.parent / "data/perf/coremark.csv"


@pytest.fixture(scope="module")
def server():
    if not mariadb.is_installed():
        pytest.skip("no MariaDB: Debian's package `mariadb-server` is not installed")
    started = mariadb.MariaDb()
    yield started
    started.close()


@pytest.fixture(scope="module")
def measured():
    with open(COREMARK, encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def experiments(server, measured):
    """The name of a database in which each type has run one dataset thrice, at its CoreMark speed."""
    name = "experimentos"
    server.sql(f"drop database if exists {name}; create database {name}; use {name};" + mariadb.CLOUDPITS + """
      insert into data (name, hash) values ('tonga', 'd41d8c'), ('simple', 'ffffff');
      insert into parameters (aph, apm, `window`, np, gens) values (600, 150, 0.012, 30, 20), (300, null, 0.5, 1, 1);
      insert into interpols (parameters_idparameters, data_iddata, interpols, datetime) values
        (1, 1, 4000, '2021-03-01 10:00:00'), (1, 1, 6000, '2021-03-02 10:00:00'), (1, 1, 0, '2021-03-03 10:00:00');
    """)
    for row in measured:
        speed = float(row["coremark_iter_per_s"])
        server.sql(f"""
          insert into instance values ('{row["instance_type"]}');
          insert into experiment (data_iddata, parameters_idparameters, instance_name)
            values (1, 1, '{row["instance_type"]}');
          set @experiment = last_insert_id();
          insert into interpsec (interpsec, experiment_idperformance, creationDate) values
            ({speed}, @experiment, '{row["ran_at"][:19].replace("T", " ")}'),
            ({speed * 1.1}, @experiment, '2026-01-01 05:00:00'), ({speed * 0.9}, @experiment, '2026-01-02 05:00:00'),
            (0, @experiment, '2026-01-03 05:00:00');""", name)
    return name


def facts(done):
    return json.loads(done.stdout)


def rows(done):
    return list(csv.DictReader(io.StringIO(done.stdout)))


def imported(server, database, home, status=0):
    done = spotvane("perf", "import", server.address(database), "--output", "json", home=home)
    assert done.returncode == status, done.stderr
    return facts(done)


def test_takes_over_a_cloudpits_database_once(server, experiments, measured, tmp_path):
    first = imported(server, experiments, tmp_path)
    again = imported(server, experiments, tmp_path)

    count = len(measured)
    assert first == {"datasets_added": 2, "samples_added": 3 * count, "totals_added": 2, "known_before": 0,
                     "measured_nothing": count + 1, "bad_rows": 0}
    assert again == {**first, "datasets_added": 0, "samples_added": 0, "totals_added": 0,
                     "known_before": 3 * count + 2}

    shown = spotvane("perf", "show", "tonga", "--parameter", "aph=600", "--output", "csv", home=tmp_path)
    assert shown.returncode == 0, shown.stderr
    by_type = {row["instance_type"]: row for row in rows(shown)}
    assert len(by_type) == count
    for row in measured:
        speed = float(row["coremark_iter_per_s"])
        found = by_type[row["instance_type"]]
        assert found["parameters"] == "aph=600 apm=150 gens=20 np=30 window=0.012"
        assert int(found["samples"]) == 3
        assert float(found["tasks_per_second"]) == pytest.approx(speed, rel=1e-12)
        assert float(found["deviation"]) == pytest.approx(statistics.stdev([speed, 1.1 * speed, 0.9 * speed]))
        assert float(found["least"]) == pytest.approx(0.9 * speed)
        assert float(found["most"]) == pytest.approx(1.1 * speed)
        assert float(found["tasks"]) == 5000


def test_leaves_out_rows_that_make_no_sense_and_counts_them(server, experiments, measured, tmp_path):
    server.sql("""
      insert into interpsec (interpsec, experiment_idperformance, creationDate) values
        (5, 9999, '2026-01-01 00:00:00'), (null, 1, '2026-01-01 00:00:00'), (5, 1, null);
      insert into interpols (parameters_idparameters, data_iddata, interpols, datetime) values
        (77, 1, 10, '2026-01-01 00:00:00');
      insert into data (name, hash) values ('no hash', null);""", experiments)

    found = imported(server, experiments, tmp_path, status=3)

    assert found["bad_rows"] == 5
    assert found["samples_added"] == 3 * len(measured)


def test_says_what_is_wrong_with_an_address(server, tmp_path):
    def refused(url):
        done = spotvane("perf", "import", url, home=tmp_path)
        assert done.returncode != 0
        assert "secret" not in done.stdout + done.stderr
        return done.stderr

    assert "mysql://user@host/database" in refused("localhost")
    assert "Unknown database" in refused(server.address("nowhere"))
    server.sql("create database if not exists bare")
    assert "expected a CloudPITS database" in refused(server.address("bare"))
    assert "MYSQL_PWD" in refused(server.address("bare", user="nobody:secret"))
    assert "Can't connect" in refused("mysql://root:secret@127.0.0.1:1/x")
    assert not (tmp_path / "state.db").exists()


def test_shows_nothing_where_nothing_was_measured(server, experiments, tmp_path):
    imported(server, experiments, tmp_path)

    done = spotvane("perf", "show", "nothing like it", home=tmp_path)

    assert done.returncode == 1
    assert "nothing was measured of 'nothing like it'" in done.stderr
