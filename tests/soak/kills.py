#!/usr/bin/env python3
"""Kills spotvane for real, again and again, and holds its home to what it had promised.

    kills.py BINARY [--kills 1000] [--minutes N] [--seed N] [--keep FOLDER]

Collects, merges, imports and scores in one home, against a lab whose hours pass in a second, and ends each
process by SIGKILL: at a moment, or at a system call that writes, drawn from the seed. What follows each time
must find the archive whole, every committed cycle's rows there once and as they were, every configuration
that reached the lab in the ledger, and after the next start nothing that no one knows of.
"""
import argparse
import collections
import csv
import http.client
import http.server
import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

SPEED = 6000  # ten minutes of the lab's pass in a tenth of a second
WRITING = "write,pwrite64,fsync,fdatasync,rename,renameat2,unlink,unlinkat,ftruncate,sendto,mkdir"
MOST_SECONDS = 2.0  # of a process that is to be killed at a moment
PATIENCE = 120.0


class Ear(http.server.BaseHTTPRequestHandler):
    """Hands every request on to the lab, and notes the configurations it asks scores of."""

    protocol_version = "HTTP/1.1"
    lab = None
    asked = set()

    def hand_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        form = {name: values[0] for name, values in urllib.parse.parse_qs(body.decode("latin-1")).items()}
        if form.get("Action") == "GetSpotPlacementScores":
            self.asked.add(configuration_key(form))
        connection = http.client.HTTPConnection(self.lab, timeout=PATIENCE)
        connection.request(self.command, self.path, body, dict(self.headers.items()))
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        try:
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("connection", "transfer-encoding"):
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            self.close_connection = True  # who asked is dead

    do_GET = do_POST = hand_on

    def log_message(self, *_):
        pass


class QuietServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # a client that was killed in the middle of a request


def configuration_key(form):
    """What the ledger knows a request by."""
    def numbered(name):
        return ",".join(sorted(value for key, value in form.items() if key.rpartition(".")[0] == name))

    place = "zones" if form["SingleAvailabilityZone"] == "true" else "regions"
    return "|".join([numbered("InstanceType"), form["TargetCapacity"], form["TargetCapacityUnitType"], place,
                     numbered("RegionName")])


class Wrong(Exception):
    """A promise was broken."""


def demand(holds, text):
    if not holds:
        raise Wrong(text)


