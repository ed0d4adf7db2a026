"""Rules for spot events, topics and who listens to them, as boto3 and an HTTP server of our own see them in the lab."""
import base64
import json
import queue
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from conftest import START, Lab
from place import Place

SPOT = {"source": ["aws.ec2"], "detail-type": [
    "EC2 Spot Instance Interruption Warning", "EC2 Instance Rebalance Recommendation",
    "EC2 Instance State-change Notification"]}


class Listener:
    """An address that topics can be subscribed to."""

    def __init__(self):
        self.got, self.status = queue.Queue(), 200
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(listener.status)
                self.send_header("Content-Length", "0")
                self.end_headers()
                listener.got.put((dict(self.headers), body.decode()))

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_port}/sns"

    def next(self):
        return self.got.get(timeout=20)


class City(Place):
    def __init__(self, lab):
        super().__init__(lab)
        self.sqs, self.sns, self.events = lab.client("sqs"), lab.client("sns"), lab.client("events")
        self.made = 0

    def name(self):
        self.made += 1
        return f"thing-{self.made}"

    def queue(self):
        url = self.sqs.create_queue(QueueName=self.name())["QueueUrl"]
        arn = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]["QueueArn"]
        return url, arn

    def topic(self, **attributes):
        return self.sns.create_topic(Name=self.name(), Attributes=attributes)["TopicArn"]

    def rule(self, *targets, pattern=SPOT):
        name = self.name()
        self.events.put_rule(Name=name, EventPattern=json.dumps(pattern))
        answer = self.events.put_targets(Rule=name, Targets=[
            {"Id": str(i), "Arn": arn} for i, arn in enumerate(targets)])
        assert answer["FailedEntryCount"] == 0
        return name

    def read(self, url, most=50):
        bodies = []
        while fresh := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for one in fresh:
                bodies.append(one["Body"])
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
            assert len(bodies) <= most
        return bodies


@pytest.fixture(scope="module")
def city():
    lab = Lab("--speed", "step", "--start", START, "--seed", "5")
    yield City(lab)
    lab.stop()


@pytest.fixture
def listener():
    one = Listener()
    yield one
    one.server.shutdown()
    one.server.server_close()


def code_of(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def verify(city, envelope, version):
    """Checks SNS's signature as its guide says."""
    names = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"] \
        if envelope["Type"] == "Notification" else \
        ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    text = "".join(f"{name}\n{envelope[name]}\n" for name in names if name in envelope)
    assert envelope["SignatureVersion"] == version
    assert envelope["SigningCertURL"].startswith(city.lab.address + "/SimpleNotificationService-")
    with urllib.request.urlopen(envelope["SigningCertURL"], timeout=20) as answer:
        certificate = x509.load_pem_x509_certificate(answer.read())
    assert "sns.amazonaws.com" in certificate.subject.rfc4514_string()
    certificate.public_key().verify(
        base64.b64decode(envelope["Signature"]), text.encode(), padding.PKCS1v15(),
        hashes.SHA1() if version == "1" else hashes.SHA256())


def test_rules_send_what_happens_to_instances_to_queues(city):
    url, arn = city.queue()
    name = city.rule(arn)
    (instance,) = city.run(1)
    city.advance("2m")
    city.lab.order("instances", {"rebalance": [instance]})
    city.advance("10s")
    city.lab.order("instances", {"interrupt": [instance]})
    city.advance("5m")
    events = [json.loads(one) for one in city.read(url)]
    assert len({one["id"] for one in events}) == len(events)
    seen = [(one["detail-type"], one["detail"].get("state") or one["detail"].get("instance-action"))
            for one in sorted(events, key=lambda one: one["time"])]
    assert seen == [
        ("EC2 Instance State-change Notification", "pending"), ("EC2 Instance State-change Notification", "running"),
        ("EC2 Instance Rebalance Recommendation", None), ("EC2 Spot Instance Interruption Warning", "terminate"),
        ("EC2 Instance State-change Notification", "shutting-down"),
        ("EC2 Instance State-change Notification", "terminated")]
    warning = events[[one["detail-type"] for one in events].index("EC2 Spot Instance Interruption Warning")]
    (audit,) = [one for one in json.loads(city.lab.get("/_lab/audit/instances")[2]) if one["id"] == instance]
    assert (warning["time"][:19], warning["detail"]["instance-id"]) == (audit["notice"][:19], instance)
    assert (warning["source"], warning["account"], warning["region"]) == ("aws.ec2", "123456789012", "us-east-1")
    city.events.remove_targets(Rule=name, Ids=["0"])
    city.events.delete_rule(Name=name)


def test_rules_choose_by_their_pattern(city):
    url, arn = city.queue()
    names = [city.rule(arn, pattern=one) for one in (
        {"detail": {"kind": ["a", {"prefix": "b"}]}}, {"detail": {"size": [3]}}, {"source": [{"anything-but": "mine"}]})]
    city.events.disable_rule(Name=names[2])
    answer = city.events.put_events(Entries=[
        {"Source": "mine", "DetailType": "t", "Detail": json.dumps(detail)}
        for detail in ({"kind": "a"}, {"kind": "bee"}, {"kind": "c"}, {"size": 3})] + [
        {"Source": "aws.ec2", "DetailType": "t", "Detail": "{}"}, {"Source": "mine", "DetailType": "t", "Detail": "no"}])
    assert answer["FailedEntryCount"] == 2
    city.advance("2s")
    assert sorted(json.dumps(json.loads(one)["detail"]) for one in city.read(url)) == [
        '{"kind": "a"}', '{"kind": "bee"}', '{"size": 3}']
    assert code_of(city.events.put_rule, Name="bad", EventPattern='{"a": "b"}') == "InvalidEventPatternException"
    assert code_of(city.events.put_targets, Rule="none", Targets=[{"Id": "a", "Arn": arn}]) == "ResourceNotFoundException"
    assert code_of(city.events.delete_rule, Name=names[0]) == "ValidationException"
    assert [one["Arn"] for one in city.events.list_targets_by_rule(Rule=names[0])["Targets"]] == [arn]
    assert city.events.describe_rule(Name=names[2])["State"] == "DISABLED"
    assert code_of(city.events.put_rule, Name="a", ScheduleExpression="rate(1 minute)") == "ValidationException"
    assert code_of(city.events.create_archive, ArchiveName="a", EventSourceArn="arn:aws:events:x") == "UnknownOperationException"
    for name in names:
        city.events.remove_targets(Rule=name, Ids=["0"])
        city.events.delete_rule(Name=name)


def test_a_topic_wraps_its_messages_for_queues_unless_they_are_wanted_raw(city):
    topic = city.topic()
    (wrapped, wrapped_arn), (raw, raw_arn) = city.queue(), city.queue()
    city.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=wrapped_arn)
    city.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=raw_arn, Attributes={"RawMessageDelivery": "true"})
    answer = city.sns.publish(TopicArn=topic, Message="hello <you>", Subject="greeting", MessageAttributes={
        "kind": {"DataType": "String", "StringValue": "alert"}})
    city.advance("1s")
    (envelope,) = map(json.loads, city.read(wrapped))
    assert (envelope["MessageId"], envelope["Message"], envelope["Subject"]) == (answer["MessageId"], "hello <you>", "greeting")
    assert envelope["MessageAttributes"] == {"kind": {"Type": "String", "Value": "alert"}}
    verify(city, envelope, "1")
    assert city.read(raw) == ["hello <you>"]
    attributes = city.sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    assert attributes["SubscriptionsConfirmed"] == "2"


