"""A plan for a sweep too large for one machine: how long, how much work, how much disk.

The trace of a scheduler is simulated event by event: one parent hands out chunks and saves what
comes back, one after the other; workers take the chunk that was handed out first. Seconds per run
and per chunk saved are measured; what the scheduler needs per task, and workers to start, is
assumed.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.sweeps.local_workers import AHEAD

#: Scheduler's own work per task, seconds: an assumption.
TASK_SECONDS = 0.001

#: Seconds before a worker begins (Python, libraries, compiled code): an assumption.
START_SECONDS = 15.0


@dataclass(frozen=True)
class Trace:
    """What a simulated sweep comes to.

    Attributes:
        cores: Worker processes.
        seconds: From start to the last chunk saved.
        busy: Share of the cores' time spent on runs.
        parent_busy: Share of the parent's time spent on handing out and saving.
    """

    cores: int
    seconds: float
    busy: float
    parent_busy: float


def trace(
    runs: int,
    cores: int,
    run_seconds: Sequence[float],
    save_seconds: float,
    chunk: int,
    task_seconds: float = TASK_SECONDS,
    start_seconds: float = START_SECONDS,
    seed: int = 1,
) -> Trace:
    """Simulate a sweep on a cluster.

    Args:
        runs: Number of runs.
        cores: Worker processes.
        run_seconds: Measured seconds of some runs; every run takes one of these, by lot.
        save_seconds: Seconds in which the parent saves a chunk.
        chunk: Runs in a chunk.
        task_seconds: Seconds of scheduling per chunk.
        start_seconds: Seconds before workers begin.
        seed: Seed of the lot.
    """
    rng = np.random.default_rng(seed)
    sizes = [chunk] * (runs // chunk) + ([runs % chunk] if runs % chunk else [])
    times = np.asarray(run_seconds, dtype=float)
    free = [start_seconds] * cores  # when each worker is free, a heap
    out: list[float] = []  # when each chunk that is out comes back, a heap
    parent, parent_work, work, waiting = 0.0, 0.0, 0.0, 0
    for size in sizes:
        if waiting == AHEAD * cores:  # a chunk has to come back and be saved first
            parent = max(parent, heapq.heappop(out)) + save_seconds
            parent_work += save_seconds
            waiting -= 1
        parent += task_seconds
        parent_work += task_seconds
        took = float(rng.choice(times, size).sum())
        back = max(heapq.heappop(free), parent) + took
        heapq.heappush(free, back)
        heapq.heappush(out, back)
        waiting += 1
        work += took
    while out:
        parent = max(parent, heapq.heappop(out)) + save_seconds
        parent_work += save_seconds
    return Trace(cores, parent, work / (cores * parent), parent_work / parent)
