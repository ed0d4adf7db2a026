"""Runs a program of PY-PITS for a job of spotvane's: its job manager or, on a worker, a task manager.

The programs are left as they are. What passes between them and the module is counted, and told.
"""
import importlib.machinery
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import types

NEEDED = {
    "jm": ["spits_job_manager_new", "spits_job_manager_next_task", "spits_committer_new",
           "spits_committer_commit_pit", "spits_committer_commit_job"],
    "tm": ["spits_worker_new", "spits_worker_run"],
}


class Trouble(Exception):
    """What the user can mend."""


def find_program(home, name):
    names = ["pypits-" + name, name + ".py"]
    if not home:
        found = shutil.which(names[0])
        if found:
            return found
        raise Trouble("there is no PY-PITS runtime: no '%s' in PATH (pip install pypits==0.0.4, or name the folder "
                      "it is in by 'pits.home' or --pits-home)" % names[0])
    for folder in ["", "bin", "runtime/pypits", "spitz-python"]:
        for one in names:
            path = os.path.join(home, folder, one)
            if os.path.isfile(path):
                return path
    raise Trouble("there is no PY-PITS runtime in '%s': neither bin/%s nor %s" % (home, names[0], names[1]))


def use_its_python(program):
    """Goes on in the Python that the program was installed for."""
    with open(program, "rb") as file:
        words = file.readline().decode("utf-8", "replace")[2:].split()
    beside = os.path.join(os.path.dirname(program), "python3")
    named = words[0] if words and os.path.basename(words[0]).startswith("python") else ""
    python = next((one for one in [beside, named] if os.path.isfile(one)), sys.executable)
    if python == sys.executable or os.environ.get("SPOTVANE_PITS_PYTHON"):
        return
    version = subprocess.check_output([python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]).decode()
    if [int(part) for part in version.split(".")] < [3, 6]:
        raise Trouble("PY-PITS's Python '%s' is %s: 3.6 or later is needed" % (python, version.strip()))
    os.environ["SPOTVANE_PITS_PYTHON"] = python
    os.execv(python, [python] + sys.argv)


def load_program(config, name):
    path = find_program(config["home"], name)
    use_its_python(path)
    check_module(config["module"], name)
    if not hasattr(time, "clock"):  # which Python 3.8 took away, and the release on PyPI asks for
        time.clock = time.perf_counter
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    loader = importlib.machinery.SourceFileLoader("spits_" + name, path)
    program = types.ModuleType(loader.name)
    program.__file__ = path
    try:
        loader.exec_module(program)
    except ImportError as error:
        raise Trouble("PY-PITS's '%s' cannot be loaded by '%s': %s" % (path, sys.executable, error))
    return program


def check_module(path, name):
    import ctypes
    try:
        module = ctypes.CDLL(os.path.realpath(path))
    except OSError as error:
        raise Trouble("the module '%s' cannot be loaded: %s" % (path, error))
    for function in NEEDED[name]:
        if not hasattr(module, function):
            raise Trouble("'%s' is no SPITS module: it has no function '%s'" % (path, function))


def main_of(role):
    sys.dont_write_bytecode = True
    with open(sys.argv[1]) as given:
        sys.exit(role(json.load(given)))


def run_program(program, config, options):
    program.main([program.__file__] + options + [config["module"]] + config["arguments"])


