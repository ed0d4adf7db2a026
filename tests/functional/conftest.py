"""Starts the real binary as a lab, and gives tests boto3 clients of it."""
import importlib.util
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import urllib.request

import boto3
import botocore.config
import pytest

from binary import in_lab, spotvane
from place import Place

START = "2026-03-01T00:00:00Z"
MIDNIGHT = "2026-08-01T00:00:00Z"


def pytest_configure(config):
    config.addinivalue_line("markers", "spark: needs pyspark and Java; `make check-all` runs it")


@pytest.fixture(scope="session", autouse=True)
def no_configuration_of_the_machine(tmp_path_factory):
    """Keeps the user's own AWS settings out of the tests."""
    nowhere = tmp_path_factory.mktemp("home")
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ["AWS_CONFIG_FILE"] = str(nowhere / "config")
    os.environ["AWS_SHARED_CREDENTIALS_FILE"] = str(nowhere / "credentials")
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    os.environ["NO_PROXY"] = "127.0.0.1"


class Lab:
    """A running `spotvane lab`."""

    def __init__(self, *options):
        binary = os.environ.get("SPOTVANE_BINARY")
        assert binary and pathlib.Path(binary).exists(), "SPOTVANE_BINARY names no binary"
        self.process = subprocess.Popen(
            [binary, "lab", "--port", "0", *options], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("listening on http://127.0.0.1:"), line
        self.address = line.split()[-1]

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)
        self.process.stdout.close()

    def client(self, service, region="us-east-1", key="test", secret="test", token=None, attempts=1):
        return boto3.session.Session().client(
            service, region_name=region, endpoint_url=self.address, aws_access_key_id=key,
            aws_secret_access_key=secret, aws_session_token=token,
            config=botocore.config.Config(retries={"total_max_attempts": attempts, "mode": "standard"}))

    def get(self, path, headers=None):
        """Status, headers and body of an unsigned GET."""
        return self.send(urllib.request.Request(self.address + path, headers=headers or {}))

    def order(self, topic, body):
        """Gives the lab an order; returns its answer."""
        status, _, answer = self.send(urllib.request.Request(
            f"{self.address}/_lab/{topic}", data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"}))
        assert status == 200, answer
        return json.loads(answer)

    @staticmethod
    def send(request):
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()


@pytest.fixture(scope="session")
def lab():
    """One lab in step time for all tests that leave no trace in it."""
    running = Lab("--speed", "step", "--seed", "42", "--start", START)
    yield running
    running.stop()


@pytest.fixture
def start_lab():
    """Starts labs for one test alone."""
    running = []

    def start(*options):
        running.append(Lab(*options))
        return running[-1]

    yield start
    for one in running:
        one.stop()


@pytest.fixture
def place(start_lab):
    """A lab of the test's own in step time, and a client of one of its regions."""
    return Place(start_lab("--speed", "step", "--start", START, "--seed", "5"))


@pytest.fixture(scope="session")
def lab_url():
    """One lab in step time for all tests that ask for no particular time; its scores have no quota to speak of."""
    running = Lab("--speed", "step", "--start", MIDNIGHT, "--score-limit", "1000000")
    yield running.address
    running.stop()


@pytest.fixture
def midnight_lab_url(start_lab):
    """A lab of the test's own, at the first moment of August."""
    return start_lab("--speed", "step", "--start", MIDNIGHT).address


@pytest.fixture(scope="session")
def first_home(lab_url, tmp_path_factory):
    """What one `spotvane collect --regions sa-east-1` leaves."""
    home = tmp_path_factory.mktemp("first")
    done = spotvane("collect", "--regions", "sa-east-1", home=home, **in_lab(lab_url))
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def collected_home(first_home, tmp_path):
    """A home of the test's own after one collect."""
    shutil.copytree(first_home, tmp_path, dirs_exist_ok=True)
    return tmp_path


MOTO_READY = re.compile(r"Running on (http://127\.0\.0\.1:\d+)")


@pytest.fixture(scope="session")
def moto():
    """The address of moto's own server."""
    if not importlib.util.find_spec("moto"):
        pytest.skip("no moto: run tools/setup test")
    process = subprocess.Popen([sys.executable, "-u", "-m", "moto.server", "-p", "0"], text=True, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = []
    for line in process.stderr:
        said.append(line)
        if ready := MOTO_READY.search(line):
            break
    else:
        pytest.fail("moto's server did not start: " + "".join(said))
    # A full pipe would stop the server.
    draining = threading.Thread(target=process.stderr.read)
    draining.start()
    yield ready[1]
    process.terminate()
    process.wait(timeout=20)
    draining.join()
    process.stderr.close()
