"""Clusters, hosts, services and tasks that move, as boto3 sees them in the lab."""
import json

import pytest
from botocore.exceptions import ClientError

from conftest import START
from fleet_of_hosts import Hosts


@pytest.fixture
def hosts(start_lab):
    return Hosts(start_lab("--speed", "step", "--start", START, "--seed", "5"))


def code_of(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def test_instances_come_to_the_cluster_of_their_user_data_and_go_with_their_end(hosts):
    first, second = hosts.start(2)
    hosts.advance("4s")
    assert hosts.hosts() == []
    hosts.advance("3m")
    (host,) = hosts.hosts(filter=f"ec2InstanceId in ['{first}']")
    (row,) = hosts.describe(host)
    assert (row["ec2InstanceId"], row["status"], row["agentConnected"]) == (first, "ACTIVE", True)
    attributes = {one["name"]: one.get("value") for one in row["attributes"]}
    (described,) = hosts.described(InstanceIds=[first])
    assert attributes["ecs.availability-zone"] == described["Placement"]["AvailabilityZone"]
    assert attributes["ecs.instance-type"] == "m5.large"
    agent = json.loads(hosts.lab.get(f"/ecs-agent/{first}/v1/metadata")[2])
    assert (agent["Cluster"], agent["ContainerInstanceArn"]) == ("prod", host)
    assert len(hosts.hosts()) == 2
    hosts.ec2.terminate_instances(InstanceIds=[first])
    hosts.advance("1s")
    assert hosts.hosts() == [hosts.host_of(second)]
    assert hosts.ecs.describe_clusters(clusters=["prod", "none"])["clusters"][0]["registeredContainerInstancesCount"] == 1


def test_hosts_are_found_by_what_a_filter_asks(hosts):
    first, second, third = hosts.started(3)
    hosts.drain(hosts.host_of(second))
    host = hosts.host_of(third)
    hosts.ecs.put_attributes(cluster="prod", attributes=[
        {"name": "spotvane.lifecycle", "value": "spot", "targetId": host},
        {"name": "spotvane.rebalance", "targetId": host.split("/")[-1], "targetType": "container-instance"}])
    assert len(hosts.hosts()) == 3 and hosts.hosts(status="DRAINING") == [hosts.host_of(second)]
    assert set(hosts.hosts(status="ACTIVE")) == {hosts.host_of(first), host}
    for text in (f"ec2InstanceId in [{third}, i-0]", "attribute:spotvane.lifecycle == spot",
                 "attribute:spotvane.rebalance exists and agentConnected == true",
                 f"not (ec2InstanceId == {first} or ec2InstanceId == {second})", "attribute:spotvane.lifecycle =~ sp.*"):
        assert hosts.hosts(filter=text) == [host], text
    assert code_of(hosts.ecs.list_container_instances, cluster="prod", filter="ec2InstanceId ==== (") == (
        "InvalidParameterException")
    listed = hosts.ecs.list_attributes(cluster="prod", targetType="container-instance", attributeName="spotvane.lifecycle")
    assert [(one["targetId"], one["value"]) for one in listed["attributes"]] == [(host, "spot")]
    page = hosts.ecs.list_container_instances(cluster="prod", maxResults=2)
    rest = hosts.ecs.list_container_instances(cluster="prod", maxResults=2, nextToken=page["nextToken"])
    assert len(page["containerInstanceArns"]) == 2 and len(rest["containerInstanceArns"]) == 1 and "nextToken" not in rest


def test_a_service_gets_its_tasks_and_keeps_them_while_a_host_drains(hosts):
    leaving, staying, third = hosts.started(3)
    hosts.service(count=4)
    hosts.step_until(lambda: hosts.counts() == (4, 0))
    host = hosts.host_of(leaving)
    assert hosts.tasks_on(host)
    hosts.drain(host)
    hosts.drain(host)
    hosts.step_until(lambda: hosts.describe(host)[0]["runningTasksCount"] == 0)
    assert hosts.counts()[0] == 4 and hosts.tasks_on(host) == []
    service = hosts.service_audit()
    assert service["fewest_running"] == 4 and service["below_minimum_s"] == 0 and service["tasks_lost"] == 0
    audit = hosts.host_audit(leaving)
    assert audit["drain_orders"] == 2 and audit["drained"] < audit["empty"] and audit["tasks_lost"] == 0


def test_tasks_that_find_no_room_elsewhere_stay_and_are_lost_with_their_host(hosts):
    leaving, staying = hosts.started(2)
    hosts.service(count=4, cpu=1024, memory=512)
    hosts.step_until(lambda: hosts.counts() == (4, 0))
    hosts.drain(hosts.host_of(leaving))
    hosts.lab.order("instances", {"interrupt": [leaving]})
    hosts.advance("119s")
    assert hosts.counts() == (4, 0)
    (service,) = hosts.ecs.describe_services(cluster="prod", services=["web"])["services"]
    assert "unable to place a task" in service["events"][0]["message"]
    hosts.advance("2s")
    assert hosts.counts()[0] == 2
    assert hosts.host_audit(leaving)["tasks_lost"] == 2 and hosts.service_audit()["tasks_lost"] == 2
    hosts.advance("10s")
    assert hosts.service_audit()["below_minimum_s"] > 0
    (fresh,) = hosts.started(1)
    hosts.advance("1m")
    assert hosts.counts() == (4, 0)


def test_a_lower_minimum_lets_tasks_stop_before_others_start(hosts):
    leaving, staying = hosts.started(2)
    hosts.service(count=4, cpu=1024, memory=512, least=50)
    hosts.step_until(lambda: hosts.counts() == (4, 0))
    host = hosts.host_of(leaving)
    hosts.drain(host)
    hosts.step_until(lambda: hosts.tasks_on(host) == [])
    assert hosts.counts()[0] == 2
    assert hosts.service_audit()["fewest_running"] == 2 and hosts.service_audit()["below_minimum_s"] == 0


def test_constraints_keep_a_service_on_its_hosts(hosts):
    spot = hosts.started(2)
    (steady,) = hosts.started(1, spot=False)
    for instance, lifecycle in [(spot[0], "spot"), (spot[1], "spot"), (steady, "on-demand")]:
        hosts.ecs.put_attributes(cluster="prod", attributes=[
            {"name": "spotvane.lifecycle", "value": lifecycle, "targetId": hosts.host_of(instance)}])
    hosts.service("precious", count=2, cpu=256, memory=256, constraints=["attribute:spotvane.lifecycle == on-demand"])
    hosts.step_until(lambda: hosts.counts("precious") == (2, 0))
    assert len(hosts.tasks_on(hosts.host_of(steady))) == 2


def test_a_service_is_scaled_and_deleted(hosts):
    hosts.started(2)
    hosts.service(count=1, cpu=256, memory=256)
    hosts.step_until(lambda: hosts.counts() == (1, 0))
    hosts.ecs.update_service(cluster="prod", service="web", desiredCount=3)
    hosts.step_until(lambda: hosts.counts() == (3, 0))
    hosts.ecs.update_service(cluster="prod", service="web", desiredCount=1)
    hosts.step_until(lambda: hosts.counts() == (1, 0))
    assert code_of(hosts.ecs.delete_service, cluster="prod", service="web") == "InvalidParameterException"
    hosts.ecs.delete_service(cluster="prod", service="web", force=True)
    hosts.step_until(lambda: hosts.counts() == (0, 0))
    assert hosts.ecs.list_services(cluster="prod")["serviceArns"] == []


def test_tasks_by_themselves_stay_on_a_draining_host(hosts):
    (instance,) = hosts.started(1)
    hosts.ecs.register_task_definition(family="job", containerDefinitions=[
        {"name": "job", "image": "job:1", "cpu": 256, "memory": 256, "stopTimeout": 10}])
    (task,) = hosts.ecs.run_task(cluster="prod", taskDefinition="job")["tasks"]
    hosts.advance("10s")
    host = hosts.host_of(instance)
    hosts.drain(host)
    hosts.advance("30s")
    (row,) = hosts.ecs.describe_tasks(cluster="prod", tasks=[task["taskArn"]])["tasks"]
    assert row["lastStatus"] == "RUNNING" and row["containerInstanceArn"] == host
    hosts.ecs.stop_task(cluster="prod", task=task["taskArn"], reason="enough")
    hosts.advance("11s")
    (row,) = hosts.ecs.describe_tasks(cluster="prod", tasks=[task["taskArn"]])["tasks"]
    assert (row["lastStatus"], row["stoppedReason"]) == ("STOPPED", "enough")
    assert hosts.ecs.run_task(cluster="prod", taskDefinition="job")["failures"]


def test_an_agent_may_drain_by_itself(hosts):
    (instance,) = hosts.run(1, UserData="echo ECS_CLUSTER=prod\necho ECS_ENABLE_SPOT_INSTANCE_DRAINING=true\n")
    hosts.advance("3m")
    host = hosts.host_of(instance)
    hosts.lab.order("instances", {"interrupt": [instance]})
    hosts.advance("2s")
    assert hosts.describe(host)[0]["status"] == "DRAINING"


def test_clusters_say_no_as_on_aws(hosts):
    (instance,) = hosts.started(1)
    host = hosts.host_of(instance)
    assert code_of(hosts.ecs.list_container_instances, cluster="none") == "ClusterNotFoundException"
    assert code_of(hosts.ecs.update_container_instances_state, cluster="prod", containerInstances=[host] * 11,
                   status="DRAINING") == "InvalidParameterException"
    assert code_of(hosts.ecs.update_container_instances_state, cluster="prod", containerInstances=[host],
                   status="DEREGISTERING") == "InvalidParameterException"
    assert hosts.drain("0" * 32)["failures"][0]["reason"] == "MISSING"
    assert code_of(hosts.ecs.describe_services, cluster="none", services=["a"]) == "ClusterNotFoundException"
    assert code_of(hosts.ecs.create_service, cluster="prod", serviceName="a", taskDefinition="none") == "ClientException"
    assert code_of(hosts.ecs.create_capacity_provider, name="a", autoScalingGroupProvider={
        "autoScalingGroupArn": "arn"}) == "UnknownOperationException"
    document = json.dumps({"instanceId": instance})
    again = hosts.ecs.register_container_instance(cluster="prod", instanceIdentityDocument=document)
    assert again["containerInstance"]["containerInstanceArn"] == host
    hosts.ecs.deregister_container_instance(cluster="prod", containerInstance=host)
    assert hosts.hosts() == [] and hosts.drain(host)["failures"][0]["reason"] == "INACTIVE"
    hosts.ecs.delete_cluster(cluster="prod")
    assert hosts.ecs.list_clusters()["clusterArns"] == []
