"""What a worker does: run a few runs of a sweep and encode their results as one chunk.

The same function works in this process, in a pool and on a cluster. A run that raises becomes a
row that says at which stage and why.
"""

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from experiments.runner import Kept, TaskResult
from experiments.sweeps.chunk import Chunk
from experiments.sweeps.planned_runs import Common, Job, RunInput, code_version
from experiments.sweeps.result_tables import DONE, FAILED, OUTCOMES, RUNS, evaluations_schema
from model.outcomes import SPLITS

#: Stage of a run whose worker died: nobody could tell where.
WORKER = "worker"

#: Stage of a run before its first world.
STARTING = "start"


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

    stage: str = STARTING
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
    done = [one for one in finished if one.result is not None]
    names = [one.input.run for one in done]
    results = [one.result for one in done]
    outcomes = _table(names, [one.outcomes for one in results], OUTCOMES)
    if not set(SPLITS) <= set(job.common.splits):
        wanted = pa.array(job.common.splits)
        outcomes = outcomes.filter(pc.is_in(outcomes["split"].cast(pa.string()), wanted))
    tables = {
        "outcomes": outcomes,
        "evaluations": _table(names, [one.evaluations for one in results], evaluations_schema()),
        "runs": _runs_table(finished, job.columns),
    }
    for name, schema in job.common.further_tables.items():
        tables[name] = _table(names, [one.further[name] for one in results], schema)
    return Chunk.encoded(tables)


def _table(runs: list[str], parts: list[pd.DataFrame], schema: pa.Schema) -> pa.Table:
    """Return the rows of several runs as one table, whose first column is the name of the run."""
    named = [(run, one) for run, one in zip(runs, parts, strict=True) if len(one)]
    if not named:
        return schema.empty_table()
    lengths = [len(one) for _, one in named]
    # A name is a number and a dictionary: text per row would cost as much as all the rest.
    numbers = np.repeat(np.arange(len(named), dtype=np.int32), lengths)
    columns = {"run": pa.DictionaryArray.from_arrays(numbers, pa.array([run for run, _ in named]))}
    for name, kind in zip(schema.names[1:], schema.types[1:], strict=True):
        values = [one[name] for _, one in named]
        is_words = pa.types.is_dictionary(kind)
        columns[name] = _words(values) if is_words else _numbers(values, kind)
    return pa.table(columns, schema=schema)


def _words(parts: list[pd.Series]) -> pa.ChunkedArray:
    """Return a column of names; most runs have the very same one, which is numbered once."""
    chunks: list[pa.Array] = []
    before = None
    for part in parts:
        values = pa.chunked_array(pa.array(part, pa.string()))
        if before is None or not values.equals(before):
            before, coded = values, values.dictionary_encode().chunks
        chunks += coded
    return pa.chunked_array(chunks).unify_dictionaries()


def _numbers(parts: list[pd.Series], kind: pa.DataType) -> pa.Array:
    """Return a column of numbers; what is not a number is missing."""
    return pa.array(np.concatenate([one.to_numpy() for one in parts]), kind, from_pandas=True)


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
