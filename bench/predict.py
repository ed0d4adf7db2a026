"""How near `job predict` comes to what the job then takes and costs in a lab, and our bill to the lab's.

usage: predict.py SPOTVANE [SEEDS] [TASKS] [NODES]

Each seed is a lab's market of its own, in step time. The same file is predicted, then run. `late` and `dear` are the
run's time and cost over the prediction's, less one; `bill` is our cost less the lab's own, in dollars.
"""
import datetime
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.request

TYPES = ["c5.large", "c6i.large", "m5.large", "c5.xlarge"]


def get(address, path):
    return json.load(urllib.request.urlopen(address + path))


def job_text(address, tasks, nodes):
    rates = get(address, "/_lab/workload")["tasks_per_second"]
    # A worker's minutes differ by up to 10 % each way, evenly.
    rows = "\n".join(f'"{name}" = [{rates[name]}, {0.1 * rates[name] / 3 ** 0.5}]' for name in TYPES)
    return (f'name = "predicted"\ntasks = {tasks}\nnodes = {nodes}\nbudget_usd = {tasks / 2500}\n'
            f'interval = "5m"\nlook = "20s"\nregion = "us-east-1"\n[performance]\n{rows}\n')


def one(binary, seed, tasks, nodes):
    lab = subprocess.Popen([binary, "lab", "--port", "0", "--speed", "step", "--seed", str(seed), "--quiet"],
                           stdout=subprocess.PIPE, text=True)
    address = lab.stdout.readline().split()[-1]
    with tempfile.TemporaryDirectory() as folder:
        home = pathlib.Path(folder)
        (home / "job.toml").write_text(job_text(address, tasks, nodes))
        environment = {**os.environ, "SPOTVANE_HOME": folder, "AWS_ENDPOINT_URL": address,
                       "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}

        def spotvane(*words):
            done = subprocess.run([binary, *words, str(home / "job.toml"), "--output", "json"], env=environment,
                                  capture_output=True, text=True)
            if done.returncode != 0:
                sys.exit(f"seed {seed}: {' '.join(words)}: {done.stderr[-2000:]}")
            return json.loads(done.stdout)

        predicted = spotvane("job", "predict")
        was = spotvane("job", "run", "--lab-steps")
        audit = get(address, "/_lab/audit")["accounts"]["123456789012"]
    lab.terminate()
    lab.wait()
    begun, ended = (datetime.datetime.fromisoformat(was[key].replace("Z", "+00:00")) for key in ("begun", "ended"))
    hours = (ended - begun).total_seconds() / 3600
    return {"seed": seed, "state": was["state"], "hours": round(hours, 3), "predicted_hours": round(predicted["hours"], 3),
            "late": round(hours / predicted["hours"] - 1, 4),
            "cost_usd": round(was["cost_usd"], 4), "predicted_usd": round(predicted["cost_usd"], 4),
            "dear": round(was["cost_usd"] / predicted["cost_usd"] - 1, 4),
            "workers": was["workers"], "interruptions": was["interruptions"],
            "bill": round(was["cost_usd"] - audit["bill_usd"], 5)}


def main():
    binary = sys.argv[1]
    seeds, tasks, nodes = ([int(word) for word in sys.argv[2:]] + [20, 20_000, 8][len(sys.argv) - 2:])[:3]
    rows = []
    for seed in range(1, seeds + 1):
        rows.append(one(binary, seed, tasks, nodes))
        print(json.dumps(rows[-1]), flush=True)
    print(json.dumps({"seeds": seeds, "tasks": tasks, "nodes": nodes,
                      "worst_late": max((row["late"] for row in rows), key=abs),
                      "worst_dear": max((row["dear"] for row in rows), key=abs),
                      "within_tenth": sum(max(abs(row["late"]), abs(row["dear"])) <= 0.1 for row in rows),
                      "worst_bill_usd": max((row["bill"] for row in rows), key=abs)}))


main()
