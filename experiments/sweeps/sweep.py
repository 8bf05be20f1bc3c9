"""A sweep: start, resume or expand the runs of a design in a folder; the same call does all three.

The parent plans, hands out jobs and counts. It never holds outcomes, only the name of every run and
how it went: about 0.5 kB of memory per run, half a gigabyte for a million.
"""

import importlib.metadata
import platform
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from experiments.output import OutputError
from experiments.posteriors.draws import source_hash
from experiments.processes import worker_count
from experiments.sweeps.chunk import CannotSaveError, Receipt
from experiments.sweeps.design import SweepDesign
from experiments.sweeps.planned_runs import (
    Common,
    Job,
    RunInput,
    common,
    planner_version,
)
from experiments.sweeps.store import finished
from experiments.sweeps.sweep_folder import (
    Repairs,
    is_planned,
    locked,
    planned_names,
    repair,
    write_plan,
)
from experiments.versions import PACKAGES, version
from model.parameters import Registry
from scenarios.schema import Scenario

#: Chunks for every worker in what is left: they get smaller towards the end, so that no worker has
#: much to do when the others have finished.
CHUNKS_EACH = 4


class Runner(Protocol):
    """Whatever runs jobs and saves their chunks."""

    events: list[str]
    count: int
    most_in_chunk: int

    def begin(self, least: int) -> None:
        """Start what takes time for so many jobs at least, while they are still being planned."""

    def end(self) -> None:
        """Leave what was begun; once more does nothing."""

    def run(self, jobs: Iterator[Job]) -> Iterator[Receipt]:
        """Run jobs and yield a receipt for each as it is saved."""


@dataclass
class Report:
    """What a call did.

    Attributes:
        planned: Runs of the design.
        same: Of these, the very same run as an earlier one, because points of the design coincide.
        before: Of all, finished before.
        done, failed: Of all, done and failed now.
        stopped: Whether it was asked to stop.
        other: Finished runs in the folder that are not of this design and code.
        repairs: What was wrong in the folder.
        events: What happened besides.
    """

    planned: int
    same: int = 0
    before: int = 0
    done: int = 0
    failed: int = 0
    stopped: bool = False
    other: int = 0
    repairs: Repairs = field(default_factory=Repairs)
    events: list[str] = field(default_factory=list)

    @property
    def left(self) -> int:
        """Runs still to be made."""
        return self.planned - self.done - self.failed


def sweep(
    design: SweepDesign,
    scenarios: Mapping[str, Scenario],
    registry: Registry,
    folder: Path,
    runner: Callable[[threading.Event], Runner],
    retry_failed: bool = False,
    started: Callable[[int, int], None] = lambda planned, before: None,
    advanced: Callable[[int], None] = lambda runs: None,
    shared: Common | None = None,
) -> Report:
    """Make the runs of a design that are not in a folder yet.

    Args:
        design: What to run.
        scenarios: Its scenarios by name, the baseline first.
        registry: Parameters.
        folder: Where results are and go.
        runner: Returns what runs the jobs, given what stops them.
        retry_failed: Whether runs that failed are tried again.
        started: Called with the number of different runs planned and finished before.
        advanced: Called with the number of runs that came to an end.
        shared: What all runs share, if the scenarios alone do not say it.

    Raises:
        OutputError: The folder is in use, or nothing can be written to it any more.
    """
    shared = shared or common(design, scenarios, registry)
    columns = design.inputs(registry)
    with locked(folder), stoppable() as stopping, _ended(runner(stopping)) as work:
        if not is_planned(folder):
            work.begin(max(1, design.seeds + design.draws))
        try:
            repairs = repair(folder)
            planned = write_plan(
                folder,
                about(design, scenarios, shared, registry),
                lambda: shared.planned(design, registry),
            )
        except OSError as error:
            raise _full(folder, error) from None
        known = repairs.tried
        names = planned_names(folder)
        kept = {run for run in names if (was := known.get(run)) and (was[0] or not retry_failed)}
        ours = set(names)
        report = Report(
            planned, planned - len(ours), sum(run in kept for run in names), repairs=repairs
        )
        left = len(ours) - len(kept)
        started(len(ours), len(kept))
        if left:
            inputs = _inputs(design, shared, registry, kept, known)
            try:
                for receipt in work.run(_jobs(inputs, shared, columns, left, work)):
                    advanced(receipt.tried)
            except CannotSaveError as error:
                raise _full(folder, error) from None
            report.events += work.events
            known = finished(folder)
        report.stopped = stopping.is_set()
        report.done = sum(known.get(run, (False, 0))[0] for run in names)
        report.failed = sum(run in known and not known[run][0] for run in names)
        report.other = sum(run not in ours for run in known)
    return report


