"""Where credentials, region and endpoints come from: boto3 and spotvane find the same."""
import json
import os
import unittest.mock

import boto3
import pytest

from aws_recorder import Recorder, identity_token
from binary import spotvane

KEYS = {"AWS_ACCESS_KEY_ID": "AKIDENV", "AWS_SECRET_ACCESS_KEY": "S3CR3T"}
ROLE = "arn:aws:iam::210987654321:role/collector"


def file_keys(name, token=""):
    lines = [f"aws_access_key_id = {name}", "aws_secret_access_key = S3CR3T"]
    return "\n".join(lines + ([f"aws_session_token = {token}"] if token else [])) + "\n"


LAB_KEYS = "aws_access_key_id = test\naws_secret_access_key = test\n"


class Setting:
    """A user's home, environment and choice."""

    def __init__(self, home, address, case):
        self.home = home
        self.case = case
        self.profile = case.get("profile")
        (home / ".aws").mkdir()
        for name, text in case.get("files", {}).items():
            path = home / name
            path.write_text(self.fill(text, address))
        self.variables = {
            "HOME": str(home), "PATH": os.environ["PATH"], "AWS_ENDPOINT_URL_STS": address,
            "AWS_DEFAULT_REGION": "eu-west-1", "AWS_EC2_METADATA_DISABLED": "true", "NO_PROXY": "127.0.0.1",
            **{name: self.fill(value, address) for name, value in case.get("env", {}).items()}}
        self.variables = {name: value for name, value in self.variables.items() if value is not None}

    def fill(self, text, address):
        return text and text.replace("{home}", str(self.home)).replace("{url}", address or "")

    def boto3(self):
        """Has boto3 find its credentials and say by them who it is; what it found, as we would say it."""
        with unittest.mock.patch.dict(os.environ, self.variables, clear=True):
            session = boto3.session.Session(profile_name=self.profile)
            method = session.get_credentials().method
            session.client("sts").get_caller_identity()
            return {"profile": session.profile_name, "region": session.region_name, "method": method,
                    "endpoints": self.endpoints(session)}

    def boto3_endpoints(self):
        with unittest.mock.patch.dict(os.environ, self.variables, clear=True):
            return self.endpoints(boto3.session.Session(profile_name=self.profile))

    @staticmethod
    def endpoints(session):
        services = ["ec2", "sts", "pricing", "ssm", "ecs", "autoscaling", "monitoring", "sns", "sqs", "events"]
        clients = {"monitoring": "cloudwatch"}  # what boto3 calls otherwise
        regions = {"pricing": "us-east-1"}
        return {service: session.client(clients.get(service, service),
                                        region_name=regions.get(service, session.region_name)
                                        ).meta.endpoint_url.rstrip("/") for service in services}

    def spotvane(self, *options):
        chosen = ["--profile", self.profile] if self.profile else []
        ran = spotvane("config", "credentials", *chosen, *options, "--output", "json", home=self.home,
                       **self.variables)
        assert "S3CR3T" not in ran.stdout + ran.stderr
        return ran


