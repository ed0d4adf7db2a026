"""What a program costs as a whole process."""
import collections
import os
import subprocess
import sys
import time

Run = collections.namedtuple("Run", "seconds cpu memory output")  # wall and CPU seconds, peak memory in MB


def run(command, environment=None, accepted=(0,)):
    """Runs it, without what it says on stderr; ends the benchmark where it fails."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in accepted:
        sys.exit(f"{' '.join(map(str, command))} ended with {process.returncode}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output)
