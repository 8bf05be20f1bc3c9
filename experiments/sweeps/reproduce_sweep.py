"""Running a sweep again, all of it or a random sample, and comparing every number."""

import random
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from experiments.output import OutputError
from experiments.posteriors.draws import source_hash
from experiments.progress_bar import progress_bar
from experiments.safe_files import read_parquet
from experiments.sweeps.chunk import chunks, parts_of
from experiments.sweeps.planned_runs import Common, Job, PlannedRun, common, planned_runs
from experiments.sweeps.result_tables import DONE
from experiments.sweeps.store import Store, open_store
from experiments.sweeps.sweep import Runner, local
from model.parameters import Registry, load_registry
from scenarios.loader import ScenarioError
from scenarios.schema import Scenario

#: What tells rows of a run apart, by table; all other columns are compared.
KEYS = {
    "outcomes": ("policy", "year", "measure", "split", "group"),
    "evaluations": ("policy", "year", "indicator", "method"),
}

#: Runs that are made again in one job.
SIZE = 10


@dataclass(frozen=True)
class Again:
    """What came out of running a sweep again.

    Attributes:
        planned, finished: Runs of the sweep, and how many of them were finished.
        tried: How many were made again.
        numbers: Numbers compared.
        different: Names of the runs in which something differs.
        code_changed: Whether the program has changed since.
    """

    planned: int
    finished: int
    tried: int
    numbers: int
    different: tuple[str, ...]
    code_changed: bool

    def sentence(self, folder: Path) -> str:
        """Return it in words."""
        runs = f"{self.tried:,} of {self.finished:,} finished runs"
        if not self.different:
            return f"Identical: all {self.numbers:,} numbers of {runs} of {folder} were made again."
        names = ", ".join(self.different[:3]) + (" ..." if len(self.different) > 3 else "")
        return (
            f"Different: {len(self.different):,} of {self.tried:,} runs of {folder} came out "
            f"otherwise ({names})."
        )


def sweep_again(
    folder: Path,
    sample: int | None,
    workers: int | None,
    runner: Callable[[Path, int | None], Callable[[threading.Event], Runner]] = local,
) -> Again:
    """Run a sweep again from what its folder says, and compare.

    Scenarios, settings and where draws come from are those written down, not those of the library.

    Args:
        folder: Folder of the sweep.
        sample: How many runs, chosen at random; None for all.
        workers: Processes; None for one per core.
        runner: Returns what runs the jobs (``experiments.sweeps.sweep.local``).

    Raises:
        OutputError: It is no sweep, is damaged, or cannot be made again.
    """
    store, registry = open_store(folder), load_registry()
    about = store.about
    shared, planned = _plan(store, registry)
    runs = store.runs().drop_duplicates("run")
    done = runs[runs["status"] == DONE]
    rows = list(done["row"])
    if sample is not None and sample < len(rows):
        rows = sorted(random.SystemRandom().sample(rows, sample))
    if not rows:
        raise OutputError(f"{folder} holds no finished run to make again.")
    inputs = done.set_index("row").loc[rows]
    names = {planned[row].input.run: inputs["run"][row] for row in rows}
    different = _other_inputs(inputs, planned, store.inputs, shared)
    with TemporaryDirectory(prefix="zorgbundel-again-") as place:
        work = runner(Path(place), workers)(threading.Event())
        made = _run(Path(place), shared, [planned[row] for row in rows], store.inputs, work)
        numbers = 0
        for table in KEYS:
            saved = store.outcomes(split=None) if table == "outcomes" else store.evaluations()
            saved = saved[saved["run"].isin(names.values())]
            again = made[table].assign(run=made[table]["run"].map(names))
            numbers += len(saved)
            different |= _other_rows(saved, again, KEYS[table])
    return Again(
        len(planned), len(done), len(rows), numbers, tuple(sorted(different)),
        about.get("code") != shared.code,
    )  # fmt: skip


