"""What a worker does: run a few runs of a sweep and encode their results as one chunk.

The same function works in this process, in a pool and on a cluster. A run that raises becomes a
row that says at which stage and why.
"""

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd
import pyarrow as pa

from experiments.runner import Kept, TaskResult
from experiments.sweeps.chunk import Chunk
from experiments.sweeps.planned_runs import Common, Job, RunInput, code_version
from experiments.sweeps.result_tables import DONE, FAILED, OUTCOMES, RUNS, evaluations_schema

#: Stage of a run whose worker died: nobody could tell where.
WORKER = "worker"


@dataclass
class Failure:
    """Where and why a run failed."""

    stage: str
    month: int | None
    error: str
    traceback: str


@dataclass
class Finished:
    """One run that came to an end, well or not."""

    input: RunInput
    seconds: float
    result: TaskResult | None = None
    failure: Failure | None = None


@dataclass
class _Place:
    """Where a run is, for the record of a failure."""

    stage: str = "start"
    world: object = None

    def __call__(self, stage: str, world: object) -> None:
        self.stage, self.world = stage, world

    @property
    def month(self) -> int | None:
        return getattr(self.world, "month", None)


@dataclass
class Worker:
    """A worker with what it keeps between runs."""

    kept: Kept = field(default_factory=Kept)

    def work(self, job: Job, stopped: Callable[[], bool] = lambda: False) -> Chunk | None:
        """Run a job; asked to stop, finish the run at hand and return what there is.

        Args:
            job: The runs.
            stopped: Whether to stop after the present run.

        Returns:
            The results as a chunk; None if stopped before the first run.
        """
        finished = []
        for one in job.inputs:
            if stopped():
                break
            finished.append(self._run(job.common, one))
        return encoded(finished, job) if finished else None

    def _run(self, common: Common, one: RunInput) -> Finished:
        place, start = _Place(), time.perf_counter()
        try:
            if common.code != code_version():
                raise RuntimeError("This worker has another version of the code than the sweep.")
            result, failure = common.result(one, place, self.kept), None
        except Exception as error:
            self.kept.forget()
            result, failure = None, Failure(
                place.stage, place.month, f"{type(error).__name__}: {error}",
                "".join(traceback.format_exception(error)),
            )  # fmt: skip
        return Finished(one, time.perf_counter() - start, result, failure)


def encoded(finished: list[Finished], job: Job) -> Chunk:
    """Return runs as a chunk."""
    splits, further = job.common.splits, job.common.further_tables
    outcomes, evaluations = [], []
    more: dict[str, list[pd.DataFrame]] = {name: [] for name in further}
    for one in finished:
        if one.result is None:
            continue
        found = one.result.outcomes
        outcomes.append(found[found["split"].isin(splits)].assign(run=one.input.run))
        evaluations.append(one.result.evaluations.assign(run=one.input.run))
        for name in further:
            more[name].append(one.result.further[name].assign(run=one.input.run))
    return Chunk.encoded(
        {
            "outcomes": _table(outcomes, OUTCOMES),
            "evaluations": _table(evaluations, evaluations_schema()),
            **{name: _table(more[name], schema) for name, schema in further.items()},
            "runs": _runs_table(finished, job.columns),
        }
    )


def _table(parts: list[pd.DataFrame], schema: pa.Schema) -> pa.Table:
    parts = [one for one in parts if len(one)]
    if not parts:
        return schema.empty_table()
    whole = pd.concat(parts, ignore_index=True)
    return pa.Table.from_pandas(whole[schema.names], schema=schema, preserve_index=False)


def _runs_table(finished: list[Finished], columns: tuple[str, ...]) -> pa.Table:
    rows = []
    for one in finished:
        failure = one.failure
        row = {
            "run": one.input.run,
            "seed": one.input.seed,
            "status": FAILED if failure else DONE,
            "attempt": one.input.attempt,
            "seconds": one.seconds,
            "stage": failure.stage if failure else "",
            "month": failure.month if failure else None,
            "error": failure.error if failure else "",
            "traceback": failure.traceback if failure else "",
        }
        rows.append(row | dict(one.input.uncertainties) | dict(one.input.levers))
    schema = pa.schema([*RUNS, *((name, pa.float64()) for name in columns)])
    return pa.Table.from_pylist(rows, schema=schema)


def died(job: Job, why: str) -> Chunk:
    """Return the record of runs whose worker died, as a chunk."""
    failure = Failure(WORKER, None, why, "")
    return encoded([Finished(one, 0.0, failure=failure) for one in job.inputs], job)
