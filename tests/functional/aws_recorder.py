"""A stand-in for AWS's addresses that writes down who asks what with which keys, and tokens of nobody."""
import base64
import http.client
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

IDENTITY = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/u</Arn><UserId>AIDAEXAMPLE</UserId>
<Account>123456789012</Account></GetCallerIdentityResult>
<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetCallerIdentityResponse>"""

NAMES_NOBODY_CHOSE = re.compile(r"^(spotvane|botocore-session-\d+)$")


def identity_token(**claims):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    claims = {"iss": "https://issuer.example", "sub": "me", "aud": "sts.amazonaws.com", **claims}
    return f"{part({'alg': 'none'})}.{part(claims)}.{part('S3CR3T')}"


class Recorder:
    """Passes calls of STS on to a lab, or answers GetCallerIdentity itself where there is none. Also serves
    keys as a container's endpoint ("/keys") and an instance's metadata service do."""

    def __init__(self, lab=None):
        self.lab = lab
        self.calls = []  # (action, access key, session token, region, parameters)
        self.key_requests = []  # (path, Authorization)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def _record(self, headers, body):
        form = dict(parse_qsl(body))
        action = form.pop("Action")
        form.pop("Version")
        if NAMES_NOBODY_CHOSE.match(form.get("RoleSessionName", "")):
            form["RoleSessionName"] = "(nobody chose)"
        scope = re.search(r"Credential=([^/]+)/\d+/([^/]+)/", headers.get("Authorization", ""))
        key, region = scope.groups() if scope else (None, None)
        self.calls.append((action, key, headers.get("X-Amz-Security-Token"), region, form))

    def _answer(self, headers, body):
        if self.lab is None:
            return 200, {"Content-Type": "text/xml"}, IDENTITY.encode()
        connection = http.client.HTTPConnection(urlsplit(self.lab.address).netloc, timeout=30)
        # The same Host: it is signed.
        connection.request("POST", "/", body, dict(headers))
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, {"Content-Type": answer.headers["Content-Type"]}, content

    def _keys(self, path, authorization):
        self.key_requests.append((path, authorization))
        role = "/latest/meta-data/iam/security-credentials/"
        if path == role:
            return "my-role"
        return json.dumps({
            "Code": "Success", "AccessKeyId": "AKIDINSTANCE" if path.startswith(role) else "AKIDCONTAINER",
            "SecretAccessKey": "S3CR3T", "Token": "TOKENS3CR3T", "Expiration": "2099-08-01T12:00:00Z"})

    def _handler(recorder):
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                recorder._record(self.headers, body)
                self.reply(*recorder._answer(self.headers, body))

            def do_GET(self):
                content = recorder._keys(self.path, self.headers.get("Authorization"))
                self.reply(200, {"Content-Type": "application/json"}, content.encode())

            def do_PUT(self):
                self.reply(200, {"Content-Type": "text/plain"}, b"TOKEN")

            def reply(self, status, headers, content):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        return Handler