@contextmanager
def _ended(work: Runner) -> Iterator[Runner]:
    """Give what runs jobs, and end what it has begun, however things go."""
    try:
        yield work
    finally:
        work.end()


def _inputs(
    design: SweepDesign,
    shared: Common,
    registry: Registry,
    kept: set[str],
    known: Mapping[str, tuple[bool, int]],
) -> Iterator[RunInput]:
    """Yield the runs to be made, each once."""
    for one in shared.planned(design, registry):
        run = one.input.run
        if run not in kept:
            kept.add(run)
            yield replace(one.input, attempt=known.get(run, (False, 0))[1] + 1)


def _jobs(
    inputs: Iterator[RunInput], shared: Common, columns: tuple[str, ...], left: int, work: Runner
) -> Iterator[Job]:
    """Yield the runs that are left as jobs, smaller and smaller.

    Runs that share a seed and a draw stay together, because whoever makes one of them simulates
    their warm-up and baseline (``experiments.runner.Kept``); only a full chunk parts them.
    """
    batch: list[RunInput] = []
    for one in inputs:
        full = len(batch) >= work.most_in_chunk
        if full or (len(batch) >= _size(left, work) and not _same_history(batch[-1], one)):
            yield Job(shared, tuple(batch), columns)
            left -= len(batch)
            batch = []
        batch.append(one)
    if batch:
        yield Job(shared, tuple(batch), columns)


def _same_history(one: RunInput, other: RunInput) -> bool:
    """Return whether two runs continue from the same warm-up."""
    return one.seed == other.seed and one.uncertainties == other.uncertainties


def _size(left: int, work: Runner) -> int:
    """Return how many runs go into the next chunk."""
    return max(1, min(work.most_in_chunk, left // (CHUNKS_EACH * work.count)))


def _full(folder: Path, error: OSError) -> OutputError:
    return OutputError(
        f"Results cannot be written to {folder} ({error.strerror or error}); what was saved is "
        "whole, and the same command goes on from there."
    )


def about(
    design: SweepDesign, scenarios: Mapping[str, Scenario], shared: Common, registry: Registry
) -> dict[str, Any]:
    """Return what is written down of what makes the runs (``design.json``).

    With where the draws come from and its hash: a posterior that was made again gives other runs.
    """
    source = design.source(registry)
    return {
        "kind": "sweep",
        "version": version(),
        "code": shared.code,
        "python": platform.python_version(),
        "packages": {name: importlib.metadata.version(name) for name in (*PACKAGES, "SALib")},
        "planner": planner_version(),
        "design": design.model_dump(mode="json"),
        "draws_from": source,
        "posterior": source_hash(source),
        "policies": list(shared.policies),
        "inputs": list(design.inputs(registry)),
        "scenarios": {name: one.model_dump(mode="json") for name, one in scenarios.items()},
        "central": shared.parameters.to_dict(),
        **shared.further_plan,
    }


@contextmanager
def stoppable() -> Iterator[threading.Event]:
    """Give an event that Ctrl-C (or a request to end) sets; a second Ctrl-C breaks off at once."""
    stopping = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stopping
        return

    def heard(number: int, frame: object) -> None:
        if stopping.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        stopping.set()

    before = {each: signal.signal(each, heard) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopping
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def local(folder: Path, workers: int | None) -> Callable[[threading.Event], Runner]:
    """Return what makes workers on this machine."""

    def make(stopping: threading.Event) -> Runner:
        from experiments.sweeps.local_workers import Workers

        return Workers(folder, worker_count(workers), stopping)

    return make


def cluster(folder: Path, address: str) -> Callable[[threading.Event], Runner]:
    """Return what makes the workers of a Dask cluster."""

    def make(stopping: threading.Event) -> Runner:
        from experiments.sweeps.cluster_workers import ClusterWorkers

        return ClusterWorkers(address, folder, stopping)

    return make