# name: files below the home folder, environment, profile that the program chooses; whether a lab is asked.
FOUND = {
    "environment": {"env": KEYS},
    "environment with a token": {"env": {**KEYS, "AWS_SESSION_TOKEN": "TOKENS3CR3T"}},
    "environment with an old token": {
        "env": {**KEYS, "AWS_SESSION_TOKEN": "TOKENS3CR3T", "AWS_SECURITY_TOKEN": "OLDTOKENS3CR3T"}},
    "environment with an expiry": {
        "env": {**KEYS, "AWS_SESSION_TOKEN": "TOKENS3CR3T", "AWS_CREDENTIAL_EXPIRATION": "2099-01-01T00:00:00Z"}},
    "environment before files": {"env": KEYS, "files": {".aws/credentials": "[default]\n" + file_keys("AKIDFILE")}},
    "environment before AWS_PROFILE": {
        "env": {**KEYS, "AWS_PROFILE": "p"}, "files": {".aws/credentials": "[p]\n" + file_keys("AKIDFILE")}},
    "chosen profile before environment": {
        "env": KEYS, "profile": "p", "files": {".aws/credentials": "[p]\n" + file_keys("AKIDFILE")}},
    "secret alone in the environment": {
        "env": {"AWS_SECRET_ACCESS_KEY": "S3CR3T"},
        "files": {".aws/credentials": "[default]\n" + file_keys("AKIDFILE")}},
    "credentials file": {"files": {".aws/credentials": "[default]\n" + file_keys("AKIDFILE", "TOKENS3CR3T")}},
    "credentials file by AWS_PROFILE": {
        "env": {"AWS_PROFILE": "p"},
        "files": {".aws/credentials": "[default]\n" + file_keys("AKIDDEFAULT") + "[p]\n" + file_keys("AKIDFILE")}},
    "credentials file by AWS_DEFAULT_PROFILE": {
        "env": {"AWS_DEFAULT_PROFILE": "p"}, "files": {".aws/credentials": "[p]\n" + file_keys("AKIDFILE")}},
    "credentials file elsewhere": {
        "env": {"AWS_SHARED_CREDENTIALS_FILE": "~/elsewhere"},
        "files": {"elsewhere": "[default]\n" + file_keys("AKIDELSEWHERE"),
                  ".aws/credentials": "[default]\n" + file_keys("AKIDFILE")}},
    "config file": {"files": {".aws/config": "[profile p]\n" + file_keys("AKIDCONFIG", "TOKENS3CR3T")},
                    "profile": "p"},
    "config file, quoted name": {"files": {".aws/config": "[profile \"my own\"]\n" + file_keys("AKIDCONFIG")},
                                 "profile": "my own"},
    "credentials file before config file": {
        "files": {".aws/config": "[default]\nregion = ap-south-1\n" + file_keys("AKIDCONFIG", "TOKENS3CR3T"),
                  ".aws/credentials": "[default]\n" + file_keys("AKIDFILE")}},
    "credentials file before process": {
        "files": {".aws/config": "[default]\ncredential_process = false\n",
                  ".aws/credentials": "[default]\n" + file_keys("AKIDFILE")}},
    "process before config file": {
        "files": {".aws/config": "[default]\ncredential_process = cat {home}/keys\n" + file_keys("AKIDCONFIG"),
                  "keys": '{"Version": 1, "AccessKeyId": "AKIDPROCESS", "SecretAccessKey": "S3CR3T"}'}},
    "process with quotes and an expiry": {
        "profile": "p",
        "files": {".aws/config": "[profile p]\ncredential_process = cat \"{home}/my keys\" '{home}/none\\ left'\n",
                  "my keys": '{"Version": 1, "AccessKeyId": "AKIDPROCESS", "SecretAccessKey": "S3CR3T", ',
                  "none\\ left": '"SessionToken": "TOKENS3CR3T", "Expiration": "2099-01-01T00:00:00+02:00"}'}},
    "container": {"env": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "{url}/keys"}},
    "container with a token": {
        "env": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "{url}/keys", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "Basic x"}},
    "container with a token file": {
        "env": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "{url}/keys", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "Basic x",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "{home}/token"},
        "files": {"token": "from a file"}},
    "container after files": {
        "env": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "{url}/keys"},
        "files": {".aws/credentials": "[default]\n" + file_keys("AKIDFILE")}},
    "container though a profile is chosen": {
        "env": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "{url}/keys", **KEYS}, "profile": "p",
        "files": {".aws/config": "[profile p]\nregion = eu-west-1\n"}},
    "instance": {"env": {"AWS_EC2_METADATA_DISABLED": None, "AWS_EC2_METADATA_SERVICE_ENDPOINT": "{url}"}},
    "instance by the config file": {
        "env": {"AWS_EC2_METADATA_DISABLED": "false"},
        "files": {".aws/config": "[default]\nec2_metadata_service_endpoint = {url}/\n"}},

    "role": {"lab": True, "profile": "p", "files": {
        ".aws/config": f"[profile p]\nrole_arn = {ROLE}\nsource_profile = base\n",
        ".aws/credentials": "[base]\n" + LAB_KEYS}},
    "role with all there is to say": {"lab": True, "env": {"AWS_PROFILE": "p"}, "files": {
        ".aws/config": f"[profile p]\nrole_arn = {ROLE}\nsource_profile = base\nexternal_id = x/y+z\n"
                       "role_session_name = me@home\nduration_seconds = 1800\nregion = us-west-2\n",
        ".aws/credentials": "[base]\n" + LAB_KEYS}},
    "chain of roles": {"lab": True, "profile": "c", "files": {
        ".aws/config": f"[profile c]\nrole_arn = {ROLE}-c\nsource_profile = b\n"
                       f"[profile b]\nrole_arn = {ROLE}-b\nsource_profile = a\nrole_session_name = bee\n"
                       f"[profile a]\nrole_arn = {ROLE}-a\nsource_profile = base\n[profile base]\n" + LAB_KEYS}},
    "role that is its own source": {"lab": True, "files": {
        ".aws/config": f"[default]\nrole_arn = {ROLE}\nsource_profile = default\n" + LAB_KEYS}},
    "source's keys before its role": {"lab": True, "files": {
        ".aws/config": f"[default]\nrole_arn = {ROLE}\nsource_profile = b\n"
                       f"[profile b]\nrole_arn = {ROLE}-b\nsource_profile = nobody\n" + LAB_KEYS}},
    "role by a process": {"lab": True, "files": {
        ".aws/config": f"[default]\nrole_arn = {ROLE}\nsource_profile = b\n"
                       "[profile b]\ncredential_process = cat {home}/keys\n",
        "keys": '{"Version": 1, "AccessKeyId": "test", "SecretAccessKey": "test"}'}},
    "role by the environment": {
        "lab": True, "profile": "p", "env": {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"},
        "files": {".aws/config": f"[profile p]\nrole_arn = {ROLE}\ncredential_source = Environment\n"}},
    "environment before a role": {
        "env": {**KEYS, "AWS_PROFILE": "p"},
        "files": {".aws/config": f"[profile p]\nrole_arn = {ROLE}\ncredential_source = Environment\n"}},
    "role before the credentials file": {"lab": True, "files": {
        ".aws/config": f"[default]\nrole_arn = {ROLE}\nsource_profile = base\n[profile base]\n" + LAB_KEYS,
        ".aws/credentials": "[default]\n" + file_keys("AKIDFILE")}},

    "web identity of a profile": {"lab": True, "profile": "p", "files": {
        ".aws/config": f"[profile p]\nrole_arn = {ROLE}\nweb_identity_token_file = {{home}}/token\n"
                       "role_session_name = pod\n",
        "token": identity_token()}},
    "web identity of the environment": {
        "lab": True, "files": {"token": identity_token(exp=4000000000)},
        "env": {"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token", "AWS_ROLE_ARN": ROLE,
                "AWS_ROLE_SESSION_NAME": "pod"}},
    "web identity before the credentials file": {
        "lab": True, "files": {"token": identity_token(), ".aws/credentials": "[default]\n" + file_keys("AKIDFILE")},
        "env": {"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token", "AWS_ROLE_ARN": ROLE}},
    "web identity after a role": {
        "lab": True, "env": {"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token", "AWS_ROLE_ARN": ROLE + "-web"},
        "files": {"token": identity_token(),
                  ".aws/config": f"[default]\nrole_arn = {ROLE}\nsource_profile = base\n"
                                 "[profile base]\n" + LAB_KEYS}},
    "web identity of the environment and a chosen profile": {
        "profile": "p", "env": {"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token", "AWS_ROLE_ARN": ROLE},
        "files": {"token": identity_token(), ".aws/credentials": "[p]\n" + file_keys("AKIDFILE")}},
    "role by a web identity": {"lab": True, "profile": "p", "files": {
        ".aws/config": f"[profile p]\nrole_arn = {ROLE}\nsource_profile = web\n"
                       f"[profile web]\nrole_arn = {ROLE}-web\nweb_identity_token_file = {{home}}/token\n",
        "token": identity_token()}},

    "region of the profile": {
        "env": {**KEYS, "AWS_DEFAULT_REGION": None}, "files": {".aws/config": "[default]\nregion = us-west-2\n"}},
    "region of the environment": {"env": KEYS, "files": {".aws/config": "[default]\nregion = us-west-2\n"}},
    "region of the credentials file": {
        "env": {"AWS_DEFAULT_REGION": None},
        "files": {".aws/credentials": "[default]\nregion = us-west-2\n" + file_keys("AKIDFILE")}},
    "endpoint for all": {"env": {**KEYS, "AWS_ENDPOINT_URL": "http://all.example:1"}},
    "endpoint of one service": {
        "env": {**KEYS, "AWS_ENDPOINT_URL": "http://all.example:1", "AWS_ENDPOINT_URL_EC2": "http://ec2.example:2"}},
    "endpoints of the profile": {
        "env": KEYS,
        "files": {".aws/config": "[default]\nendpoint_url = http://all.example:1\nservices = mine\n"
                                 "[services mine]\nec2 =\n  endpoint_url = http://ec2.example:2\n"
                                 "pricing =\n  endpoint_url = http://pricing.example:3\n"
                                 "auto_scaling =\n  endpoint_url = http://scaling.example:4\n"}},
    "endpoint for all before a profile's of one": {
        "env": {**KEYS, "AWS_ENDPOINT_URL": "http://all.example:1"},
        "files": {".aws/config": "[default]\nservices = mine\n"
                                 "[services mine]\nec2 =\n  endpoint_url = http://ec2.example:2\n"}},
}


