"""What can go wrong with instances in the lab, and what the lab's auditor says of it."""
import json
import pathlib

import botocore.exceptions
import pytest

import conftest
from place import Place

SCENARIOS = pathlib.Path(__file__).parents[2] / "data" / "scenarios"


def spoil(place, kind, action="*", **more):
    place.lab.order("faults", {"rules": [{"kind": kind, "action": action, "probability": 1, **more}]})


def test_runs_out_of_capacity(place):
    place.lab.order("faults", {"instances": {"shortage": 1}})
    with pytest.raises(botocore.exceptions.ClientError, match="InsufficientInstanceCapacity") as caught:
        place.run(1)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    ids = place.request(1)
    place.advance("10s")
    (waiting,) = place.requests(SpotInstanceRequestIds=ids)
    assert (waiting["State"], waiting["Status"]["Code"]) == ("open", "capacity-not-available")
    place.lab.order("faults", {"rules": []})
    place.fulfilled(ids)


def test_limits_an_account(place):
    place.lab.order("faults", {"instances": {"spot_vcpus": 4, "on_demand_vcpus": 2}})
    with pytest.raises(botocore.exceptions.ClientError, match="MaxSpotInstanceCountExceeded"):
        place.request(3)
    place.run(2)
    with pytest.raises(botocore.exceptions.ClientError, match="MaxSpotInstanceCountExceeded"):
        place.run(1)
    place.run(1, spot=False)
    with pytest.raises(botocore.exceptions.ClientError, match="VcpuLimitExceeded"):
        place.run(1, spot=False)


def test_loses_an_answer_but_not_the_instances(place):
    spoil(place, "lost", "RunInstances")
    with pytest.raises(botocore.exceptions.BotoCoreError):
        place.run(2, ClientToken="a")
    spoil(place, "reset", "RunInstances")
    with pytest.raises(botocore.exceptions.BotoCoreError):
        place.run(2, ClientToken="b")
    spoil(place, "error", "RunInstances", after=True)
    with pytest.raises(botocore.exceptions.ClientError, match="InternalError"):
        place.run(2, ClientToken="c")
    assert place.audit()["ever"]["instances"] == 4
    place.lab.order("faults", {"rules": []})
    assert len({*place.run(2, ClientToken="a"), *place.run(2, ClientToken="c")}) == 4
    assert place.audit()["ever"]["instances"] == 4


def test_says_which_permission_is_missing(place):
    spoil(place, "deny", "TerminateInstances")
    ids = place.run(1)
    place.advance("5s")
    with pytest.raises(botocore.exceptions.ClientError, match="UnauthorizedOperation.*ec2:TerminateInstances"):
        place.ec2.terminate_instances(InstanceIds=ids)


def test_describes_the_past_when_stale(place):
    ids = place.run(1)
    place.advance("5m")
    spoil(place, "stale", "Describe*", delay="4m50s")
    assert set(place.states(ids).values()) == {"pending"}
    place.lab.order("faults", {"rules": []})
    assert set(place.states(ids).values()) == {"running"}


def test_fulfils_cancelled_requests_late(place):
    place.lab.order("faults", {"instances": {"late_fulfilment": 1}})
    ids = place.request(3, SpotPrice="0.09")
    place.advance("4s")
    place.ec2.cancel_spot_instance_requests(SpotInstanceRequestIds=ids)
    place.advance("30s")
    found = place.requests(SpotInstanceRequestIds=ids)
    assert {(one["State"], one["Status"]["Code"]) for one in found} == {
        ("cancelled", "request-canceled-and-instance-running")}
    assert len(place.audit()["left"]["instances"]) == 3


def test_interrupts_on_order(place):
    ids = place.fulfilled(place.request_and_wait(4))
    instances = [one["InstanceId"] for one in ids]
    place.advance("5m")
    assert place.lab.order("instances", {"interrupt": instances}) == {"interrupted": instances}
    seen = {one["Status"]["Code"] for one in place.requests()}
    assert seen <= {"marked-for-termination", "instance-terminated-no-capacity"}
    assert set(place.states(instances).values()) == {"running"}
    place.advance("2m")
    assert set(place.states(instances).values()) <= {"shutting-down", "terminated"}
    assert {one["StateReason"]["Code"] for one in place.described()} == {"Server.SpotInstanceTermination"}
    assert {one["Status"]["Code"] for one in place.requests()} == {"instance-terminated-no-capacity"}


def test_audits_what_was_and_what_is_left(place):
    assert place.audit()["left"] == {
        "instances": [], "spot_requests": [], "fleets": [], "launch_templates": []}
    requests = place.request_and_wait(2)
    ids = [one["InstanceId"] for one in place.fulfilled(requests)] + place.run(3)
    place.advance("1h")
    report = place.audit()
    assert report["live"] == {"instances": 5, "vcpus": 10}
    assert report["most_live"]["instances"] == 5 and report["most_live"]["vcpus"] == 10
    assert set(report["left"]["instances"]) == set(ids)
    assert 0.05 < report["spent_usd"] < 5 * 0.096 * 1.1
    assert report["spent_usd_by_day"] == {"2026-03-01": pytest.approx(report["spent_usd"])}
    place.ec2.terminate_instances(InstanceIds=ids)
    place.advance("5m")
    report = place.audit()
    assert report["live"]["instances"] == report["claimed"]["instances"] == 0
    assert not any(report["left"].values())
    truth = json.loads(place.lab.get("/_lab/audit/instances")[2])
    assert {one["id"] for one in truth} == set(ids)
    assert all(one["launched"] < one["running"] < one["ready"] < one["shutdown"] < one["terminated"]
               for one in truth)
    told = json.loads(place.lab.get("/_lab/audit/requests")[2])
    assert {one["id"] for one in told} >= set(requests)
    assert all(one["history"][-1]["code"] == "instance-terminated-by-user" for one in told)


def test_gives_the_same_instances_to_the_same_script(start_lab):
    def script():
        place = Place(start_lab("--speed", "step", "--start", conftest.START, "--seed", "7"))
        place.request(5)
        place.run(3, ClientToken="a")  # boto3 would make one up
        place.advance("5m")
        return [place.requests(), place.described(), place.ec2.describe_instance_status()["InstanceStatuses"]]

    assert script() == script()


def test_knows_the_scenario_of_the_data_folder(start_lab):
    place = Place(start_lab("--speed", "step", "--scenario", str(SCENARIOS / "calm.json")))
    place.lab.order("faults", json.loads((SCENARIOS / "launches.json").read_text()))
    counts = json.loads(place.lab.get("/_lab/faults")[2])["counts"]
    assert set(counts) == {"throttle", "error", "busy", "deny", "missing", "reset", "lost", "truncate", "slow",
                           "stale"}


@pytest.mark.parametrize("scenario", [
    {"rules": [{"kind": "deny", "probability": 1, "after": True}]}, {"instances": {"shortage": 2}},
    {"instances": {"unknown": 1}}, {"instances": {"visible_within": "soon"}}, {"instances": []}])
def test_refuses_scenarios_that_make_no_sense(place, scenario):
    with pytest.raises(AssertionError, match="read fault rules"):
        place.lab.order("faults", scenario)
