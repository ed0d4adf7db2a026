"""The founding program's simulation as its algorithm was, in plain Python: the reference for ours, and for its speed.

Every price is found by going through the whole log, as there. `Log(path, indexed=True)` finds it by bisection instead, which
the founding program did not do.
"""
import bisect
import csv
import random
from datetime import datetime, timedelta

STAMP = "%Y-%m-%dT%H:%M:%S.%fZ"


class Log:
    """Rows of timestamp, az, instance_type, price with tabs between."""

    def __init__(self, path, indexed=False):
        with open(path) as file:
            self.rows = list(csv.DictReader(file, delimiter="\t"))
        self.zones = sorted({row["az"] for row in self.rows})
        self.series = None
        if indexed:
            self.series = {}
            for row in self.rows:
                self.series.setdefault((row["instance_type"], row["az"]), []).append(
                    (datetime.strptime(row["timestamp"], STAMP), float(row["price"])))
            for rows in self.series.values():
                rows.sort()

    def price(self, kind, zone, now):
        if self.series is not None:
            rows = self.series.get((kind, zone), [])
            place = bisect.bisect_right(rows, (now, float("inf")))
            return rows[place - 1][1] if place else -1
        latest, price = datetime(2015, 1, 1), -1
        for row in self.rows:
            if row["instance_type"] == kind and row["az"] == zone:
                time = datetime.strptime(row["timestamp"], STAMP)
                if latest <= time <= now:
                    latest, price = time, float(row["price"])
        return price


def simulate(log, rates, budget, tasks, nodes, step_minutes, start, manager_usd=0.68, volume_usd=0.09375, noise=0.1,
             failure_create=0.0, failure_exec=0.0, seed=1, most_steps=None):
    """One job. `rates`: type -> (tasks a second, deviation). At most `most_steps` steps, where the loop's speed is all."""
    draw = random.Random(seed)
    now = datetime.strptime(start, STAMP)
    running, spent, done, minutes, steps = [], 0.0, 0.0, 0.0, 0
    while done < tasks and (most_steps is None or steps < most_steps):
        steps += 1
        bias = (len(running) - 1) / 1000
        cost, work = 0.0, 0.0
        kept = []
        for kind, zone in running:
            price = log.price(kind, zone, now) + volume_usd
            cost += price * step_minutes / 60
            if draw.random() < failure_exec:
                continue
            kept.append((kind, zone))
            work += rates[kind][0] * draw.uniform(1 - noise - bias, 1 + noise - bias) * step_minutes * 60
        running = kept
        share = min(1.0, (tasks - done) / work) if work else 1.0
        if minutes:  # the founding loop counted a step before anything ran; there is none to count
            spent += (cost + manager_usd * step_minutes / 60) * share
        done += work
        if done >= tasks:
            minutes += (share - 1) * step_minutes
            break
        target = (tasks - done) / (budget - spent)
        running = [(kind, zone) for kind, zone in running
                   if (rates[kind][0] - rates[kind][1]) / ((log.price(kind, zone, now) + volume_usd) / 3600) >= target]
        if len(running) < nodes:
            found = []
            for kind, (rate, deviation) in rates.items():
                for zone in log.zones:
                    price = log.price(kind, zone, now) + volume_usd
                    if price > 0 and (rate - deviation) / (price / 3600) > target:
                        found.append((rate, kind, zone))
            found.sort(key=lambda one: one[0], reverse=True)
            if not found:
                break
            k = 0
            while len(running) < nodes:
                for _ in range(max(1, nodes // 5)):
                    if draw.random() >= failure_create:
                        running.append(found[k][1:])
                    if len(running) >= nodes:
                        break
                k = (k + 1) % len(found)
        now += timedelta(minutes=step_minutes)
        minutes += step_minutes
    return {"cost": spent, "hours": minutes / 60, "done": done, "steps": steps}
