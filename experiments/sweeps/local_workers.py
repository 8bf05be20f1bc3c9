"""Workers on this machine: a pool of processes that outlives the death of its workers.

The parent needs no model: it starts its workers at once, and they load it side by side.
"""

import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.processes import interrupts_held, leave_at_once, leave_with_parent
from experiments.sweeps.chunk import Receipt, is_saved, saved
from experiments.sweeps.planned_runs import Job

if TYPE_CHECKING:
    from experiments.sweeps.sweep_work import Worker

#: Most runs in a chunk: what a kill can cost, against files to open later.
MOST_IN_CHUNK = 25

#: Jobs handed in per worker: one that runs and one that waits.
AHEAD = 2

#: Longest wait before a request to stop is noticed, seconds.
PATIENCE = 0.2

DIED = "The worker process died twice in this run (killed, or out of memory)."


@dataclass
class Workers:
    """A pool that runs jobs and saves their chunks.

    Attributes:
        folder: Where chunks go.
        count: Processes.
        stopping: Set to stop after the runs at hand.
        events: What happened besides, in words.
        most_in_chunk: Most runs in a job.
    """

    folder: Path
    count: int
    stopping: threading.Event
    events: list[str] = field(default_factory=list)
    most_in_chunk: int = MOST_IN_CHUNK
    _ready: "_Pool | None" = None

    def begin(self, least: int) -> None:
        """Start processes, no more than there are jobs: each loads the model, for seconds."""
        self._ready = self._started(self.count)
        with interrupts_held():
            for _ in range(min(self.count, least)):
                self._ready.executor.submit(_loaded)

    def end(self) -> None:
        """Send processes away that nothing was given to."""
        if self._ready is not None:
            self._ready.executor.shutdown(wait=True, cancel_futures=True)
            self._ready = None

    def _started(self, count: int) -> "_Pool":
        context = get_context("spawn")
        stop = context.RawValue("b", 0)  # no lock that a killed worker could keep
        arguments = (stop, str(self.folder))
        return _Pool(ProcessPoolExecutor(count, context, _begin, arguments), stop)

    def run(self, jobs: Iterator[Job]) -> Iterator[Receipt]:
        """Run jobs and yield a receipt for each as it is saved.

        Raises:
            CannotSaveError: A chunk could not be written.
        """
        while True:
            lost: list[Job] = []
            try:
                pool, self._ready = self._ready or self._started(self.count), None
                yield from self._run_on(pool, jobs, AHEAD * self.count, lost)
            except BrokenProcessPool:
                suspects = [single for job in lost for single in singles(job)]
                self.events.append(
                    f"A worker process died; {len(suspects)} run(s) are tried again, one by one."
                )
                yield from self._one_by_one(suspects)
                continue
            return

    def _run_on(
        self, pool: "_Pool", jobs: Iterator[Job], ahead: int, lost: list[Job]
    ) -> Iterator[Receipt]:
        """Run jobs on a pool, so many handed in; if it breaks, ``lost`` holds those in it."""
        pending: dict[Future, Job] = {}
        try:
            while True:
                while len(pending) < ahead and not self.stopping.is_set():
                    job = next(jobs, None)
                    if job is None:
                        break
                    try:
                        with interrupts_held():
                            pending[pool.executor.submit(_work, job)] = job
                    except BrokenProcessPool:
                        lost.append(job)
                        raise
                if not pending:
                    return
                finished, _ = wait(pending, PATIENCE, FIRST_COMPLETED)
                if self.stopping.is_set():
                    pool.stop.value = 1
                for future in sorted(finished, key=_is_lost):
                    receipt = future.result()
                    del pending[future]
                    yield receipt
        except BrokenProcessPool:
            broken = list(pending.values())
            pool.executor.shutdown(wait=True)
            # A worker may have died after it saved a job and before it said so.
            lost += [job for job in broken if not is_saved(self.folder, job.runs)]
            raise
        finally:
            pool.stop.value = 1
            pool.executor.shutdown(wait=True, cancel_futures=True)

    def _one_by_one(self, suspects: list[Job]) -> Iterator[Receipt]:
        """Run suspects with one at a time in the pool, so that a run that kills is known by it."""
        waiting = iter(suspects)
        while not self.stopping.is_set():
            lost: list[Job] = []
            try:
                yield from self._run_on(self._started(1), waiting, 1, lost)
            except BrokenProcessPool:
                from experiments.sweeps.sweep_work import died

                for job in lost:
                    self.events.append(f"Run {job.inputs[0].run} killed its worker again.")
                    yield saved(died(job, DIED), self.folder)
                continue
            return


@dataclass(frozen=True)
class _Pool:
    """Processes, and the shared byte that asks them to stop."""

    executor: ProcessPoolExecutor
    stop: Any


def singles(job: Job) -> list[Job]:
    """Return a job's runs as jobs of one run each."""
    return [replace(job, inputs=(one,)) for one in job.inputs]


def _is_lost(future: Future) -> bool:
    return isinstance(future.exception(), BrokenProcessPool)


# --- in the worker processes


_worker: "Worker"
_stop: Any
_folder: Path


def _begin(stop, folder: str) -> None:
    """Prepare a worker process: it leaves when its parent is gone, however that went."""
    from experiments.sweeps.sweep_work import Worker

    global _worker, _stop, _folder
    _worker, _stop, _folder = Worker(), stop, Path(folder)
    leave_with_parent()
    leave_at_once()


def _loaded() -> None:
    """Answer, which a worker does when it has begun."""


def _work(job: Job) -> Receipt:
    return saved(_worker.work(job, lambda: bool(_stop.value)), _folder)
