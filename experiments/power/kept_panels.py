"""Panels of practices in the store of a sweep: one row per run, world, year and practice.

So the worlds behind an evaluation are runs like any others (``experiments.sweeps``): named, kept,
and never made again.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa

from experiments.evaluations import NO_EVALUATIONS
from experiments.power.practice_panels import TRAITS, Panels, PanelTask, run_panels
from experiments.runner import Kept, TaskResult
from experiments.safe_files import read_parquet, sound
from experiments.sweeps.planned_runs import Common, RunInput, source_digest
from experiments.sweeps.result_tables import OUTCOMES
from experiments.sweeps.store import Store
from model.panel import WATCHED, PanelYear
from model.simulation import World

#: The table, in the folder of a sweep.
PANELS = "panels"

#: What decides the numbers of a panel, beside what decides those of every run.
_CODE = ("experiments/power/practice_panels.py", "experiments/power/kept_panels.py")

_PER_INDICATOR = ("seen_total", "seen_count", "true_total", "true_count")
_WORD = pa.dictionary(pa.int32(), pa.string())


def _of(array: str, indicator: str) -> str:
    return f"{array}_{indicator}"


def _trait(name: str) -> str:
    return f"trait_{name}"


#: Columns. practice: Its number. joined ... overrun: As in ``model.panel.PanelYear``; what is of
#: the whole country is repeated. trait_...: What was known of the practice before the policy.
#: fewest: Practices that a comparison needs on each side. seen_total_..., and so on: Per indicator.
SCHEMA = pa.schema(
    [
        ("run", _WORD), ("policy", _WORD), ("year", pa.int64()), ("practice", pa.int64()),
        ("joined", pa.bool_()), ("under", pa.float64()), ("patients", pa.float64()),
        ("spending", pa.int64()), ("ceiling", pa.int64()), ("overrun", pa.bool_()),
        ("fewest", pa.float64()),
        *((_trait(name), pa.float64()) for name in TRAITS),
        *((_of(array, one.id), pa.float64()) for array in _PER_INDICATOR for one in WATCHED),
    ]
)  # fmt: skip


@dataclass(frozen=True)
class PanelCommon(Common):
    """What all runs of a sweep share that keeps panels of practices instead of outcomes.

    Attributes:
        waves: Policies in which practices are admitted in waves by lot: number of waves.
    """

    waves: Mapping[str, int] = field(default_factory=dict)

    def digest(self) -> str:
        """Return a SHA-256 of all of it."""
        words = [super().digest(), source_digest(_CODE), repr(sorted(self.waves.items()))]
        return hashlib.sha256("\n".join(words).encode()).hexdigest()

    def result(self, run: RunInput, told: Callable[[str, World], None], kept: Kept) -> TaskResult:
        """Run one run where it is."""
        task = PanelTask(**vars(self.task(run)), waves=self.waves)
        nothing = pd.DataFrame(columns=OUTCOMES.names)
        return TaskResult(nothing, NO_EVALUATIONS, {PANELS: table_of(run_panels(task, told))})

    @property
    def further_tables(self) -> Mapping[str, pa.Schema]:
        """The panels."""
        return {PANELS: SCHEMA}


def table_of(panels: Panels) -> pd.DataFrame:
    """Return the panels of one run as a table, without the name of the run."""
    parts = []
    for policy, years in panels.by_world.items():
        for one in years:
            columns = {
                "policy": policy, "year": one.year, "practice": np.arange(len(one.joined)),
                "joined": one.joined, "under": one.under, "patients": one.patients,
                "spending": one.spending, "ceiling": one.ceiling, "overrun": bool(one.overrun),
                "fewest": float(panels.fewest),
            }  # fmt: skip
            columns |= {_trait(name): panels.traits[:, k] for k, name in enumerate(TRAITS)}
            for array in _PER_INDICATOR:
                for row, watched in enumerate(WATCHED):
                    columns[_of(array, watched.id)] = getattr(one, array)[row]
            parts.append(pd.DataFrame(columns))
    floats = {name: float for name in SCHEMA.names if SCHEMA.field(name).type == pa.float64()}
    return pd.concat(parts, ignore_index=True).astype(floats)


def panels_of(table: pd.DataFrame, kind: str, index: int) -> Panels:
    """Return the panels of one run from its table (``table_of``).

    Args:
        table: Its rows.
        kind: Kind of the run, as in the plan.
        index: Its number, as in the plan.
    """
    by_world: dict[str, list[PanelYear]] = {}
    for (policy, year), rows in table.groupby(["policy", "year"], sort=False, observed=True):
        rows = rows.sort_values("practice")
        first = rows.iloc[0]
        by_world.setdefault(str(policy), []).append(
            PanelYear(
                int(year), *(rows[name].to_numpy() for name in ("joined", "under", "patients")),
                *(
                    np.array([rows[_of(array, one.id)].to_numpy() for one in WATCHED])
                    for array in _PER_INDICATOR
                ),
                int(first["spending"]), int(first["ceiling"]), bool(first["overrun"]),
            )
        )  # fmt: skip
    if not by_world:
        raise ValueError("no world is named")
    known = rows[[_trait(name) for name in TRAITS]].to_numpy()
    return Panels(kind, index, by_world, known, float(first["fewest"]))


def read_panels(store: Store) -> list[Panels]:
    """Return the panels of all finished runs, in the order of the plan.

    Raises:
        OutputError: They are damaged.
    """
    plan = store.plan()
    places = {run: k for k, run in enumerate(plan["run"])}
    with sound(store.folder / PANELS):
        found = {
            places[run]: panels_of(table, *plan.loc[places[run], ["kind", "index"]])
            for run, table in _tables(store)
            if run in places
        }
    return [found[k] for k in sorted(found)]


def _tables(store: Store) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the table of every run, chunk by chunk: not all of them fit in memory twice."""
    for file in store.files[PANELS]:
        whole = read_parquet(store.folder / PANELS / file, SCHEMA)
        for run, table in whole.groupby("run", sort=False, observed=True):
            yield str(run), table
