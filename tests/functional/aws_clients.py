"""Unmodified clients other than boto3, each behind the same two calls: the aws CLI and the SDK for JavaScript."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

PACKAGES = pathlib.Path(__file__).parents[2] / "build" / "deps" / "js"
OLDEST_NODE = 18


class Refused(Exception):
    """What a client raised: AWS's code for it, and the client's own type of it."""

    def __init__(self, code, message, type):
        super().__init__(f"{type} {code}: {message}")
        self.code, self.message, self.type = code, message, type


def lists_joined(pages):
    """The pages of a list as one answer, the way every client presents them."""
    joined = {}
    for page in pages:
        for name, value in page.items():
            if isinstance(value, list):
                joined.setdefault(name, []).extend(value)
    return joined


class Cli:
    """The aws command, version 1."""

    does_not_know = frozenset()

    def __init__(self):
        self.command = shutil.which("aws", path=str(pathlib.Path(sys.executable).parent))
        if not self.command:
            pytest.skip("no aws command beside this Python: run tools/setup test")

    def stop(self):
        pass

    def call(self, lab, service, operation, input=None, **options):
        return self.run(lab, service, operation, input, ["--no-paginate"], **options)

    def list(self, lab, service, operation, input=None, page_size=100):
        answer = self.run(lab, service, operation, input, ["--page-size", str(page_size)])
        return lists_joined([answer])

    def run(self, lab, service, operation, input, arguments, region="us-east-1", key="test", secret="test", token="",
            attempts=1):
        verb = re.sub(r"(?<!^)(?=[A-Z])", "-", operation).lower()
        done = subprocess.run(
            [sys.executable, self.command, service, verb, "--cli-input-json", json.dumps(input or {}),
             "--output", "json", *arguments],
            env={"PATH": os.environ["PATH"], "HOME": "/nowhere", "AWS_ENDPOINT_URL": lab.address, "AWS_REGION": region,
                 "AWS_DEFAULT_REGION": region, "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token,
                 "AWS_RETRY_MODE": "standard", "AWS_MAX_ATTEMPTS": str(attempts), "NO_PROXY": "127.0.0.1"},
            text=True, capture_output=True, timeout=120)
        if done.returncode == 0:
            return json.loads(done.stdout)
        said = re.search(r"An error occurred \(([\w.]+)\) when calling the (\w+) operation[^:]*: (.*)", done.stderr)
        assert said and said[2] == operation, done.stderr
        raise Refused(said[1], said[3], f"exit code {done.returncode}")


class JavaScript:
    """@aws-sdk/client-ec2 and its like, in one Node process."""

    # Members of answers that AWS added after its release.
    does_not_know = frozenset({"ConnectionTrackingConfiguration", "GpuPartitionSize", "Ipv4AddressesPerSecondaryInterface",
                               "LogicalGpuCount", "SecondaryNetworkSupported", "SupportedInRegion", "Workloads"})

    def __init__(self):
        node = shutil.which("node")
        if not node:
            pytest.skip("no node")
        version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
        if int(version[1:].split(".")[0]) < OLDEST_NODE:
            pytest.skip(f"node is {version}, the SDK needs {OLDEST_NODE}")
        if not (PACKAGES / "node_modules").exists():
            pytest.skip(f"no {PACKAGES}: run tools/setup test")
        self.process = subprocess.Popen(
            [node, str(pathlib.Path(__file__).parent / "js" / "session.cjs")], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, env={"PATH": os.environ["PATH"], "SPOTVANE_NODE_PACKAGES": str(PACKAGES)})

    def stop(self):
        self.process.communicate(timeout=20)

    def call(self, lab, service, operation, input=None, **options):
        (page,) = self.send(lab, service, operation, input, **options)
        return page

    def list(self, lab, service, operation, input=None, page_size=100):
        pages = self.send(lab, service, operation, input, page_size)
        assert len(pages) > 1
        return lists_joined(pages)

    def send(self, lab, service, operation, input, page_size=None, region="us-east-1", key="test", secret="test",
             token="", attempts=1):
        keys = {"accessKeyId": key, "secretAccessKey": secret, **({"sessionToken": token} if token else {})}
        options = {"endpoint": lab.address, "region": region, "maxAttempts": attempts, "credentials": keys}
        request = {"service": service, "operation": operation, "input": input or {}, "options": options}
        if page_size is not None:
            request["pageSize"] = page_size
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            error = answer["error"]
            assert error["is_of_the_service"] and error["request_id"], error
            raise Refused(error["code"], error["message"], error["type"])
        return answer["pages"]
