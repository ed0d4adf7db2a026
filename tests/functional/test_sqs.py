"""Queues, as boto3 (JSON) and a client of forms (query protocol) see them in the lab."""
import json
import threading
import time
import urllib.request
import xml.etree.ElementTree as ElementTree

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from conftest import START, Lab

NAMESPACE = "{http://queue.amazonaws.com/doc/2012-11-05/}"


class Office:
    """A lab in step time, and its queues."""

    def __init__(self):
        self.lab = Lab("--speed", "step", "--start", START, "--seed", "5")
        self.sqs = self.lab.client("sqs")
        self.made = 0

    def queue(self, **attributes):
        self.made += 1
        return self.sqs.create_queue(QueueName=f"events-{self.made}", Attributes=attributes)["QueueUrl"]

    def arn(self, url):
        return self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]

    def send(self, url, *bodies, **more):
        for body in bodies:
            self.sqs.send_message(QueueUrl=url, MessageBody=body, **more)

    def receive(self, url, **more):
        return self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, **more).get("Messages", [])

    def bodies(self, url, **more):
        return [one["Body"] for one in self.receive(url, **more)]

    def advance(self, span):
        self.lab.order("clock", {"advance": span})

    def form(self, path="/", **parameters):
        """The query protocol, as old SDKs speak it."""
        body = "&".join(f"{name}={urllib.request.quote(str(value), safe='')}"
                        for name, value in {"Version": "2012-11-05", **parameters}.items())
        request = AWSRequest("POST", self.lab.address + path, data=body, headers={
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8"})
        SigV4Auth(Credentials("test", "test"), "sqs", "us-east-1").add_auth(request)
        status, _, answer = self.lab.send(urllib.request.Request(
            self.lab.address + path, data=body.encode(), headers=dict(request.headers)))
        return status, ElementTree.fromstring(answer)


@pytest.fixture(scope="module")
def office():
    open = Office()
    yield open
    open.lab.stop()


def code_of(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]


def test_a_message_is_there_until_it_is_deleted(office):
    url = office.queue(VisibilityTimeout="60")
    office.send(url, "one", MessageAttributes={"kind": {"DataType": "String", "StringValue": "alert"},
                                               "raw": {"DataType": "Binary", "BinaryValue": b"\0\xff"}})
    (message,) = office.receive(url, AttributeNames=["All"], MessageAttributeNames=["All"])
    assert message["Body"] == "one" and message["Attributes"]["ApproximateReceiveCount"] == "1"
    assert message["MessageAttributes"]["kind"] == {"DataType": "String", "StringValue": "alert"}
    assert message["MessageAttributes"]["raw"]["BinaryValue"] == b"\0\xff"
    assert office.receive(url) == []
    office.advance("60s")
    (again,) = office.receive(url, MessageSystemAttributeNames=["ApproximateReceiveCount"])
    assert (again["MessageId"], again["Attributes"]) == (message["MessageId"], {"ApproximateReceiveCount": "2"})
    office.sqs.delete_message(QueueUrl=url, ReceiptHandle=again["ReceiptHandle"])
    office.sqs.delete_message(QueueUrl=url, ReceiptHandle=again["ReceiptHandle"])
    office.advance("60s")
    assert office.receive(url) == []


def test_who_receives_may_hide_a_message_for_longer_or_shorter(office):
    url = office.queue()
    office.send(url, "one")
    (message,) = office.receive(url, VisibilityTimeout=10)
    office.sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=100)
    office.advance("99s")
    assert office.receive(url) == []
    office.sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    assert office.bodies(url) == ["one"]
    assert code_of(office.sqs.change_message_visibility, QueueUrl=url, ReceiptHandle=message["ReceiptHandle"],
                   VisibilityTimeout=5).endswith("MessageNotInflight")


def test_delayed_messages_come_late_and_old_ones_not_at_all(office):
    url = office.queue(DelaySeconds="5", MessageRetentionPeriod="60")
    office.send(url, "later")
    office.send(url, "now", DelaySeconds=0)
    assert office.bodies(url) == ["now"]
    office.advance("5s")
    assert office.bodies(url) == ["later"]
    office.advance("60s")
    assert office.receive(url) == []


def test_batches_succeed_entry_by_entry(office):
    url = office.queue()
    answer = office.sqs.send_message_batch(QueueUrl=url, Entries=[
        {"Id": "a", "MessageBody": "one"}, {"Id": "b", "MessageBody": "two\x01"}, {"Id": "c", "MessageBody": "three"}])
    assert [one["Id"] for one in answer["Successful"]] == ["a", "c"]
    assert [(one["Id"], one["Code"]) for one in answer["Failed"]] == [("b", "InvalidMessageContents")]
    messages = office.receive(url)
    assert [one["Body"] for one in messages] == ["one", "three"]
    answer = office.sqs.change_message_visibility_batch(QueueUrl=url, Entries=[
        {"Id": one["MessageId"], "ReceiptHandle": one["ReceiptHandle"], "VisibilityTimeout": 0} for one in messages])
    assert len(answer["Successful"]) == 2
    answer = office.sqs.delete_message_batch(QueueUrl=url, Entries=[
        {"Id": "x", "ReceiptHandle": messages[0]["ReceiptHandle"]}, {"Id": "y", "ReceiptHandle": "nonsense"}])
    assert [one["Id"] for one in answer["Successful"]] == ["x"]
    assert answer["Failed"][0]["Code"] == "ReceiptHandleIsInvalid"
    assert office.bodies(url) == ["three"]
    assert code_of(office.sqs.send_message_batch, QueueUrl=url, Entries=[
        {"Id": "a", "MessageBody": "1"}, {"Id": "a", "MessageBody": "2"}]).endswith("BatchEntryIdsNotDistinct")
    assert code_of(office.sqs.send_message_batch, QueueUrl=url, Entries=[
        {"Id": str(i), "MessageBody": "1"} for i in range(11)]).endswith("TooManyEntriesInBatchRequest")


def test_what_is_received_too_often_is_set_aside(office):
    aside = office.queue()
    url = office.queue(VisibilityTimeout="0", RedrivePolicy=json.dumps(
        {"deadLetterTargetArn": office.arn(aside), "maxReceiveCount": 2}))
    office.send(url, "poison")
    assert [office.bodies(url) for _ in range(3)] == [["poison"], ["poison"], []]
    assert office.bodies(aside) == ["poison"]
    policy = office.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]["RedrivePolicy"]
    assert json.loads(policy)["maxReceiveCount"] == 2
    assert code_of(office.sqs.create_queue, QueueName="lost", Attributes={"RedrivePolicy": json.dumps(
        {"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:none", "maxReceiveCount": 2})}
        ) == "InvalidParameterValue"


