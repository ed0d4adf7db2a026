"""A job whose tasks are those of an ECS service, in the lab, with boto3 looking on."""
import json
import os
import subprocess

import pytest

from binary import BINARY, in_lab, spotvane

JOB = """
name = "{name}"
engine = "ecs"
tasks = 2000
nodes = 4
budget_usd = 2
interval = "2m"
region = "us-east-1"
types = ["c5.large", "c5.xlarge"]
calibrate = true
[ecs]
cluster = "{cluster}"
service = "{service}"
[worker]
image = "{image}"
"""


@pytest.fixture(scope="module")
def lab():
    from conftest import Lab
    lab = Lab("--speed", "600", "--start", "2026-03-01T09:00:00Z", "--seed", "3", "--quiet")
    ecs = lab.client("ecs")
    ecs.create_cluster(clusterName="jobs")
    ecs.register_task_definition(family="pi", containerDefinitions=[
        {"name": "pi", "image": "pi:1", "cpu": 1024, "memory": 1024, "stopTimeout": 10}])
    ecs.create_service(cluster="jobs", serviceName="pi", taskDefinition="pi", desiredCount=0,
                       deploymentConfiguration={"minimumHealthyPercent": 0, "maximumPercent": 100},
                       placementConstraints=[{"type": "memberOf", "expression": "attribute:spotvane.job exists"}])
    yield lab
    lab.stop()


def job_file(lab, folder, name, cluster="jobs", service="pi"):
    image = lab.client("ssm").get_parameter(
        Name="/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64")["Parameter"]["Value"]
    path = folder / f"{name}.toml"
    path.write_text(JOB.format(name=name, cluster=cluster, service=service, image=image))
    return path


def service_of(lab):
    (one,) = lab.client("ecs").describe_services(cluster="jobs", services=["pi"])["services"]
    return one


def hosts_of(lab):
    ecs = lab.client("ecs")
    arns = ecs.list_container_instances(cluster="jobs")["containerInstanceArns"]
    return ecs.describe_container_instances(cluster="jobs", containerInstances=arns)["containerInstances"] if arns else []


def attributes(host):
    return {one["name"]: one.get("value") for one in host["attributes"]}


def is_at_it(process):
    try:
        process.wait(timeout=0.05)
    except subprocess.TimeoutExpired:
        return True
    return False


def test_the_services_tasks_do_the_job_on_its_workers_and_are_gone_with_it(lab, tmp_path):
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "SPOTVANE_HOME": str(tmp_path),
                   **in_lab(lab.address)}
    process = subprocess.Popen([BINARY, "job", "run", str(job_file(lab, tmp_path, "pi")), "--output", "json"],
                               env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    busiest, hosts = service_of(lab), []
    while is_at_it(process):
        now = service_of(lab)
        if now["runningCount"] > busiest["runningCount"]:
            busiest, hosts = now, hosts_of(lab)
    out, err = process.communicate()
    assert process.returncode == 0, err
    report = json.loads(out)
    assert report["state"] == "done" and report["tasks_done"] == 2000
    assert 0 < report["cost_usd"] < report["on_demand_usd"] and report["audit_left"] == 0

    # As many tasks as the hosts hold: one for each vCPU, all of them on instances of this job.
    assert busiest["runningCount"] >= 2
    assert {attributes(one)["spotvane.job"] for one in hosts} == {report["job"]}
    assert busiest["desiredCount"] <= sum(
        resource["integerValue"] // 1024 for one in hosts for resource in one["registeredResources"]
        if resource["name"] == "CPU")
    # Hosts are drained once, and so lose no task. (Those for which a busy machine took 150 ms, 90 s of the lab's, were not waited for.)
    gone = json.loads(lab.get("/_lab/audit/clusters")[2])["hosts"]
    assert len(gone) >= len(hosts) and all(one["drain_orders"] <= 1 for one in gone)
    assert any(one["drain_orders"] and one["tasks_lost"] == 0 and one["empty"] <= one["gone"] for one in gone)

    # The work was theirs: no instance did any before its tasks ran.
    (work,) = [one for one in json.loads(lab.get("/_lab/workload")[2])["jobs"] if one["job"] == report["job"]]
    assert work["tasks_completed"] >= 2000
    after = service_of(lab)
    assert (after["desiredCount"], after["runningCount"], after["pendingCount"]) == (0, 0, 0)
    assert hosts_of(lab) == []


@pytest.mark.parametrize("cluster, service, said", [
    ("none", "pi", "Cluster not found"),
    ("jobs", "none", "cluster 'jobs' has no service 'none'"),
])
def test_what_is_not_there_is_said_before_a_job_begins(lab, tmp_path, cluster, service, said):
    done = spotvane("job", "run", str(job_file(lab, tmp_path, "lost", cluster, service)), home=tmp_path,
                    **in_lab(lab.address))
    assert done.returncode == 1 and said in done.stderr, done.stderr
    assert spotvane("job", "status", "--output", "json", home=tmp_path).stdout.strip() in ("[]", "")


def test_a_missing_permission_is_named(lab, tmp_path):
    lab.order("faults", {"rules": [{"kind": "deny", "action": "DescribeServices", "probability": 1.0}]})
    try:
        done = spotvane("job", "run", str(job_file(lab, tmp_path, "denied")), home=tmp_path, **in_lab(lab.address))
        assert done.returncode != 0 and "ecs:DescribeServices" in done.stderr, done.stderr
    finally:
        lab.order("faults", {"rules": []})


def test_a_file_without_service_or_image_is_refused(lab, tmp_path):
    path = job_file(lab, tmp_path, "bare")
    for line in ('service = "pi"\n', next(one for one in path.read_text().splitlines(True) if one.startswith("image"))):
        bare = tmp_path / "less.toml"
        bare.write_text(path.read_text().replace(line, ""))
        done = spotvane("job", "run", str(bare), home=tmp_path, **in_lab(lab.address))
        assert done.returncode == 2 and "is missing" in done.stderr, done.stderr
