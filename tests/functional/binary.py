"""Runs the binary as a user does, in a home of its own."""
import json
import os
import subprocess
from urllib.request import Request, urlopen

BINARY = os.environ["SPOTVANE_BINARY"]


def spotvane(*arguments, home, **variables):
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "SPOTVANE_HOME": str(home), **variables}
    return subprocess.run(
        [BINARY, *arguments], env=environment, cwd=home, text=True, capture_output=True, timeout=300
    )


def in_lab(url):
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
    }


def advance(url, span):
    body = json.dumps({"advance": span}).encode()
    urlopen(Request(url + "/_lab/clock", data=body, method="POST")).read()
