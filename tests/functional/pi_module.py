"""The example module examples/pi, and where the PY-PITS runtime is."""
import os
import pathlib
import sys

import numpy
import pytest

MODULE = pathlib.Path(os.environ.get("PI_MODULE", "pi.so"))
RUNTIME = pathlib.Path(sys.prefix)

needs_pits = [
    pytest.mark.skipif(not MODULE.is_file(), reason="PI_MODULE names no module"),
    pytest.mark.skipif(not (RUNTIME / "bin" / "pypits-jm").exists(), reason="no pypits: run tools/setup test"),
]


def exact(tasks, steps):
    """What the module must come to, to the last digit: the same sums in the same order."""
    width = 1.0 / (tasks * steps)
    pi = 0.0
    for task in range(tasks):
        x = (numpy.arange(task * steps, (task + 1) * steps) + 0.5) * width
        pi += numpy.cumsum(4.0 / (1.0 + x * x))[-1] * width  # one after the other, unlike numpy.sum
    return f"{pi:.17g}"
