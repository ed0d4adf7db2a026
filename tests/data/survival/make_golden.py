"""Writes lifelines.json, beside this file: waits and what lifelines makes of them.

It wants a pandas older than the other tests do, so it is not among their requirements:
    python3 -m venv v && v/bin/pip install lifelines==VERSION && v/bin/python make_golden.py
"""
import json
import math
import pathlib
import random

import lifelines


def case(seed):
    draw = random.Random(seed)
    waits = []
    for _ in range(draw.choice([1, 2, 10, 40])):
        horizon = draw.choice([300, 600, draw.randint(60, 250)])
        wait = round(draw.lognormvariate(draw.choice([4, 5, 6]), 0.8), draw.choice([0, 3]))
        waits.append([min(wait, horizon), wait <= horizon])
    fitted = lifelines.KaplanMeierFitter().fit(*zip(*waits))
    # What a product of fractions should be exactly, it may be but nearly.
    quantiles = {f"p{share}": fitted.percentile((100 - share) / 100 + 1e-9) for share in (50, 90, 99)}
    return {"waits": waits,
            "waiting": [[at, share] for at, share in fitted.survival_function_["KM_estimate"].items() if at > 0],
            "quantiles": {name: None if math.isinf(at) else at for name, at in quantiles.items()}}


golden = {"lifelines": lifelines.__version__, "cases": [case(seed) for seed in range(12)]}
pathlib.Path(__file__).with_name("lifelines.json").write_text(json.dumps(golden) + "\n")
