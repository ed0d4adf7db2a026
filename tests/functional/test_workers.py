"""Modelled workers of the lab: the tasks they complete, what they report and what they cost, as boto3 sees it."""
import datetime
import json
import urllib.request

import pytest
from botocore.exceptions import ClientError

from place import Place, tags

MINUTE = datetime.timedelta(minutes=1)
STEADY = {"job": "pi", "tasks_per_vcpu_second": 0.5, "noise": 0, "scaling_penalty": 0}


def worker_tags(kind="worker-spot", job="pi"):
    return tags("instance", **{"Type": kind, "spotvane:job": job})


class Workers(Place):
    def __init__(self, lab):
        super().__init__(lab)
        self.metrics = lab.client("cloudwatch")

    def start(self, count=1, kind="worker-spot", **more):
        return self.run(count, TagSpecifications=worker_tags(kind), **more)

    def page(self):
        return json.loads(self.lab.get("/_lab/workload")[2])

    def job(self, name="pi"):
        (one,) = [row for row in self.page()["jobs"] if row["job"] == name]
        return one

    def told(self, id):
        (one,) = [row for row in json.loads(self.lab.get("/_lab/audit/instances")[2]) if row["id"] == id]
        return one

    def points(self, id, name, type="m5.large", statistic="Average"):
        now = datetime.datetime.fromisoformat(json.loads(self.lab.get("/_lab/clock")[2])["time"])
        answer = self.metrics.get_metric_data(
            StartTime=now - datetime.timedelta(hours=3), EndTime=now, ScanBy="TimestampAscending", MetricDataQueries=[
                {"Id": "m", "MetricStat": {"Period": 60, "Stat": statistic, "Metric": {
                    "Namespace": "Performance", "MetricName": name, "Dimensions": [
                        {"Name": "Instance Id", "Value": id}, {"Name": "Type", "Value": type}]}}}])
        (one,) = answer["MetricDataResults"]
        return list(zip(one["Timestamps"], one["Values"]))


@pytest.fixture
def workers(start_lab):
    return Workers(start_lab("--speed", "step", "--start", "2026-03-01T00:00:00Z", "--seed", "5"))


def test_a_worker_reports_every_minute_from_running_on(workers):
    (id,) = workers.start()
    workers.advance("10m30s")
    running = datetime.datetime.fromisoformat(workers.told(id)["running"])
    for name in "perf_sec", "perf_sec_stdev", "tasks_completed":
        times = [at for at, _ in workers.points(id, name)]
        assert 9 <= len(times) <= 10
        assert times[0] == (running + MINUTE).replace(second=0, microsecond=0)
        assert all(later - earlier == MINUTE for earlier, later in zip(times, times[1:]))


def test_throughput_is_drawn_round_what_the_lab_says_of_the_type(workers):
    (id,) = workers.start()
    workers.advance("1h")
    mean = workers.page()["tasks_per_second"]["m5.large"]
    drawn = [value for _, value in workers.points(id, "perf_sec")]
    assert len(set(drawn)) > 30
    assert all(0.9 * mean <= value <= 1.1 * mean for value in drawn)
    assert sum(drawn) / len(drawn) == pytest.approx(mean, rel=0.03)
    assert all(deviation == pytest.approx(value * 0.1 / 3**0.5) for (_, deviation), value in
               zip(workers.points(id, "perf_sec_stdev"), drawn))
    assert workers.points(id, "tasks_completed")[-1][1] == pytest.approx(sum(drawn) * 60, abs=1)


def test_tasks_are_the_jobs_and_stay_when_workers_go(workers):
    workers.lab.order("workload", STEADY)
    first, second = workers.start(2, kind="worker-on-demand", spot=False)
    workers.advance("10m")
    both = workers.job()["tasks_completed"]
    workers.ec2.terminate_instances(InstanceIds=[first])
    workers.advance("5m")
    after = workers.job()
    rate = workers.job()["tasks_per_vcpu_second"] * 2 * 0.9  # two vCPUs of Intel's fifth generation
    assert (after["workers"], after["workers_ever"]) == (1, 2)
    assert after["tasks_completed"] == pytest.approx(both + 300 * rate, abs=2)
    assert 0 <= after["tasks_lost"] < 1
    assert workers.points(second, "tasks_completed", statistic="Maximum")[-1][1] > both
    assert len(workers.points(first, "tasks_completed")) < len(workers.points(second, "tasks_completed"))


