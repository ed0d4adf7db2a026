"""What it costs a job's manager to look after 5,000 workers: CPU of one tick, and memory.

usage: jobs.py SPOTVANE [WORKERS]

A lab has the workers; a tick is one look and one decision, five minutes of the lab's time apart.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import urllib.request

TICKS = 8
TYPES = ["c5.large", "c5.xlarge", "m5.large", "m5.xlarge", "r5.large", "r5.xlarge", "c6i.large", "m6i.large"]


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_mb(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0


def main():
    binary, workers = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5000
    with tempfile.TemporaryDirectory() as folder:
        lab = subprocess.Popen([binary, "lab", "--port", "0", "--speed", "60", "--quiet"],
                               stdout=subprocess.PIPE, text=True)
        address = lab.stdout.readline().split()[-1]
        # Thousands in eight types' pools, of which there are not that many.
        urllib.request.urlopen(urllib.request.Request(address + "/_lab/faults", b'{"instances": {"capacity_factor": 100}}', method="POST"))
        # And of a program that scales: by default each worker slows the others down by a thousandth.
        urllib.request.urlopen(urllib.request.Request(address + "/_lab/workload", b'{"scaling_penalty": 0}', method="POST"))
        home = pathlib.Path(folder)
        rates = "\n".join(f'"{name}" = {0.1 * (4 if "xlarge" in name else 2)}' for name in TYPES)
        (home / "many.toml").write_text(
            f'name = "many"\ntasks = 1000000000\nnodes = {workers}\ninterval = "5m"\nlook = "5m"\n'
            f'policy = "lp-budget"\nbudget_usd = 100000000\nscaling_penalty = 0\n[performance]\n{rates}\n')
        environment = {**os.environ, "SPOTVANE_HOME": str(home), "AWS_ENDPOINT_URL": address,
                       "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}
        job = subprocess.Popen([binary, "job", "run", str(home / "many.toml")], env=environment,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        marks = []
        running = 0
        for line in job.stderr:
            if " tasks  $" not in line:
                continue
            pools = line.split("tasks  $", 1)[1].split("  ")
            running = sum(int(part.split()[0]) for part in pools if part.split()[0].isdigit())
            marks.append((cpu_seconds(job.pid), running))
            if len([one for one in marks if one[1] >= 0.9 * workers]) > TICKS or len(marks) > 60:
                break
        full = [cpu for cpu, count in marks if count >= 0.9 * workers]
        ticks = [1000 * (after - before) for before, after in zip(full, full[1:])]
        print(json.dumps({"workers": running, "ticks": len(ticks),
                          "cpu_ms_a_tick": round(statistics.median(ticks), 1) if ticks else None,
                          "cpu_ms": [round(tick, 1) for tick in ticks],
                          "peak_mb": round(peak_mb(job.pid))}))
        job.kill()
        lab.terminate()
        lab.wait()


main()