def test_a_long_poll_ends_when_a_message_comes(office):
    url = office.queue(ReceiveMessageWaitTimeSeconds="20")
    got = []
    waiting = threading.Thread(target=lambda: got.extend(office.bodies(url)))
    waiting.start()
    office.send(url, "one")
    waiting.join(10)
    assert got == ["one"]


def test_a_long_poll_ends_when_its_time_is_over_by_the_lab(office):
    url = office.queue()
    began = time.monotonic()
    got = []
    waiting = threading.Thread(target=lambda: got.append(office.receive(url, WaitTimeSeconds=20)))
    waiting.start()
    while not got and time.monotonic() < began + 15:
        office.advance("20s")
    waiting.join(10)
    assert got == [[]] and time.monotonic() < began + 15


def test_a_queue_is_made_once_and_found_by_name(office):
    url = office.queue(VisibilityTimeout="7")
    name = url.split("/")[-1]
    assert office.sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "7"})["QueueUrl"] == url
    assert code_of(office.sqs.create_queue, QueueName=name, Attributes={"VisibilityTimeout": "8"}) == "QueueAlreadyExists"
    assert office.sqs.get_queue_url(QueueName=name)["QueueUrl"] == url
    assert url in office.sqs.list_queues(QueueNamePrefix=name)["QueueUrls"]
    assert "QueueUrls" not in office.lab.client("sqs", region="eu-west-1").list_queues()
    office.sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "9"})
    attributes = office.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    assert attributes == {"VisibilityTimeout": "9"}
    office.send(url, "one", "two")
    office.sqs.receive_message(QueueUrl=url)
    counts = office.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert (counts["ApproximateNumberOfMessages"], counts["ApproximateNumberOfMessagesNotVisible"]) == ("1", "1")
    office.sqs.purge_queue(QueueUrl=url)
    office.advance("10s")
    assert office.receive(url) == []
    office.sqs.delete_queue(QueueUrl=url)
    assert code_of(office.sqs.get_queue_url, QueueName=name) == "AWS.SimpleQueueService.NonExistentQueue"
    assert code_of(office.sqs.create_queue, QueueName=name).endswith("QueueDeletedRecently")
    office.advance("60s")
    assert office.sqs.create_queue(QueueName=name)["QueueUrl"] == url


