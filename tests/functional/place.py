"""A lab in step time and a region in it, to launch instances in."""
import json


class Place:
    def __init__(self, lab):
        self.lab = lab
        self.ec2 = lab.client("ec2")
        self.image = lab.client("ssm").get_parameter(
            Name="/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64")["Parameter"]["Value"]

    def advance(self, span):
        self.lab.order("clock", {"advance": span})

    def request(self, count=1, type="m5.large", **more):
        return [one["SpotInstanceRequestId"] for one in self.ec2.request_spot_instances(
            InstanceCount=count, LaunchSpecification={"ImageId": self.image, "InstanceType": type},
            **more)["SpotInstanceRequests"]]

    def run(self, count=1, type="m5.large", spot=True, **more):
        if spot:
            more["InstanceMarketOptions"] = {"MarketType": "spot"}
        answer = self.ec2.run_instances(
            ImageId=self.image, InstanceType=type, MinCount=1, MaxCount=count, **more)
        return [one["InstanceId"] for one in answer["Instances"]]

    def described(self, **which):
        pages = self.ec2.get_paginator("describe_instances").paginate(**which)
        return [one for page in pages for each in page["Reservations"] for one in each["Instances"]]

    def states(self, ids):
        return {one["InstanceId"]: one["State"]["Name"] for one in self.described(InstanceIds=ids)}

    def requests(self, **which):
        return self.ec2.describe_spot_instance_requests(**which)["SpotInstanceRequests"]

    def request_and_wait(self, count):
        """Requests that describes know of."""
        ids = self.request(count)
        self.advance("4s")
        return ids

    def audit(self):
        """What the lab knows of the account."""
        return json.loads(self.lab.get("/_lab/audit")[2])["accounts"]["123456789012"]

    def fulfilled(self, ids):
        """The requests once they are all fulfilled."""
        for _ in range(40):
            self.advance("5s")
            found = self.requests(SpotInstanceRequestIds=ids)
            if all(one["State"] == "active" for one in found):
                return found
        raise AssertionError([one["Status"] for one in found])


def tags(type, **pairs):
    return [{"ResourceType": type, "Tags": [{"Key": key, "Value": value} for key, value in pairs.items()]}]