@pytest.fixture
def recorders(start_lab, request):
    """Two, for boto3 and for us: behind each its own lab where one is needed, and both labs give the same keys."""
    needs_lab = request.getfixturevalue("case").get("lab")
    both = [Recorder(start_lab("--seed", "7") if needs_lab else None) for _ in range(2)]
    yield both
    for one in both:
        one.stop()


@pytest.mark.parametrize("case", FOUND.values(), ids=FOUND.keys())
def test_finds_what_boto3_finds(case, recorders, tmp_path):
    homes = [tmp_path / name for name in ("boto3", "ours")]
    for home in homes:
        home.mkdir()
    theirs, ours = (Setting(home, recorder.address, case) for home, recorder in zip(homes, recorders))

    expected = theirs.boto3()
    ran = ours.spotvane("--check")

    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert recorders[1].calls == recorders[0].calls  # keys, tokens, regions, roles and all said of them
    assert recorders[1].key_requests == recorders[0].key_requests
    _, access_key, token, _, _ = recorders[0].calls[-1]
    assert (found["access_key_id"], found["temporary"]) == (access_key, token is not None)
    found["endpoints"] = {one["service"]: one["endpoint"].replace(recorders[1].address, recorders[0].address)
                          for one in found["endpoints"]}
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1", "eusc-de-east-1", "ap-southeast-7"])
def test_asks_at_the_address_of_the_region(region, tmp_path):
    setting = Setting(tmp_path, None, {"env": {**KEYS, "AWS_DEFAULT_REGION": region,
                                               "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
                                               "AWS_ENDPOINT_URL": "http://ignored.example"}})
    found = json.loads(setting.spotvane().stdout)
    assert {one["service"]: one["endpoint"] for one in found["endpoints"]} == setting.boto3_endpoints()


