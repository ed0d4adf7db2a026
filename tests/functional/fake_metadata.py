"""An instance metadata service and an ECS agent of our own, with faults, for tests of the agent."""
import http.server
import json
import threading
import uuid


class FakeMetadata:
    """Serves `texts` by path below /latest/ to who brings a token; `ecs`, if set, at /v1/metadata; takes posts."""

    def __init__(self, instance_id="i-0123456789abcdef0"):
        self.texts = {
            "dynamic/instance-identity/document": json.dumps({
                "instanceId": instance_id, "instanceType": "m5.large", "region": "us-east-1",
                "availabilityZone": "us-east-1a", "accountId": "123456789012", "kernelId": None}),
            "meta-data/placement/availability-zone-id": "use1-az6",
            "meta-data/instance-life-cycle": "spot",
        }
        self.ecs = None
        self.statuses = []  # answered in place of what is asked for, one request each; None: the connection is cut
        self.posted = []
        self.requests = 0
        self.tokens = set()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_PUT(self):
                outer.answer(self, lambda: (200, outer.new_token()))

            def do_GET(self):
                outer.answer(self, lambda: outer.read(self))

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.posted.append((dict(self.headers), body))
                outer.answer(self, lambda: (204, ""))

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass  # a client that was cut off

        self.server = Server(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def new_token(self):
        self.tokens.add(token := str(uuid.uuid4()))
        return token

    def read(self, request):
        if request.path == "/v1/metadata":
            return (200, json.dumps(self.ecs)) if self.ecs else (500, "{}")
        if request.headers.get("X-aws-ec2-metadata-token") not in self.tokens:
            return 401, "<html>Unauthorized</html>"
        text = self.texts.get(request.path.removeprefix("/latest/"))
        return (404, "<html>Not Found</html>") if text is None else (200, text)

    def answer(self, request, honest):
        self.requests += 1
        status, text = honest()
        if self.statuses:
            status = self.statuses.pop(0)
            text = "<html>trouble</html>"
        if status is None:
            request.close_connection = True
            request.connection.close()
            return
        request.send_response(status)
        request.send_header("Content-Length", str(len(text.encode())))
        request.end_headers()
        request.wfile.write(text.encode())

    def announce(self, at="2026-08-01T12:02:00Z", action="terminate"):
        self.texts["meta-data/spot/instance-action"] = json.dumps({"action": action, "time": at})
        if action == "terminate":
            self.texts["meta-data/spot/termination-time"] = at
