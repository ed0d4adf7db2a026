"""Agents and a controller against the lab: spot hosts of a cluster are taken back, its services stay."""
import contextlib
import os
import pathlib
import subprocess

import pytest

from binary import in_lab, spotvane
from conftest import START
from fleet_of_hosts import Hosts
from test_agent import until

AGENT = os.environ.get("SPOTVANE_AGENT", "")
pytestmark = pytest.mark.skipif(not pathlib.Path(AGENT).is_file(), reason="SPOTVANE_AGENT names no program")


@contextlib.contextmanager
def agents(lab, instances, *options):
    """An agent on each of the instances."""
    running = [subprocess.Popen(
        [AGENT, "--poll", "200ms", "--ecs-endpoint", f"{lab.address}/ecs-agent/{one}", *options],
        stderr=subprocess.DEVNULL, env={"AWS_EC2_METADATA_SERVICE_ENDPOINT": f"{lab.address}/imds/{one}",
                                        **in_lab(lab.address)}) for one in instances]
    try:
        yield
    finally:
        for one in running:
            one.terminate()
        assert [one.wait(timeout=20) for one in running] == [0] * len(running)


@pytest.fixture
def hosts(start_lab):
    return Hosts(start_lab("--speed", "step", "--start", START, "--seed", "5"))


def attribute(host, name):
    return next((one["value"] for one in host["attributes"] if one["name"] == name), None)


def test_spot_hosts_are_drained_once_and_what_is_precious_was_never_on_them(hosts, tmp_path):
    spot, bought = hosts.started(4), hosts.started(2, spot=False)
    queue = hosts.lab.client("sqs").create_queue(QueueName="notices")["QueueUrl"]
    arns = {one: hosts.host_of(one) for one in spot + bought}
    with agents(hosts.lab, spot + bought, "--sqs-queue", queue, "--ecs-drain"):
        until(lambda: all(attribute(one, "spotvane.lifecycle") for one in hosts.describe(*arns.values())))
        marks = {one["ec2InstanceId"]: attribute(one, "spotvane.lifecycle") for one in hosts.describe(*arns.values())}
        assert marks == {**dict.fromkeys(spot, "spot"), **dict.fromkeys(bought, "on-demand")}

        hosts.service("precious", count=3, constraints=["attribute:spotvane.lifecycle == on-demand"])
        hosts.service("web", count=4, least=50)
        hosts.step_until(lambda: hosts.counts("precious") == (3, 0) and hosts.counts("web") == (4, 0))
        assert sum(len(hosts.ecs.list_tasks(cluster="prod", serviceName="precious", containerInstance=arns[one])["taskArns"])
                   for one in bought) == 3

        doomed = spot[:2]
        hosts.lab.order("instances", {"interrupt": doomed})
        until(lambda: all(one["status"] == "DRAINING" for one in hosts.describe(*(arns[one] for one in doomed))))
        sqs = hosts.lab.client("sqs")
        until(lambda: int(sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"][
            "ApproximateNumberOfMessages"]) == 2 * len(doomed))  # with a recommendation each
    hosts.advance("3m")
    for one in spot + bought:
        audit = hosts.host_audit(one)
        assert audit["drain_orders"] == (1 if one in doomed else 0)
        assert audit["tasks_lost"] == 0
    for service in ("precious", "web"):
        audit = hosts.service_audit(service)
        assert audit["below_minimum_s"] == 0 and audit["tasks_lost"] == 0

    # A controller that hears of it now finds nothing left to drain, and says so.
    done = spotvane("controller", "--queue", queue, "--until-empty", home=tmp_path,
                    SPOTVANE_GUARD_RULES='region = "us-east-1"\nclusters = ["prod"]', **in_lab(hosts.lab.address))
    assert done.returncode == 0 and done.stdout.count("drain i-") == len(doomed), done.stderr


def test_a_controller_alone_drains_what_agents_tell_of(hosts, tmp_path):
    spot = hosts.started(3)
    queue = hosts.lab.client("sqs").create_queue(QueueName="notices")["QueueUrl"]
    with agents(hosts.lab, spot, "--sqs-queue", queue, "--no-ecs-attributes"):
        hosts.lab.order("instances", {"interrupt": spot[:2]})
        sqs = hosts.lab.client("sqs")
        until(lambda: int(sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"][
            "ApproximateNumberOfMessages"]) == 4)  # the notices, and a recommendation each
    done = spotvane("controller", "--queue", queue, "--until-empty", home=tmp_path,
                    SPOTVANE_GUARD_RULES='region = "us-east-1"\nclusters = ["prod"]', **in_lab(hosts.lab.address))
    assert done.returncode == 0 and "2 hosts drained" in done.stderr, done.stderr
    assert [hosts.host_audit(one)["drain_orders"] for one in spot] == [1, 1, 0]