REFUSED = {
    "nothing": ({}, "no AWS credentials found"),
    "half of a pair": ({"env": {"AWS_ACCESS_KEY_ID": "A"}}, "the secret access key is not set"),
    "half of a pair in a file": (
        {"files": {".aws/credentials": "[default]\naws_access_key_id = A\n",
                   ".aws/config": "[default]\naws_secret_access_key = S3CR3T\n"}}, "the secret access key is not set"),
    "profile that is not there": ({"env": {"AWS_PROFILE": "prod", **KEYS}}, "AWS profile 'prod' does not exist"),
    "role without a source": ({"files": {".aws/config": f"[default]\nrole_arn = {ROLE}\n"}},
                              "neither source_profile nor credential_source"),
    "role in a circle": (
        {"files": {".aws/config": f"[default]\nrole_arn = {ROLE}\nsource_profile = b\n"
                                  f"[profile b]\nrole_arn = {ROLE}\nsource_profile = default\n"}},
        "leads in a circle: default -> b -> default"),
    "source that is not there": (
        {"files": {".aws/config": f"[default]\nrole_arn = {ROLE}\nsource_profile = b\n"}}, "does not exist"),
    "source without keys": (
        {"env": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "{url}/keys"},
         "files": {".aws/config": f"[default]\nrole_arn = {ROLE}\nsource_profile = b\n[profile b]\nregion = x\n"}},
        "has no credentials"),
    "unknown credential source": (
        {"files": {".aws/config": f"[default]\nrole_arn = {ROLE}\ncredential_source = Wallet\n"}}, "is unknown"),
    "process that fails": (
        {"files": {".aws/config": "[default]\ncredential_process = sh -c 'echo S3CR3T; exit 7'\n"}},
        "'sh', the credential_process of profile 'default': it ended with status 7"),
    "process that is not there": (
        {"files": {".aws/config": "[default]\ncredential_process = no-such-program S3CR3T\n"}},
        "there is no program 'no-such-program'"),
    "process that prints nonsense": (
        {"files": {".aws/config": "[default]\ncredential_process = echo S3CR3T\n"}}, "that is not JSON"),
    "process of another version": (
        {"files": {".aws/config": "[default]\ncredential_process = cat {home}/keys\n",
                   "keys": '{"Version": 2, "AccessKeyId": "A", "SecretAccessKey": "S3CR3T"}'}}, "'Version' is not 1"),
    "container elsewhere": ({"env": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/keys"}},
                            "'http://example.com/keys' must not be asked"),
    "web identity without a role": (
        {"env": {"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token"}, "files": {"token": "x"}}, "but no role"),
    "web identity without a token": (
        {"env": {"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token", "AWS_ROLE_ARN": ROLE}}, "/token'"),
    "web identity with an expired token": (
        {"lab": True, "env": {"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token", "AWS_ROLE_ARN": ROLE},
         "files": {"token": identity_token(exp=1)}}, "(ExpiredTokenException)"),
    "role with a bad name": (
        {"lab": True, "files": {".aws/config": "[default]\nrole_arn = collector\nsource_profile = default\n" + LAB_KEYS}},
        "collector is invalid (ValidationError)"),
    "services that are not there": (
        {"env": {**KEYS, "AWS_ENDPOINT_URL_STS": None}, "files": {".aws/config": "[default]\nservices = mine\n"}},
        "names the services 'mine', which do not exist"),
    "single sign-on": (
        {"files": {".aws/config": "[default]\nsso_account_id = 123456789012\nsso_role_name = r\n"
                                  "sso_region = us-east-1\nsso_start_url = https://x.example/start\n"}},
        "credential_process = aws configure export-credentials --profile default"),
}


