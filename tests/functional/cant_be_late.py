"""The simulator of "Can't Be Late" (NSDI'24) once more, slow and plain: what ours is held beside."""
import math

HOUR = 3600


class Job:
    def __init__(self, available, gap, work_h, deadline_h, overhead_h):
        self.available, self.gap = available, gap
        self.work, self.deadline, self.overhead = work_h * HOUR, deadline_h * HOUR, overhead_h * HOUR
        self.current, self.overhead_left, self.done = None, 0.0, 0.0
        self.billed = {"SPOT": 0, "OD": 0}
        self.launches = 0

    def floor(self, seconds):
        return math.floor(seconds / self.gap) * self.gap

    def ceil(self, seconds):
        return math.ceil(seconds / self.gap) * self.gap

    def needs(self, changeovers):
        return self.ceil(self.work - self.done + changeovers * self.overhead)

    def run(self, policy):
        for tick, has_spot in enumerate(self.available):
            if self.done >= self.work - 1e-3:
                break
            if self.current == "SPOT" and not has_spot:
                self.current = None
            elapsed = tick * self.gap
            left = self.floor(self.deadline - elapsed)
            wanted = policy(self, has_spot, elapsed, left)
            if self.needs(1) >= left:
                wanted = "SPOT" if self.current == "SPOT" and self.overhead_left <= 0 else "OD"
            if wanted and wanted != self.current:
                self.overhead_left = self.overhead
                self.launches += 1
            self.current = wanted
            if wanted:
                work = max(self.gap - self.overhead_left, 0)
                self.overhead_left -= self.gap - work
                self.done += work
                self.billed[wanted] += 1
        return self

    def cost(self, spot_price, on_demand_price):
        return (self.billed["SPOT"] * spot_price + self.billed["OD"] * on_demand_price) * self.gap / HOUR


def on_demand(job, has_spot, elapsed, left):
    return "OD"


def greedy(job, has_spot, elapsed, left):
    if job.needs(2) >= left:
        return "SPOT" if job.current == "SPOT" else "OD"
    return "SPOT" if has_spot else None


def uniform_progress(hysteresis):
    def policy(job, has_spot, elapsed, left):
        pace = job.work / job.deadline
        wanted = "SPOT" if has_spot else None
        if job.done - elapsed * pace < 0:
            wanted = "SPOT" if has_spot else "OD"
        ahead = (elapsed + 2 * job.overhead) * pace - job.done >= 0
        if job.current == "OD" and (not has_spot or (hysteresis and ahead)):
            wanted = "OD"
        if job.needs(2) >= left and job.current != "SPOT":
            wanted = "OD"
        return wanted
    return policy


POLICIES = {
    "on-demand": on_demand,
    "greedy": greedy,
    "uniform-progress": uniform_progress(True),
    "uniform-progress-no-hysteresis": uniform_progress(False),
}