def test_queues_say_no_as_on_aws(office):
    url = office.queue()
    assert code_of(office.sqs.send_message, QueueUrl=url + "x", MessageBody="a") == (
        "AWS.SimpleQueueService.NonExistentQueue")
    assert code_of(office.sqs.delete_message, QueueUrl=url, ReceiptHandle="nonsense") == "ReceiptHandleIsInvalid"
    assert code_of(office.sqs.send_message, QueueUrl=url, MessageBody="a" * ((1 << 20) + 1)) == "InvalidParameterValue"
    assert code_of(office.sqs.receive_message, QueueUrl=url, MaxNumberOfMessages=11) == "InvalidParameterValue"
    assert code_of(office.sqs.create_queue, QueueName="a.fifo", Attributes={"FifoQueue": "true"}
                   ).endswith("UnsupportedOperation")
    assert code_of(office.sqs.create_queue, QueueName="a", Attributes={"DelaySeconds": "901"}) == "InvalidAttributeValue"
    assert code_of(office.sqs.add_permission, QueueUrl=url, Label="a", AWSAccountIds=["1"], Actions=["*"]) == (
        "UnknownOperationException")


def test_forms_are_answered_in_xml(office):
    status, made = office.form(Action="CreateQueue", QueueName="old", **{
        "Attribute.1.Name": "VisibilityTimeout", "Attribute.1.Value": "5"})
    url = made.findtext(f".//{NAMESPACE}QueueUrl")
    assert status == 200 and url == office.sqs.get_queue_url(QueueName="old")["QueueUrl"]
    status, sent = office.form(Action="SendMessage", QueueUrl=url, MessageBody="a b&c", **{
        "MessageAttribute.1.Name": "k", "MessageAttribute.1.Value.DataType": "String",
        "MessageAttribute.1.Value.StringValue": "v"})
    assert sent.findtext(f".//{NAMESPACE}MD5OfMessageAttributes") == "0a77b0642718c3d9dd47090567d11e0d"
    status, got = office.form("/123456789012/old", Action="ReceiveMessage", MaxNumberOfMessages=10, **{
        "AttributeName.1": "All", "MessageAttributeName.1": "All"})
    (message,) = got.findall(f".//{NAMESPACE}Message")
    assert message.findtext(f"{NAMESPACE}Body") == "a b&c"
    traits = {one.findtext(f"{NAMESPACE}Name"): one.findtext(f"{NAMESPACE}Value")
              for one in message.findall(f"{NAMESPACE}Attribute")}
    assert traits["ApproximateReceiveCount"] == "1"
    handle = message.findtext(f"{NAMESPACE}ReceiptHandle")
    status, gone = office.form(Action="DeleteMessageBatch", QueueUrl=url, **{
        "DeleteMessageBatchRequestEntry.1.Id": "a", "DeleteMessageBatchRequestEntry.1.ReceiptHandle": handle})
    assert gone.findtext(f".//{NAMESPACE}DeleteMessageBatchResultEntry/{NAMESPACE}Id") == "a"
    status, refused = office.form(Action="SendMessage", QueueUrl=url + "x", MessageBody="a")
    assert (status, refused.findtext(f".//{NAMESPACE}Code")) == (400, "AWS.SimpleQueueService.NonExistentQueue")


def test_messages_come_twice_and_out_of_order_where_told(office):
    url = office.queue()
    office.lab.order("faults", {"queues": {"duplicates": 0.5, "reordering": 1}})
    try:
        office.send(url, *map(str, range(40)))
        first = []
        while fresh := office.bodies(url):
            first += fresh
            assert len(first) < 400
    finally:
        office.lab.order("faults", {"rules": []})
    assert set(first) == set(map(str, range(40))) and len(first) > 40
    assert first != sorted(first, key=int)
    (counts,) = [one for one in json.loads(office.lab.get("/_lab/audit/queues")[2])["queues"]
                 if one["name"] == url.split("/")[-1]]
    assert (counts["sent"], counts["received"], counts["deleted"]) == (40, len(first), 0)
