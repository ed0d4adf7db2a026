"""An ECS cluster on instances of the lab."""
import base64
import json

from place import Place, tags

BOOT = "3m"


class Hosts(Place):
    """A lab in step time with the cluster `prod`."""

    def __init__(self, lab):
        super().__init__(lab)
        self.ecs = lab.client("ecs")
        self.ecs.create_cluster(clusterName="prod")

    def start(self, count=1, type="m5.large", **more):
        """Instances that come to the cluster once they run."""
        data = "#!/bin/bash\necho ECS_CLUSTER=prod >> /etc/ecs/ecs.config\n"
        return self.run(count, type=type, UserData=data, TagSpecifications=tags("instance", cluster="prod"), **more)

    def started(self, count=1, **more):
        ids = self.start(count, **more)
        self.advance(BOOT)
        assert all(self.host_of(one) for one in ids)
        return ids

    def template(self, name="hosts", **more):
        """A launch template of such instances."""
        self.ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData={
            "ImageId": self.image, "InstanceType": "m5.large",
            "UserData": base64.b64encode(b"echo ECS_CLUSTER=prod").decode(), **more})
        self.advance("4s")

    def hosts(self, **which):
        return [arn for page in self.ecs.get_paginator("list_container_instances").paginate(cluster="prod", **which)
                for arn in page["containerInstanceArns"]]

    def host_of(self, instance):
        found = self.hosts(filter=f"ec2InstanceId == {instance}")
        return found[0] if found else None

    def describe(self, *arns):
        return self.ecs.describe_container_instances(cluster="prod", containerInstances=list(arns))["containerInstances"]

    def drain(self, *arns):
        return self.ecs.update_container_instances_state(
            cluster="prod", containerInstances=list(arns), status="DRAINING")

    def service(self, name="web", count=4, cpu=512, memory=1024, stop=30, least=100, most=200, constraints=(), **more):
        self.ecs.register_task_definition(family=name, containerDefinitions=[
            {"name": "app", "image": "app:1", "cpu": cpu, "memory": memory, "stopTimeout": stop}])
        self.ecs.create_service(
            cluster="prod", serviceName=name, taskDefinition=name, desiredCount=count,
            deploymentConfiguration={"minimumHealthyPercent": least, "maximumPercent": most},
            placementConstraints=[{"type": "memberOf", "expression": one} for one in constraints], **more)

    def counts(self, name="web"):
        (one,) = self.ecs.describe_services(cluster="prod", services=[name])["services"]
        return one["runningCount"], one["pendingCount"]

    def tasks_on(self, arn):
        return self.ecs.list_tasks(cluster="prod", containerInstance=arn)["taskArns"]

    def audit_of_clusters(self):
        return json.loads(self.lab.get("/_lab/audit/clusters")[2])

    def service_audit(self, name="web"):
        (one,) = [each for each in self.audit_of_clusters()["services"] if each["name"] == name]
        return one

    def host_audit(self, instance):
        (one,) = [each for each in self.audit_of_clusters()["hosts"] if each["instance"] == instance]
        return one

    def step_until(self, done, span="1s", most=300):
        for _ in range(most):
            if done():
                return
            self.advance(span)
        raise AssertionError("it has not come to that")