@pytest.mark.parametrize("case, words", REFUSED.values(), ids=REFUSED.keys())
def test_refuses_what_boto3_refuses_and_says_why(case, words, start_lab, tmp_path):
    recorder = Recorder(start_lab() if case.get("lab") else None)
    try:
        setting = Setting(tmp_path, recorder.address, case)
        with pytest.raises(Exception):
            setting.boto3()
        ran = setting.spotvane("--check")
    finally:
        recorder.stop()
    assert ran.returncode in (1, 2)
    assert words in ran.stderr, ran.stderr


def test_differs_from_boto3_on_purpose(tmp_path):
    """AWS_REGION and AWS_PROFILE come first, as for every AWS tool but boto3."""
    setting = Setting(tmp_path, None, {
        "env": {"AWS_REGION": "us-west-2", "AWS_PROFILE": "right", "AWS_DEFAULT_PROFILE": "wrong",
                "AWS_ENDPOINT_URL_STS": None},
        "files": {".aws/credentials": "[right]\n" + file_keys("AKIDRIGHT") + "[wrong]\n" + file_keys("AKIDWRONG")}})
    found = json.loads(setting.spotvane().stdout)
    assert (found["access_key_id"], found["region"]) == ("AKIDRIGHT", "us-west-2")


def test_tells_a_person_all_that_is_no_secret(start_lab, tmp_path):
    lab = start_lab()
    setting = Setting(tmp_path, lab.address, {"files": {
        ".aws/config": f"[profile p]\nrole_arn = {ROLE}\nsource_profile = base\n[profile base]\n" + LAB_KEYS}})
    ran = spotvane("config", "credentials", "--profile", "p", "--check", home=tmp_path, **setting.variables)
    assert ran.returncode == 0, ran.stderr
    for words in ("assume-role", "profile 'p', by way of profile 'base'", ROLE, "ASIA", "eu-west-1", lab.address,
                  "arn:aws:sts::210987654321:assumed-role/collector/spotvane"):
        assert words in ran.stdout