@pytest.mark.parametrize("version", ["1", "2"])
def test_an_address_gets_signed_messages_once_it_has_confirmed(city, listener, version):
    topic = city.topic(SignatureVersion=version)
    answer = city.sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=listener.address)
    assert answer["SubscriptionArn"] == "pending confirmation"
    city.sns.publish(TopicArn=topic, Message="too early")
    city.advance("1s")
    headers, body = listener.next()
    question = json.loads(body)
    assert headers["x-amz-sns-message-type"] == question["Type"] == "SubscriptionConfirmation"
    verify(city, question, version)
    with urllib.request.urlopen(question["SubscribeURL"], timeout=20) as answer:
        assert topic in answer.read().decode()
    (row,) = city.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert row["SubscriptionArn"].startswith(topic)
    sent = city.sns.publish(TopicArn=topic, Message='{"a": "\u00e9"}', Subject="news")
    city.advance("1s")
    headers, body = listener.next()
    assert headers["x-amz-sns-message-type"] == "Notification" and headers["x-amz-sns-topic-arn"] == topic
    assert headers["x-amz-sns-message-id"] == sent["MessageId"] and headers["Content-Type"].startswith("text/plain")
    verify(city, json.loads(body), version)
    assert json.loads(body)["Message"] == '{"a": "\u00e9"}' and listener.got.empty()
    with urllib.request.urlopen(json.loads(body)["UnsubscribeURL"], timeout=20):
        pass
    assert city.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []


def test_an_address_that_fails_is_tried_again(city, listener):
    topic = city.topic()
    city.sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=listener.address)
    city.advance("1s")
    question = json.loads(listener.next()[1])
    city.sns.confirm_subscription(TopicArn=topic, Token=question["Token"])
    listener.status = 500
    city.sns.publish(TopicArn=topic, Message="one")
    city.advance("1s")
    first, _ = listener.next()
    listener.status = 200
    again = None
    for _ in range(200):
        city.advance("20s")
        try:
            again, _ = listener.got.get(timeout=0.1)
            break
        except queue.Empty:
            continue
    assert again["x-amz-sns-message-id"] == first["x-amz-sns-message-id"]


def test_events_reach_an_address_through_a_topic(city, listener):
    topic = city.topic()
    city.sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=listener.address)
    city.advance("1s")
    city.sns.confirm_subscription(TopicArn=topic, Token=json.loads(listener.next()[1])["Token"])
    name = city.rule(topic, pattern={"detail-type": ["EC2 Spot Instance Interruption Warning"]})
    (instance,) = city.run(1)
    city.advance("2m")
    city.lab.order("instances", {"interrupt": [instance]})
    city.advance("2s")
    envelope = json.loads(listener.next()[1])
    assert json.loads(envelope["Message"])["detail"]["instance-id"] == instance
    city.events.remove_targets(Rule=name, Ids=["0"])


def test_topics_say_no_as_on_aws(city):
    topic = city.topic()
    assert code_of(city.sns.publish, TopicArn=topic + "x", Message="a") == "NotFound"
    assert code_of(city.sns.publish, TopicArn=topic, Message="a", Subject="a" * 101) == "InvalidParameter"
    assert code_of(city.sns.publish, TopicArn=topic, Message="a" * 262_145) == "InvalidParameter"
    assert code_of(city.sns.subscribe, TopicArn=topic, Protocol="email", Endpoint="a@b.example") == "InvalidParameter"
    assert code_of(city.sns.confirm_subscription, TopicArn=topic, Token="nonsense") == "InvalidParameter"
    assert code_of(city.sns.create_topic, Name="a.fifo") == "InvalidParameter"
    assert code_of(city.sns.create_platform_application, Name="a", Platform="GCM", Attributes={}) == "InvalidAction"
    city.sns.delete_topic(TopicArn=topic)
    assert topic not in [one["TopicArn"] for one in city.sns.list_topics()["Topics"]]
