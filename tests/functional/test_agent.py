"""The real agent: what it tells, to whom, once; against a metadata service with faults, and moto."""
import contextlib
import hashlib
import hmac
import json
import os
import pathlib
import subprocess
import time

import boto3
import pytest

from binary import in_lab
from fake_metadata import FakeMetadata

AGENT = os.environ.get("SPOTVANE_AGENT", "")
pytestmark = pytest.mark.skipif(not pathlib.Path(AGENT).is_file(), reason="SPOTVANE_AGENT names no program")


@pytest.fixture
def metadata():
    fake = FakeMetadata()
    yield fake
    fake.stop()


class Agent:
    """A running agent, and its log."""

    def __init__(self, metadata, *options, **variables):
        self.process = subprocess.Popen(
            [AGENT, "--poll", "200ms", "--ecs-endpoint", metadata.address, *options], stderr=subprocess.PIPE, text=True,
            env={"PATH": os.environ["PATH"], "AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata.address, **variables})
        self.log = []

    def wait_for(self, what, count=1):
        """Reads the log until so many of these entries have come."""
        while sum(entry["what"] == what for entry in self.log) < count:
            line = self.process.stderr.readline()
            assert line, f"it ended before '{what}': {self.log}"
            self.log.append(json.loads(line))
        return [entry for entry in self.log if entry["what"] == what][-1]

    def stop(self):
        self.process.terminate()
        rest = self.process.stderr.read()
        self.log += [json.loads(line) for line in rest.splitlines()]
        self.process.stderr.close()
        assert self.process.wait(timeout=10) == 0, rest

    def count(self, what):
        return sum(entry["what"] == what for entry in self.log)


@contextlib.contextmanager
def running(metadata, *options, **variables):
    agent = Agent(metadata, *options, **variables)
    try:
        agent.wait_for("watching")
        yield agent
    finally:
        agent.stop()


def until(is_so, patience=20):
    """Waits for what another process does."""
    end = time.monotonic() + patience
    while not is_so():
        assert time.monotonic() < end, "it never came to be"
        select_nothing()


def select_nothing():
    import select
    select.select([], [], [], 0.02)


def run(*options, metadata, **variables):
    return subprocess.run([AGENT, "--ecs-endpoint", metadata.address, *options], text=True, capture_output=True,
                          timeout=60, env={"AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata.address, **variables})


@pytest.mark.parametrize("option", ["--print-metadata", "-printmeta"])
def test_it_prints_what_it_would_send(metadata, option):
    metadata.ecs = {"Cluster": "prod", "ContainerInstanceArn": "arn:aws:ecs:us-east-1:1:container-instance/prod/0"}
    done = run(option, metadata=metadata)
    assert done.returncode == 0, done.stderr
    message = json.loads(done.stdout)
    assert message["terminationNotificiation"] == "true"  # as its founding consumers spell it
    assert message["instanceId"] == "i-0123456789abcdef0" and message["instanceType"] == "m5.large"
    assert message["ecsCluster"] == "prod" and message["ecsContainer"].endswith("/prod/0")
    assert all(isinstance(value, str) for value in message.values())


def test_it_says_what_it_cannot_do(metadata):
    for options in (["--nonsense"], ["--poll", "0s"], ["--sns-topic"], ["--metadata-endpoint", "x"],
                    ["--webhook-secret-file", "/nowhere"], ["--command", "'"]):
        done = run(*options, metadata=metadata)
        assert done.returncode == 2 and done.stderr.startswith("error: "), (options, done.stderr)
    metadata.statuses = [500] * 50
    done = run("--print-metadata", metadata=metadata)
    assert done.returncode == 1 and "read the instance's metadata" in done.stderr


def test_it_posts_signed_and_runs_the_hook(metadata, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("s3cr3t\n")
    hook = tmp_path / "hook"
    hook.write_text(f"#!/bin/sh\ncat > {tmp_path}/input\nenv > {tmp_path}/env\n")
    hook.chmod(0o755)
    with running(metadata, "--webhook", metadata.address + "/hook", "--webhook-secret-file", str(secret),
                 "--command", str(hook)) as agent:
        metadata.announce()
        agent.wait_for("delivered", 2)
    assert agent.count("notice") == 1 and len(metadata.posted) == 1
    headers, body = metadata.posted[0]
    signed = hmac.new(b"s3cr3t", headers["X-Spotvane-Timestamp"].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert headers["X-Spotvane-Signature"] == "sha256=" + signed
    message = json.loads(body)
    assert message["action"] == "terminate" and message["time"] == "2026-08-01T12:02:00Z"
    assert json.loads((tmp_path / "input").read_text()) == message
    assert "SPOTVANE_INSTANCE_ID=i-0123456789abcdef0\n" in (tmp_path / "env").read_text()


def test_it_lives_through_whatever_the_metadata_service_does(metadata):
    with running(metadata, "--webhook", metadata.address + "/hook") as agent:
        for status in (401, 404, 500, 503, None, 200):
            metadata.statuses = [status] * 10
            until(lambda: not metadata.statuses)
        metadata.tokens.clear()
        metadata.announce()
        agent.wait_for("delivered")
    assert len(metadata.posted) == 1


def test_it_does_not_repeat_itself_after_a_restart(metadata, tmp_path):
    options = ["--webhook", metadata.address + "/hook", "--record", str(tmp_path / "record")]
    with running(metadata, *options) as agent:
        metadata.announce()
        agent.wait_for("delivered")
    with running(metadata, *options) as agent:
        agent.wait_for("notice")
        seen = metadata.requests
        until(lambda: metadata.requests > seen + 20)
    assert agent.count("delivered") == 0 and len(metadata.posted) == 1


def test_a_dry_run_and_no_sink_deliver_nothing(metadata):
    with running(metadata, "--dry-run", "--webhook", metadata.address + "/hook") as agent:
        metadata.announce()
        entry = agent.wait_for("would-deliver")
    assert json.loads(entry["message"])["instanceId"] == "i-0123456789abcdef0" and not metadata.posted
    with running(metadata) as agent:
        agent.wait_for("notice")
    assert agent.count("no-sink") == 1


@pytest.fixture
def aws(moto):
    def client(service):
        return boto3.session.Session().client(service, region_name="us-east-1", endpoint_url=moto,
                                              aws_access_key_id="test", aws_secret_access_key="test")
    return client


def test_it_tells_topic_and_queue_and_drains_its_host(metadata, moto, aws):
    ec2, ecs, sns, sqs = aws("ec2"), aws("ecs"), aws("sns"), aws("sqs")
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    instance = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    ecs.create_cluster(clusterName="prod")
    arn = ecs.register_container_instance(cluster="prod", instanceIdentityDocument=json.dumps(
        {"instanceId": instance}))["containerInstance"]["containerInstanceArn"]
    metadata.texts["dynamic/instance-identity/document"] = json.dumps(
        {"instanceId": instance, "instanceType": "m5.large", "region": "us-east-1", "availabilityZone": "us-east-1a"})
    metadata.ecs = {"Cluster": "prod", "ContainerInstanceArn": arn}
    direct = sqs.create_queue(QueueName="direct")["QueueUrl"]
    by_topic = sqs.create_queue(QueueName="by-topic")["QueueUrl"]
    topic = sns.create_topic(Name="notices")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=sqs.get_queue_attributes(
        QueueUrl=by_topic, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"])

    with running(metadata, "--ecs-drain", "--sns-topic", topic, "--sqs-queue", direct, **in_lab(moto)) as agent:
        agent.wait_for("attributes-set")
        metadata.announce()
        agent.wait_for("delivered", 3)

    described = ecs.describe_container_instances(cluster="prod", containerInstances=[arn])["containerInstances"][0]
    assert described["status"] == "DRAINING"
    attributes = {one["name"]: one["value"] for one in ecs.list_attributes(
        cluster="prod", targetType="container-instance")["attributes"] if one["name"].startswith("spotvane.")}
    assert attributes == {"spotvane.lifecycle": "spot", "spotvane.pool": "m5.large@use1-az6"}
    received = {url: sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"] for url in (direct, by_topic)}
    assert [len(messages) for messages in received.values()] == [1, 1]
    message = json.loads(received[direct][0]["Body"])
    assert message["instanceId"] == instance and message["ecsContainer"] == arn
    assert json.loads(json.loads(received[by_topic][0]["Body"])["Message"]) == message


def test_a_drill_is_sent_at_once(metadata, moto, aws):
    sqs = aws("sqs")
    queue = sqs.create_queue(QueueName="drills")["QueueUrl"]
    for option in ("--terminate-now", "-terminate"):
        done = run(option, "--sqs-queue", queue, metadata=metadata, **in_lab(moto))
        assert done.returncode == 0, done.stderr
        message = json.loads(sqs.receive_message(QueueUrl=queue)["Messages"][0]["Body"])
        assert message["terminationNotificiation"] == "true" and message["event"] == "drill"
    done = run("--terminate-now", "--webhook", "http://127.0.0.1:1/", metadata=metadata)
    assert done.returncode == 1 and "did not reach" in done.stderr


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """A certificate of an authority of our own for 'localhost', and the authority's: files."""
    import datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    folder = tmp_path_factory.mktemp("certificates")

    def certificate(name, key, issuer, issuer_key, extensions):
        builder = (x509.CertificateBuilder()
                   .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
                   .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, issuer)]))
                   .public_key(key.public_key()).serial_number(x509.random_serial_number())
                   .not_valid_before(datetime.datetime(2020, 1, 1)).not_valid_after(datetime.datetime(2120, 1, 1)))
        for extension in extensions:
            builder = builder.add_extension(extension, critical=True)
        return builder.sign(issuer_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    authority, server = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    (folder / "ca.pem").write_bytes(
        certificate("authority", authority, "authority", authority, [x509.BasicConstraints(ca=True, path_length=None)]))
    (folder / "server.pem").write_bytes(
        certificate("localhost", server, "authority", authority,
                    [x509.SubjectAlternativeName([x509.DNSName("localhost")])])
        + server.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                               serialization.NoEncryption()))
    return folder


def test_it_speaks_tls_to_who_proves_his_name_alone(metadata, certificates):
    import ssl
    web = FakeMetadata()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "server.pem")
    web.server.socket = context.wrap_socket(web.server.socket, server_side=True)
    port = web.server.server_port
    try:
        metadata.announce()
        ours = str(certificates / "ca.pem")
        for host, bundle, outcome in (("localhost", ours, "delivered"), ("127.0.0.1", ours, "delivery-failed"),
                                      ("localhost", "", "delivery-failed"), ("localhost", "/no", "delivery-failed")):
            with running(metadata, "--webhook", f"https://{host}:{port}/hook", AWS_CA_BUNDLE=bundle) as agent:
                agent.wait_for(outcome)
        assert len(web.posted) == 1
    finally:
        web.stop()
