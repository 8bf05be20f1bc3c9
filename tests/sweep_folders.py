"""A small sweep for tests: its design, the command that runs it, and how two of them compare."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from experiments.evaluations import NO_EVALUATIONS
from experiments.runner import TaskResult
from experiments.sweeps.chunk import chunks, saved
from experiments.sweeps.planned_runs import Common
from experiments.sweeps.result_tables import OUTCOMES
from experiments.sweeps.store import open_store
from experiments.sweeps.sweep_work import Worker

ROOT = Path(__file__).resolve().parent.parent
DRIVER = ROOT / "tests" / "faults" / "driver.py"

#: Eight runs, about a quarter of a second each.
DESIGN = """\
baseline: fee_for_service_open
policies: [bundle_weight_classes]
share: 0.002
years: 3
seeds: 6
draws: 2
"""
RUNS = 8


class Here:
    """Workers in this process; with ``most``, no more jobs than that."""

    count, most_in_chunk = 1, 25

    def __init__(self, folder, most=None):
        self.folder, self.most, self.events, self.jobs = folder, most, [], 0
        self.begun = False

    def begin(self, least):
        self.begun = True

    def end(self):
        pass

    def run(self, jobs):
        worker = Worker()
        for job in jobs:
            if self.jobs == self.most:
                return
            self.jobs += 1
            yield saved(worker.work(job), self.folder)


@dataclass(frozen=True)
class ToyCommon(Common):
    """Runs without worlds; whoever makes the one of seed 2 first is killed in the middle of it."""

    mark: str = ""

    def result(self, run, told, kept):
        if run.seed == 2 and not Path(self.mark).exists():
            Path(self.mark).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return TaskResult(pd.DataFrame(columns=OUTCOMES.names), NO_EVALUATIONS)


def here(folder, workers=None):
    """Take the place of ``experiments.sweeps.sweep.local``."""
    return lambda stopping: Here(folder)


def command(design: Path, out: Path, *options: str) -> list[str]:
    return [sys.executable, "-W", "ignore", str(DRIVER), "sweep", str(design), "--out", str(out),
            *options]  # fmt: skip


def start(design: Path, out: Path, *options: str, **environment: str) -> subprocess.Popen:
    """Start a sweep in a process (group) of its own, with what should go wrong in it."""
    env = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    return subprocess.Popen(
        command(design, out, *options), env=env, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def finish(process: subprocess.Popen, seconds: float = 900.0) -> tuple[int, str]:
    """Wait for a sweep and return its exit code and all it said, as one line."""
    try:
        said, error = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    return process.returncode, " ".join((said + error).split())


def run(design: Path, out: Path, *options: str, **environment: str) -> tuple[int, str]:
    return finish(start(design, out, *options, **environment))


def wait_for_chunks(out: Path, count: int, process: subprocess.Popen) -> None:
    """Wait until so many chunks are saved."""
    end = time.monotonic() + 900.0
    while len(chunks(out)) < count:
        assert process.poll() is None, finish(process)
        assert time.monotonic() < end, "no chunk came"
        time.sleep(0.02)


def wait_until_gone(pids: list[int], seconds: float = 20.0) -> list[int]:
    """Return which processes are still there after a while."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pids = [pid for pid in pids if is_running(pid)]
        if not pids:
            return []
        time.sleep(0.1)
    return pids


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def children(pid: int) -> list[int]:
    """Return the worker processes of a sweep (not multiprocessing's own helper)."""
    out = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            line = (stat.parent / "cmdline").read_text()
        except (OSError, ValueError):
            continue
        if parent == pid and "spawn_main" in line:
            out.append(int(stat.parent.name))
    return out


def tables(out: Path) -> dict[str, pd.DataFrame]:
    """Return all that must not depend on how a sweep was run."""
    store = open_store(out)
    return {
        "runs": store.runs().drop(columns=["seconds", "attempt"]),
        "outcomes": store.outcomes(split=None),
        "evaluations": store.evaluations(),
    }


def assert_same(ours: dict[str, pd.DataFrame], theirs: dict[str, pd.DataFrame]) -> None:
    """Fail unless all tables are the same to the last bit, and in the same order."""
    for name, table in theirs.items():
        pd.testing.assert_frame_equal(ours[name], table, check_exact=True, obj=name)
        assert ours[name].to_csv() == table.to_csv()
