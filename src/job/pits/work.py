# A worker's part: what it does is in its reports to spotvane, which answers with the run that it is to work for.
import collections
import socket


def ask(url, method="GET", body=None, headers=None):
    from urllib import request
    text = json.dumps(body).encode() if body is not None else None
    with request.urlopen(request.Request(url, text, headers or {}, method=method), timeout=5) as answer:
        return answer.read().decode()


def instance_id():
    host = os.environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://169.254.169.254").rstrip("/")
    token = ask(host + "/latest/api/token", "PUT", headers={"X-aws-ec2-metadata-token-ttl-seconds": "60"})
    return ask(host + "/latest/meta-data/instance-id", headers={"X-aws-ec2-metadata-token": token})


def address_towards(url):
    """Ours, as who is there sees it."""
    from urllib import parse
    where = parse.urlsplit(url)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.connect((where.hostname, where.port or 80))
        return one.getsockname()[0]


def seconds_up():
    """As old as this process is, whatever it has executed."""
    with open("/proc/self/stat") as one:
        begun = int(one.read().rsplit(")", 1)[1].split()[19]) / os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - begun


class Reporter:
    def __init__(self, config):
        self.url, self.beat = config["report"], max(0.05, config["beat"])
        self.report = {"instance_id": instance_id()}
        self.answer = {}
        self.seconds = collections.deque(maxlen=50)  # that the latest tasks took
        self.threads = 1

    def send(self, more=None):
        """Whether it was taken; where nobody is there to take it one goes on working all the same."""
        if self.answer:
            self.report["up_seconds"] = seconds_up() * self.answer["pace"]
        try:
            text = ask(self.url, "POST", dict(self.report, **(more or {})), {"Content-Type": "application/json"})
        except (OSError, ValueError):
            return False
        self.answer = json.loads(text) if text else {}
        return bool(text)

    def join(self):
        while not self.send():
            threading.Event().wait(self.beat)
        return self.answer["run"]

    def rate(self):
        seconds = list(self.seconds)
        if not seconds:
            return {}
        mean = sum(seconds) / len(seconds)
        spread = (sum((one - mean) ** 2 for one in seconds) / max(1, len(seconds) - 1)) ** 0.5
        rate = self.threads / max(mean, 1e-9) / self.answer["pace"]
        return {"perf_sec": rate, "perf_sec_stdev": rate * spread / max(mean, 1e-9)}

    def keep_reporting(self, run):
        while True:
            if self.send(self.rate()) and self.answer["run"] != run:
                os.execv(sys.executable, [sys.executable] + sys.argv)  # the job began anew
            threading.Event().wait(self.beat)


def work(config):
    reporter = Reporter(config)
    run = reporter.join()
    try:
        program = load_program(config, "tm")
    except Trouble as trouble:
        reporter.send({"error": str(trouble)})
        return 1
    work_on, announce = program.JobBinary.spits_worker_run, program.Listener.GetConnectableAddr
    reporter.threads = config["workers"] or os.cpu_count()
    host = address_towards(config["report"])

    def timed_work(self, *args):
        begun = time.perf_counter()
        result = work_on(self, *args)
        reporter.seconds.append(time.perf_counter() - begun)
        return result

    def announced(self):
        reporter.report.update(run=run, address="%s:%d" % (host, self.port))
        threading.Thread(target=reporter.keep_reporting, args=(run,), daemon=True).start()
        return announce(self)

    program.JobBinary.spits_worker_run, program.Listener.GetConnectableAddr = timed_work, announced
    run_program(program, config, ["--jobid=" + run, "--tmaddr=" + host, "--tmport=%d" % config["port"],
                                  "--nw=%d" % reporter.threads, "--overfill=%d" % config["overfill"]])
    return 0


main_of(work)
