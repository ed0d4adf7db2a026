"""`spotvane demo guard`: a whole cluster loses half of its spot hosts at once, from one command."""
import json

from binary import spotvane


def test_a_cluster_loses_half_its_hosts_and_keeps_its_services(tmp_path):
    done = spotvane("demo", "guard", "--hosts", "6", "--output", "json", home=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["hosts"], told["taken_back"], told["drained_twice"]) == (6, 3, 0)
    assert told["services_kept"] and told["whole_again"]
    assert told["draining_p99_s"] < 3 and told["capacity_ordered_after_s"] < 3
    for one in told["services"]:
        assert one["fewest_running"] >= one["minimum"] and one["below_minimum_s"] == 0
        assert one["tasks_lost"] == 0  # nor where the stand-ins were given back: hooks wait for their drain
    # What must not be interrupted never was on spot hosts: it did not even move.
    (precious,) = [one for one in told["services"] if one["service"] == "checkout"]
    assert precious["fewest_running"] == precious["desired"]
    times = [one["after_s"] for one in told["timeline"]]
    assert times == sorted(times) and times[0] == 0
    said = " ".join(one["event"] for one in told["timeline"])
    for what in ("notice to 3 of 6", "3 agents have seen it", "3 hosts are draining", "from 0 servers",
                 "are taken by AWS, with 0 tasks", "new spot hosts have joined", "given back"):
        assert what in said, said

    log = spotvane("controller", "log", "--output", "json", home=tmp_path / "demo-guard")
    outcomes = {(one["what"], one["outcome"]) for one in json.loads(log.stdout)}
    assert {("drain", "draining"), ("size", "raise"), ("size", "lower"), ("hook", "continued"), ("preflight", "will-drain"),
            ("drain", "drained")} <= outcomes