class Soak:
    def __init__(self, binary, seed, folder):
        self.binary, self.folder, self.random = binary, folder, random.Random(seed)
        self.home = folder / "home"
        self.counts = collections.Counter()
        self.longest = collections.defaultdict(lambda: 0.3)  # seconds of a run that was left alone
        self.rows = {}    # of the archive at the last audit, by time
        self.ledger = {}
        self.import_folder = None
        self.imports = 0
        self.has_strace = can_strace()
        self.scores = {}
        self.action, self.point = ("prepare",), "none"
        self.lab = subprocess.Popen(
            [binary, "lab", "--port", "0", "--speed", str(SPEED), "--seed", str(seed), "--start",
             "2026-03-01T00:00:00Z"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        Ear.lab = self.lab.stdout.readline().strip().rpartition("/")[2]
        self.ear = QuietServer(("127.0.0.1", 0), Ear)
        threading.Thread(target=self.ear.serve_forever, daemon=True).start()
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(folder), "SPOTVANE_HOME": str(self.home),
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.ear.server_port}", "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1", "NO_PROXY": "127.0.0.1"}
        if "LD_LIBRARY_PATH" in os.environ:
            self.environment["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]

    def close(self):
        self.lab.kill()
        self.lab.wait()
        self.ear.shutdown()

    # Running it

    def start(self, *command):
        return subprocess.Popen(command, env=self.environment, cwd=self.folder, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)

    def finish(self, *arguments, good=(0,)):
        """Lets it run to its end, and returns what it printed."""
        process = self.start(self.binary, *arguments)
        said, _ = process.communicate(timeout=PATIENCE)
        demand(process.returncode in good, f"{arguments} ended with {process.returncode}: {said}")
        return said

    def kill(self, *arguments):
        """Kills it at a point drawn; false where it was faster."""
        command, patience = [self.binary, *arguments], PATIENCE
        if self.has_strace and self.random.random() < 0.5:
            place = int(2 ** self.random.uniform(0, 12))
            command = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={WRITING}",
                       "-e", f"inject={WRITING}:signal=SIGKILL:when={place}", *command]
            patience = 4 * MOST_SECONDS
            self.point = f"its {place}th writing system call"
        else:
            patience = self.random.uniform(0, min(1.2 * self.longest[arguments[0]], MOST_SECONDS))
            self.point = f"{patience:.4f} s"
        process = self.start(*command)
        try:
            said, _ = process.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            said, _ = process.communicate()
        if process.returncode == -signal.SIGKILL:
            self.counts["killed " + " ".join(arguments[:2 if arguments[0] != "collect" else 1])] += 1
            return True
        demand(process.returncode in (0, 3), f"{arguments} ended with {process.returncode}: {said}")
        self.longest[arguments[0]] *= 0.9
        return False

    # What is asked of it

    COLLECT = ("collect", "--regions", "us-west-1", "--per-second", "0")

    def lab_time(self, advance=None):
        order = json.dumps({"advance": advance}).encode() if advance else None
        with urllib.request.urlopen(urllib.request.Request(f"http://{Ear.lab}/_lab/clock", data=order)) as answer:
            return json.load(answer)["time"]

    def new_import(self):
        """Two days of somebody else's snapshots, which are over when the lab goes on."""
        self.imports += 1
        self.import_folder = f"snapshots-{self.imports}"
        from_day = self.lab_time(advance="48h")[:10]
        self.finish("archive", "generate", self.import_folder, "--pools", "150", "--snapshots", "288", "--seed",
                    str(self.imports), "--from", from_day)
        self.lab_time(advance="72h")

    def choose(self):
        draw = self.random.random()
        if draw < 0.15:
            return ("score", "initial", self.random.choice(list(self.scores)))
        if draw < 0.3:
            return ("archive", "compact")
        if self.import_folder is None and draw > 0.95:
            self.new_import()
        if self.import_folder is not None:
            return ("archive", "import", self.import_folder)
        return (*self.COLLECT, "--every", "10m")

    def prepare(self):
        self.finish(*self.COLLECT, good=(0, 3))
        demand(Ear.asked, "the first cycle asked for no score: then the ledger would go untried")
        for name, seed in ("some", "1"), ("others", "2"):
            self.finish("archive", "generate", name, "--pools", "4000", "--snapshots", "20", "--sps-rate", "0.5",
                        "--seed", seed, "--from", "2025-01-01")
            self.finish("score", "initial", name, good=(0, 3))
            self.scores[name] = self.saved_scores()
        self.longest["collect"] = MOST_SECONDS
        self.audit()

    def one(self):
        """One kill and all that is asked afterwards; false where there was nothing to kill."""
        action = self.choose()
        self.action = action
        was_killed = self.kill(*action)
        if was_killed:
            checked = json.loads(self.finish("archive", "check", "--output", "json"))
            demand(checked["lost"] == 0, "a file was given up")
        if action[:2] == ("archive", "import") and (not was_killed or self.random.random() < 0.3):
            self.finish(*action)
            verified = json.loads(self.finish("archive", "verify", self.import_folder, "--output", "json"))
            demand(verified["differences"] == [] and verified["not_imported"] == 0, f"verify: {verified}")
            shutil.rmtree(self.folder / self.import_folder)
            self.import_folder = None
        # The next start puts right what the death left; a collect would be later than what is to be imported.
        if self.import_folder is None:
            self.finish(*self.COLLECT, good=(0, 3))
        else:
            self.finish("archive", "compact")
        self.audit()
        return was_killed

    # What it promised

    def database(self):
        return sqlite3.connect(f"file:{self.home}/state.db?mode=ro", uri=True)

    def saved_scores(self):
        database = self.database()
        rows = database.execute("select * from initial_score order by position").fetchall()
        database.close()
        return rows

    def audit(self):
        database = self.database()
        promised = dict(database.execute("select started_ms, changes from cycle").fetchall())
        files = {path for path, in database.execute("select path from archive_file")}
        ledger = {tuple(row[:2]): row[2] for row in
                  database.execute("select credential, configuration, last_used_ms from quota_use")}
        planned = {row[0] for row in database.execute("select asked from source_outcome where source = 'sps'")}
        demand(database.execute("pragma integrity_check").fetchone() == ("ok",), "state.db is damaged")
        database.close()

        said = self.finish("query", "--output", "csv", """
            select epoch_ms(time) as at, count(*) as n, count(distinct (instance_type, region, az_id)) as pools,
                   bit_xor(hash(m)) as content
            from market m group by 1""")
        rows = {int(row["at"]): (int(row["n"]), row["content"], int(row["pools"]))
                for row in csv.DictReader(said.splitlines())}
        for at, (count, _, pools) in rows.items():
            demand(count == pools, f"{count - pools} rows of {at} are there twice")
            demand(promised.get(at) == count, f"{count} rows of {at} instead of {promised.get(at)}")
        for at, count in promised.items():
            demand(count == 0 or at in rows, f"the {count} rows of {at} are lost")
        for at, before in self.rows.items():
            demand(rows.get(at) == before, f"the rows of {at} have changed")

        archive = self.home / "archive"
        there = {path.relative_to(archive).as_posix() for path in archive.rglob("*") if path.is_file()}
        demand(there == files, f"below archive/, but not known or not there: {there ^ files}")
        others = {path.name for path in self.home.iterdir()} - {"archive", "lock", "state.db", "state.db-wal",
                                                                "state.db-shm"}
        demand(not others, f"left in the home: {others}")

        for use, last_used in self.ledger.items():
            demand(ledger.get(use, -1) >= last_used, f"the ledger forgot a use of {use}")
        known = {configuration for _, configuration in ledger}
        demand(Ear.asked <= known, f"asked, and not in the ledger: {Ear.asked - known}")
        demand(planned <= known, f"has an outcome, and is not in the ledger: {planned - known}")
        demand(self.saved_scores() in self.scores.values(), "initial scores are neither the old nor the new ones")
        self.rows, self.ledger = rows, ledger
        self.counts["audits"] += 1


def can_strace():
    try:
        return subprocess.run(["strace", "-f", "-qq", "-o", "/dev/null", "true"], capture_output=True).returncode == 0
    except OSError:
        return False


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after so long at the latest")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument("--keep", type=pathlib.Path, help="an empty or new folder to work in, and to keep")
    chosen = parser.parse_args()
    folder = chosen.keep or pathlib.Path(tempfile.mkdtemp(prefix="spotvane-kills-"))
    folder.mkdir(parents=True, exist_ok=True)
    soak = Soak(str(chosen.binary.resolve()), chosen.seed, folder)
    kills, end = 0, time.monotonic() + 60 * chosen.minutes
    try:
        soak.prepare()
        while kills < chosen.kills and time.monotonic() < end:
            struck = soak.one()
            kills += struck
            if struck and kills % 50 == 0:
                print(f"kills: {kills} so far", flush=True)
    except (Wrong, subprocess.TimeoutExpired) as error:
        print(f"kills: seed {chosen.seed}, kill {kills + 1}, {' '.join(soak.action)} killed at {soak.point}: {error}\n"
              f"hint: the home as it was found is {soak.home}", file=sys.stderr)
        return 1
    finally:
        soak.close()
    if not chosen.keep:
        shutil.rmtree(folder)
    print(f"kills: {kills}, no promise broken (seed {chosen.seed}): "
          + ", ".join(f"{count} {what}" for what, count in sorted(soak.counts.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
