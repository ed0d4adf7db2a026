"""`spotvane-agent report`: what a worker tells of itself, to CloudWatch in the lab and to a manager."""
import datetime
import json
import os
import pathlib
import subprocess

import pytest

from binary import in_lab
from fake_metadata import FakeMetadata
from place import Place, tags

AGENT = os.environ.get("SPOTVANE_AGENT", "")
pytestmark = pytest.mark.skipif(not pathlib.Path(AGENT).is_file(), reason="SPOTVANE_AGENT names no program")


@pytest.fixture
def metadata():
    fake = FakeMetadata()
    yield fake
    fake.stop()


def report(*options, metadata="http://127.0.0.1:1", **variables):
    return subprocess.run(
        [AGENT, "report", *options], text=True, capture_output=True, timeout=60,
        env={"PATH": os.environ["PATH"], "AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata, **variables})


def test_a_worker_publishes_by_its_instance_role(place):
    (id,) = place.run(spot=False, IamInstanceProfile={"Name": "worker"}, TagSpecifications=tags("instance", Type="worker-spot"))
    place.advance("3m")
    done = report("--perf", "12.5", "--stdev", "0.8", "--tasks", "4096", metadata=f"{place.lab.address}/imds/{id}",
                  AWS_ENDPOINT_URL=place.lab.address)
    assert done.returncode == 0, done.stderr
    now = datetime.datetime.fromisoformat(json.loads(place.lab.get("/_lab/clock")[2])["time"])
    metrics = place.lab.client("cloudwatch")
    for name, value in ("perf_sec", 12.5), ("perf_sec_stdev", 0.8), ("tasks_completed", 4096):
        (point,) = metrics.get_metric_statistics(
            Namespace="Performance", MetricName=name, Period=60, Statistics=["Average"],
            Dimensions=[{"Name": "Instance Id", "Value": id}, {"Name": "Type", "Value": "m5.large"}],
            StartTime=now - datetime.timedelta(minutes=5), EndTime=now + datetime.timedelta(minutes=1))["Datapoints"]
        assert point["Average"] == value


def test_a_worker_publishes_with_keys_from_the_environment(place, metadata):
    done = report("--perf", "1", "--tasks", "0", metadata=metadata.address, **in_lab(place.lab.address))
    assert done.returncode == 0, done.stderr
    assert len(place.lab.client("cloudwatch").list_metrics(Namespace="Performance")["Metrics"]) == 3


def test_a_manager_is_told_by_post(metadata):
    done = report("--perf", "12.5", "--stdev", "0.8", "--tasks", "4096", "--tasks-of", "worker", "--job", "pi", "--to",
                  metadata.address, metadata=metadata.address)
    assert done.returncode == 0, done.stderr
    ((headers, body),) = metadata.posted
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body) == {
        "instance_id": "i-0123456789abcdef0", "instance_type": "m5.large", "perf_sec": 12.5, "perf_sec_stdev": 0.8,
        "tasks_completed": 4096, "job": "pi", "tasks_of": "worker"}


def test_lasting_options_come_from_the_environment_too(metadata):
    done = report("--perf", "2", "--tasks", "7", metadata=metadata.address, SPOTVANE_AGENT_TO=metadata.address + "/r",
                  SPOTVANE_AGENT_JOB="pi", SPOTVANE_AGENT_TASKS_OF="worker")
    assert done.returncode == 0, done.stderr
    told = json.loads(metadata.posted[0][1])
    assert (told["job"], told["tasks_of"], told["perf_sec_stdev"]) == ("pi", "worker", 0)


@pytest.mark.parametrize("options, problem", [
    (["--tasks", "5"], "'--perf' is missing"), (["--perf", "5"], "'--tasks' is missing"),
    (["--perf", "-1", "--tasks", "5"], "'--perf' must be tasks per second"),
    (["--perf", "nan", "--tasks", "5"], "'--perf' must be"), (["--perf", "1e300", "--tasks", "5"], "'--perf' must be"),
    (["--perf", "1", "--stdev", "-2", "--tasks", "5"], "'--stdev' must be"),
    (["--perf", "1", "--tasks", "1.5"], "'--tasks' must be a whole number"),
    (["--perf", "1", "--tasks", "-1"], "'--tasks' must be"), (["--perf", "1", "--tasks", "5", "--tasks-of", "me"], "'--tasks-of'"),
    (["--perf", "1", "--tasks", "5", "--to", "localhost"], "'--to' must be an address"),
    (["--perf", "1", "--tasks", "5", "--sqs-queue", "q"], "unknown option")])
def test_what_makes_no_sense_is_refused(options, problem):
    done = report(*options)
    assert done.returncode == 2 and problem in done.stderr


def test_who_is_no_instance_or_finds_no_manager_says_so(lab, metadata):
    done = report("--perf", "1", "--tasks", "5", **in_lab("http://127.0.0.1:1"))
    assert done.returncode == 1 and "who is this instance" in done.stderr
    done = report("--perf", "1", "--tasks", "5", "--to", "http://127.0.0.1:1", metadata=metadata.address)
    assert done.returncode == 1 and "report to http://127.0.0.1:1/report" in done.stderr
    done = report("--perf", "1", "--tasks", "5", "--to", lab.address, metadata=metadata.address)
    assert done.returncode == 1 and "refused with status 404: There is nothing here" in done.stderr


def test_help_is_of_the_report():
    done = report("--help")
    assert done.returncode == 0 and "--tasks-of" in done.stdout and "--sqs-queue" not in done.stdout
