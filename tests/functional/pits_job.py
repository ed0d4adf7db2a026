"""Jobs of the example module examples/pi under PY-PITS, for a lab whose instances are processes."""
import socket

JOB = """
name = "{name}"
engine = "pypits"
tasks = {tasks}
nodes = {nodes}
budget_usd = {budget}
interval = "1m"
grace = "10h"
region = "us-east-1"
policy = "spot-greedy"
{more}
[performance]
{performance}
[pits]
module = "{module}"
arguments = [{tasks}, {steps}, "result"]
result = "result"
workers = 1
backoff = {backoff}
beat = {beat}
[worker]
on_demand = false
[reports]
cloudwatch = false
port = {port}
"""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def write_job(path, module, *, tasks, steps, nodes, budget, rates, backoff, beat, port, more=""):
    """A job's file; `rates` are tasks a second by type."""
    performance = "\n".join(f'"{type}" = {rate}' for type, rate in rates.items())
    path.write_text(JOB.format(name=path.stem, module=module, tasks=tasks, steps=steps, nodes=nodes, budget=budget,
                               performance=performance, backoff=backoff, beat=beat, port=port, more=more))
    return path