def _plan(store: Store, registry: Registry) -> tuple[Common, list[PlannedRun]]:
    """Return what the runs share, and every run, from what the folder says."""
    about, folder = store.about, store.folder
    try:
        scenarios = {
            name: Scenario.model_validate(body) for name, body in about["scenarios"].items()
        }
    except (ValueError, KeyError, AttributeError):
        raise ScenarioError(f"{folder}/design.json holds a scenario that is not valid.") from None
    design = store.design
    source = about.get("draws_from", design.source(registry))
    if design.draws and about.get("posterior") != source_hash(source):
        raise OutputError(
            f"The draws of {folder} came from a posterior that has changed since ({source})."
        )
    if design.draws:
        design = design.model_copy(update={"draws_from": source})
    shared = common(design, scenarios, registry)
    if list(shared.policies) != list(about["policies"]):
        raise OutputError(
            f"{folder} was not made by 'zorgbundel sweep'; give the folder of the answer it "
            "belongs to."
        )
    planned = list(planned_runs(design, shared, registry))
    if len(planned) != len(store.plan()):
        raise OutputError(f"{folder} has other runs than its design makes in this version.")
    return shared, planned


def _other_inputs(
    inputs: pd.DataFrame, planned: list[PlannedRun], names: tuple[str, ...], shared: Common
) -> set[str]:
    """Return runs whose seed, draws or levers are not those written down."""
    central = shared.parameters.to_dict()
    out = set()
    for row, saved in inputs.iterrows():
        one = planned[row].input
        values: Mapping[str, Any] = {**central, **one.uncertainties, **one.levers}
        # A lever that a scenario states has no central value; then it is in the run's own levers.
        same = all(saved[name] == values.get(name, saved[name]) for name in names)
        if saved["seed"] != one.seed or not same:
            out.add(saved["run"])
    return out


def _run(
    place: Path, shared: Common, chosen: list[PlannedRun], columns: tuple[str, ...],
    work: Runner,
) -> dict[str, pd.DataFrame]:  # fmt: skip
    """Run again and return the tables."""
    inputs = [replace(one.input, attempt=1) for one in chosen]
    with progress_bar(False) as progress:
        bar = progress.add_task("Simulating again", total=len(inputs))
        for receipt in work.run(_jobs(shared, inputs, columns)):
            progress.advance(bar, receipt.tried)
    tables: dict[str, list[pd.DataFrame]] = {name: [] for name in KEYS}
    for runs_file in chunks(place):
        for name, file in parts_of(runs_file).items():
            if name in tables:
                found = read_parquet(place / name / file)
                words = found.columns[found.dtypes == "category"]
                found[words] = found[words].astype("str")
                tables[name].append(found)
    return {name: pd.concat(parts, ignore_index=True) for name, parts in tables.items()}


def _jobs(shared: Common, inputs: list, columns: tuple[str, ...]) -> Iterator[Job]:
    for start in range(0, len(inputs), SIZE):
        yield Job(shared, tuple(inputs[start : start + SIZE]), columns)


def _other_rows(saved: pd.DataFrame, again: pd.DataFrame, keys: tuple[str, ...]) -> set[str]:
    """Return the runs in which any row or number is not exactly the same."""
    order = ["run", *keys]
    columns = [name for name in again.columns if name in saved.columns]
    old, new = (
        table[columns].sort_values(order, kind="stable", ignore_index=True)
        for table in (saved, again)
    )
    counts = old["run"].value_counts().to_dict(), new["run"].value_counts().to_dict()
    out = {run for run in {*counts[0], *counts[1]} if counts[0].get(run) != counts[1].get(run)}
    old, new = (table[~table["run"].isin(out)].reset_index(drop=True) for table in (old, new))
    wrong = np.zeros(len(old), dtype=bool)
    for name in columns:
        a, b = old[name].to_numpy(), new[name].to_numpy()
        wrong |= (a != b) & ~(pd.isna(a) & pd.isna(b))
    return out | set(old["run"][wrong])
