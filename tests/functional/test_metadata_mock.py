"""The agent beside AWS's own amazon-ec2-metadata-mock, where EC2_METADATA_MOCK names that program (docs/guard.md)."""
import json
import os
import pathlib
import subprocess

import pytest

from test_agent import AGENT

MOCK = os.environ.get("EC2_METADATA_MOCK", "")
PORT = 1339
pytestmark = [
    pytest.mark.skipif(not pathlib.Path(MOCK).is_file(), reason="EC2_METADATA_MOCK names no program"),
    pytest.mark.skipif(not pathlib.Path(AGENT).is_file(), reason="SPOTVANE_AGENT names no program")]


def heard(event, *options):
    """What the agent says of the event as the mock shows it."""
    mock = subprocess.Popen([MOCK, "--port", str(PORT), "--imdsv2", *options], stdout=subprocess.DEVNULL)
    agent = subprocess.Popen([AGENT, "--poll", "200ms"], stderr=subprocess.STDOUT, stdout=subprocess.PIPE, text=True,
                             env={"AWS_EC2_METADATA_SERVICE_ENDPOINT": f"http://127.0.0.1:{PORT}"})
    try:
        for line in agent.stdout:
            said = json.loads(line)
            if said.get("event") == event:
                return said
    finally:
        for one in (agent, mock):
            one.terminate()
            one.communicate()
    raise AssertionError("the agent ended")


@pytest.mark.parametrize("action", ["terminate", "stop", "hibernate"])
def test_a_notice_is_heard(action):
    assert heard("spot-interruption", "--mock-delay-sec", "1", "spot", "--action", action)["action"] == action


def test_a_recommendation_is_heard():
    assert heard("rebalance-recommendation", "--rebalance-delay-sec", "1", "spot")["time"]


def test_maintenance_is_heard():
    assert heard("scheduled-maintenance", "--mock-delay-sec", "1", "events")["action"] == "system-reboot"


def test_that_a_group_ends_it_is_heard():
    assert heard("asg-termination", "asglifecycle")["action"] == "terminate"
