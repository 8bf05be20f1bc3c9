"""A server on which every state of a page can be had at will: the stories of the dashboard.

It is the program itself with an engine and a queue that do nothing but stand still. The
bundle price decides the story, so a link is all that is needed: on
``/outcomes?l.bundle_price_factor=0.88`` a click on Run shows a run that has failed.
"""

import base64

from dashboards import service, side_service
from dashboards.failures import Reason
from dashboards.run import Busy, Run, State
from dashboards.side_jobs import SideJob

PRICE = "bundle_price_factor"
PROGRAM = "import stories; stories.main()"

#: Stories of a run on Outcomes and Certainty, by price.
RUNS = {
    0.80: "running",
    0.82: "long",
    0.84: "partial",
    0.86: "stopped",
    0.88: "failed",
    0.90: "busy",
    0.92: "too_fast",
    0.94: "done",
}
#: Stories of a side job.
JOBS = {
    0.80: "waiting",
    0.82: "running",
    0.84: "stopped",
    0.86: "full",
    0.88: "done",
    0.90: "starting",
} | {round(1.02 + 0.02 * k, 2): reason for k, reason in enumerate(Reason)}


def price(settings) -> float:
    return round(dict(settings).get(PRICE, 1.0), 2)


def result_of(ask) -> dict:
    """Return the stored result of a scenario as if it were of these settings."""
    data = dict(service.stored_data(ask.scenario))
    data["design"] = {**data["design"], "settings": dict(ask.settings)}
    return data


class StillEngine:
    """Answers every request with the story that its price asks for, and never does anything."""

    active = 3

    def __init__(self):
        self.runs: dict = {}

    def request(self, ask, visitor):
        story = RUNS.get(price(ask.settings), "done")
        if story in ("busy", "too_fast"):
            return Busy(20, 42.0, own=story == "too_fast")
        run = self.runs[ask] = Run(ask, "0" * 64, {visitor})
        run.parts = {k: b"" for k in range(min(6, ask.total - 1))}
        run.seconds_left = 38.0 if story == "long" else 6.0
        if story == "partial":
            run.partial = {**result_of(ask), "design": {**result_of(ask)["design"], "draws": 0}}
        if story == "failed":
            run.state, run.error = State.FAILED, "3f9a21bc"
        if story == "done":
            run.state, run.result = State.DONE, result_of(ask)
        return run

    def kept(self, ask):
        if price(ask.settings) == 0.96:
            raise RuntimeError("a page fails")
        run = self.runs.get(ask)
        return None if run is None else run.result

    def run_of(self, ask):
        return self.runs.get(ask)

    def cancel(self, visitor):
        for run in self.runs.values():
            if run.state is State.RUNNING:
                run.state = State.STOPPED

    def explain(self, scenario, settings):
        from concurrent.futures import Future

        future: Future = Future()
        now = price(settings)
        if now < 0.9:
            future.set_result(service.contract(scenario))
        elif now < 1.0:
            future.set_exception(ValueError("no price") if now < 0.96 else KeyError("x"))
        # above one it waits for ever
        return future

    def once(self, work, *args):
        from concurrent.futures import Future

        return Future()

    def warm_up(self):
        pass

    prepare = close = closing = lambda self, *args: None


class StillJobs:
    """A queue in which every job stands still in the state of its story."""

    def __init__(self):
        self.jobs: dict = {}

    def key(self, kind, asked):
        settings = asked.get("settings", {})
        what = [asked.get(name, "") for name in ("scenario", "language", "name", "link")]
        return "-".join([kind, str(price(settings)), *what])

    def find(self, kind, asked):
        return self.jobs.get(self.key(kind, asked))

    def request(self, kind, asked, visitor):
        story = JOBS.get(price(asked.get("settings", {})), "done")
        if story == "full":
            return None
        job = SideJob("3f9a21bc" * 8, kind, asked, visitors={visitor}, done=3, total=9)
        job.state = story if story in ("waiting", "running", "stopped", "done") else "failed"
        job.seconds_left = 200.0 if story == "running" else None
        if story == "starting":
            job.state, job.done, job.total = "running", 0, 0
        if job.state == "failed":
            job.reason, job.error = Reason(story), "3f9a21bc"
        if job.state == "done" or (kind == "sweep" and story in ("running", "stopped")):
            job.result = made(kind, asked, job.state)
        self.jobs[self.key(kind, asked)] = job
        return job

    def place(self, job):
        return 2 if job.state == "waiting" else 0

    def pace(self, kind):
        return None

    def stop(self, job, visitor):
        job.state = "stopped"

    def drop(self, job, visitor):
        self.jobs = {key: one for key, one in self.jobs.items() if one is not job}

    leave = close = lambda self, *args: None


def made(kind, asked, state):
    """Return what such a job makes, from what is stored."""
    if kind in ("oversight", "follow"):
        return side_service.stored("bundle_flat", kind)
    if kind == "sweep":
        return sweep_result(asked, state == "done")
    if kind == "report":
        html = base64.b64encode(b"<!doctype html><title>x</title>").decode()
        return {"files": {"html": html, "pdf": html, "docx": html}, "name": "zorgbundel"}
    if kind == "own":
        return {"problem": {"code": "key", "line": 3, "place": "pirce", "near": "price"}}
    return None


def sweep_result(asked, whole):
    from dashboards.sweeping import values_between

    xs, ys = (values_between(low, high, int(asked["points"])) for _, low, high in asked["levers"])
    points = []
    for k, x in enumerate(xs):
        for m, y in enumerate(ys):
            mean = 4e6 * (k + 0.6 * m - 0.7 * len(xs))
            hits = max(0, min(6, 3 - round(mean / 2e6)))
            points.append([x, y, mean, mean - 1e6, mean + 1e6, mean - 3e6, mean + 3e6, hits, 6])
    return {"asked": dict(asked), "points": points if whole else points[:11],
            "failed": 1 if whole else 0}  # fmt: skip


def main():
    engine, jobs = StillEngine(), StillJobs()
    service.engine = lambda: engine
    side_service.jobs = lambda: jobs
    stored = side_service.stored
    # What is stored of one scenario is left out, so that its pages have something to wait for.
    side_service.stored = lambda name, what: (
        None if name == "bundle_corridor" else stored(name, what)
    )
    about = service.about
    service.about = lambda name: None if name == "bundle_negotiated" else about(name)
    from experiments.cli import main as program

    program()