def test_there_are_no_more_tasks_than_told(workers):
    workers.lab.order("workload", {**STEADY, "tasks": 100})
    (id,) = workers.start()
    workers.advance("10m")
    assert workers.job()["tasks_completed"] == 100
    assert workers.points(id, "tasks_completed")[-1][1] == 100


def test_only_workers_of_a_job_report(workers):
    plain, kind_only, late = workers.run(3)
    workers.advance("4s")
    workers.ec2.create_tags(Resources=[kind_only], Tags=[{"Key": "Type", "Value": "worker-spot"}])
    workers.advance("5m")
    assert workers.page()["jobs"] == []
    workers.ec2.create_tags(Resources=[late], Tags=worker_tags()[0]["Tags"])
    workers.advance("2m30s")
    assert [len(workers.points(id, "perf_sec")) for id in (plain, kind_only, late)] == [0, 0, 2]
    workers.ec2.delete_tags(Resources=[late], Tags=[{"Key": "spotvane:job"}])
    workers.advance("5m")
    assert workers.job()["workers"] == 0
    assert len(workers.points(late, "perf_sec")) == 2


@pytest.mark.parametrize("order, problem", [
    ({"job": 5}, "expected"), ({"job": "pi", "tasks_per_vcpu_second": -1}, "'tasks_per_vcpu_second'"),
    ({"noise": 2}, "'noise'"), ({"tasks": 1.5}, "'tasks'"), ({"speed": 1}, "unknown member 'speed'")])
def test_an_order_that_makes_no_sense_changes_nothing(lab, order, problem):
    before = lab.get("/_lab/workload")[2]
    status, _, answer = lab.send(urllib.request.Request(
        f"{lab.address}/_lab/workload", data=json.dumps(order).encode()))
    assert status == 400 and problem in json.loads(answer)["error"]
    assert lab.get("/_lab/workload")[2] == before


IO1 = [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 20, "VolumeType": "io1", "Iops": 1000}}]


def test_the_bill_is_every_second_at_its_price_and_the_root_volume(workers):
    (spot,) = workers.start(BlockDeviceMappings=IO1)
    (plain,) = workers.start(spot=False)
    workers.advance("2h30m17s")
    workers.ec2.terminate_instances(InstanceIds=[spot, plain])
    workers.advance("5m")
    total = 0.0
    for id, volume in (spot, 0.09375), (plain, 0.64 / 720):
        row = workers.told(id)
        bill = row["bill"]
        assert (bill["from"], bill["to"]) == (row["running"], row["shutdown"])
        moments = [datetime.datetime.fromisoformat(one["from"]) for one in bill["prices"]]
        moments.append(datetime.datetime.fromisoformat(bill["to"]))
        paid = sum(one["usd_per_hour"] * (end - begin).total_seconds() / 3600
                   for one, begin, end in zip(bill["prices"], moments, moments[1:]))
        assert bill["instance_usd"] == pytest.approx(paid, abs=2e-6)
        assert bill["volumes_usd"] == pytest.approx(volume * bill["seconds"] / 3600)
        assert bill["usd"] == bill["instance_usd"] + bill["volumes_usd"]
        total += bill["usd"]
    assert workers.audit()["bill_usd"] == pytest.approx(total)
    assert workers.audit()["spent_usd"] + workers.audit()["volumes_usd"] == pytest.approx(total)


def test_an_instance_that_hardly_ran_costs_a_minute(workers):
    (id,) = workers.start(spot=False)
    while workers.told(id)["state"] == "pending":
        assert workers.told(id)["bill"] is None
        workers.advance("1s")
    workers.ec2.terminate_instances(InstanceIds=[id])
    workers.advance("5m")
    assert workers.told(id)["bill"]["seconds"] == 60


@pytest.mark.parametrize("volume, code", [
    ({"VolumeSize": 4}, "InvalidBlockDeviceMapping"), ({"VolumeSize": 20, "VolumeType": "io1"}, "InvalidBlockDeviceMapping"),
    ({"VolumeType": "floppy"}, "InvalidParameterValue")])
def test_volumes_that_cannot_be_are_refused(workers, volume, code):
    with pytest.raises(ClientError) as caught:
        workers.start(BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": volume}])
    assert caught.value.response["Error"]["Code"] == code
