"""The store of a sweep: a folder of Parquet files that grows, and how to read it.

Folder::

    design.json   what is run: design, scenarios, versions
    plan.parquet  every run of the design, with its place in it
    runs/         one file per chunk: how each run went, with its inputs
    outcomes/     one file per chunk: outcomes of its runs
    evaluations/  one file per chunk: what the regulator saw in its runs, beside what is true
    panels/       one file per chunk: every practice in every year, if the runs keep that
    broken/       chunks that were found damaged

Tables come back in the order of the plan, so they are the same however a sweep was run. Runs of
an earlier design or another version of the code stay in the folder but are not read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as pads
from pydantic import BaseModel, Field, field_validator

from experiments.output import OutputError
from experiments.paired import WINDOW, effects, values
from experiments.safe_files import read_footer, read_json, read_parquet, sound
from experiments.sweeps.chunk import TABLES, chunks, is_complete, parts_of
from experiments.sweeps.design import SweepDesign
from experiments.sweeps.result_tables import DONE, FAILED, OUTCOMES, RUNS, evaluations_schema
from model.outcomes import MEASURES

SUMS = {measure.id for measure in MEASURES if measure.bottom is None}

#: Columns of the plan, in this order in every table that is read.
PLAN = pa.schema(
    [
        ("row", pa.int64()), ("run", pa.string()), ("kind", pa.string()), ("index", pa.int64()),
        ("point", pa.int64()), ("seed", pa.int64()),
    ]
)  # fmt: skip


@dataclass(frozen=True)
class Store:
    """Results of a sweep, opened for reading.

    Attributes:
        folder: Where they are.
        about: What made them (``design.json``).
        files: Files of each table, chunk by chunk.
    """

    folder: Path
    about: Mapping[str, Any]
    files: Mapping[str, Sequence[str]]

    @property
    def design(self) -> SweepDesign:
        """The design."""
        return SweepDesign.model_validate(self.about["design"])

    @property
    def baseline(self) -> str:
        """Name of the baseline."""
        return self.about["policies"][0]

    @property
    def policies(self) -> tuple[str, ...]:
        """Names of the policies compared with it."""
        return tuple(self.about["policies"][1:])

    @property
    def levers(self) -> tuple[str, ...]:
        """Levers that vary."""
        return tuple(self.design.levers)

    @property
    def inputs(self) -> tuple[str, ...]:
        """Everything that varies: levers, then uncertainties."""
        return tuple(self.about["inputs"])

    def plan(self) -> pd.DataFrame:
        """Return every run of the design: row, run, kind, index, point, seed."""
        return read_parquet(self.folder / "plan.parquet", PLAN)

    def runs(self, inputs: bool = True) -> pd.DataFrame:
        """Return one row per run that was tried, in the order of the plan.

        Columns: those of the plan, status ("done" or "failed"), attempt, seconds, stage, month,
        error, traceback, and (unless left out) every input with the value it had in the run.
        """
        names = self.inputs if inputs else ()
        schema = pa.schema([*RUNS, *((name, pa.float64()) for name in names)])
        tried = self._table("runs", schema).to_pandas().drop(columns="seed")
        # A run that failed and was tried again has several rows: the last one counts.
        tried = tried.sort_values(["run", "attempt"], kind="stable").drop_duplicates(
            "run", keep="last"
        )
        found = self.plan().merge(tried, on="run").sort_values("row", ignore_index=True)
        central = self.about["central"]
        return found.fillna({name: central[name] for name in names if name in central})

    def failures(self) -> pd.DataFrame:
        """Return the runs that failed and were not made since, of this plan and of earlier ones.

        Columns: run, seed, status, attempt, seconds, stage, month, error, traceback.
        """
        tried = self._table("runs", RUNS).to_pandas()
        tried = tried.sort_values(["run", "attempt"], kind="stable").drop_duplicates(
            "run", keep="last", ignore_index=True
        )
        return tried[tried["status"] == FAILED].reset_index(drop=True)

    def outcomes(
        self,
        measures: Sequence[str] | None = None,
        policies: Sequence[str] | None = None,
        split: str | None = "all",
    ) -> pd.DataFrame:
        """Return outcomes of the finished runs, as ``experiments.paired.values`` takes them.

        Args:
            measures: Measures wanted; None for all.
            policies: Policies wanted; None for all, with the baseline.
            split: Split wanted; None for all that are stored.

        Returns:
            Columns run, kind, index, point, policy, year, measure, split, group, top, bottom,
            patients, small; in the order of the plan.
        """
        wanted = {"measure": measures, "policy": policies, "split": split and [split]}
        return self._in_order(self._table("outcomes", OUTCOMES, wanted))

    def evaluations(self, policies: Sequence[str] | None = None) -> pd.DataFrame:
        """Return what the regulator saw in the finished runs (``experiments.evaluations``)."""
        return self._in_order(
            self._table("evaluations", evaluations_schema(), {"policy": policies})
        )

    def paired(
        self, measure: str, policy: str, year: int = WINDOW, split: str = "all", group: str = "all"
    ) -> pd.DataFrame:
        """Return the effect of a policy on a measure in every finished run, beside its inputs.

        Args:
            measure: Measure.
            policy: Policy compared with the baseline.
            year: Year; 0 for the whole window (yearly mean of sums, ratio of sums of ratios).
            split: Split of the group whose effect it is.
            group: The group.

        Returns:
            Columns of the plan, every input, baseline, value and effect (value - baseline).
        """
        both = self.outcomes([measure], [self.baseline, policy], split)
        both = both[both["group"] == group]
        table = values(both.assign(index=both["run"]), SUMS)
        table = table[table["year"] == year]
        wide = table.pivot(index="index", columns="policy", values="value")
        wide = wide.reindex(columns=[self.baseline, policy])
        effect = pd.DataFrame({"baseline": wide[self.baseline], "value": wide[policy]})
        effect["effect"] = effect["value"] - effect["baseline"]
        kept = [*PLAN.names, *self.inputs]
        return self.runs()[kept].merge(effect, left_on="run", right_index=True)

    def effects(self, point: int = 0, measures: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the paired effects at one point with Monte Carlo and parameter intervals.

        National numbers, as ``experiments.paired.effects`` gives them.
        """
        found = self.outcomes(measures)
        found = found[found["point"] == point].drop(columns=["run", "point"])
        return effects(values(found, SUMS), self.baseline)

    def _in_order(self, table: pa.Table) -> pd.DataFrame:
        """Return rows of planned runs, in the order of the plan and of the world's own tables.

        Two places of a plan may be the very same run (trajectories of a Morris design cross; a
        posterior has been used up). Its rows come once, at the first place, or sums would double;
        ``paired`` gives its effect at both.
        """
        plan = self.plan()[["run", "row", "kind", "index", "point"]].drop_duplicates("run")
        found = table.to_pandas()
        words = found.columns[found.dtypes == "category"]
        found[words] = found[words].astype("str")
        found = plan.merge(found, on="run")
        return found.sort_values("row", kind="stable", ignore_index=True).drop(columns="row")

    def _table(
        self, name: str, schema: pa.Schema, wanted: Mapping[str, Sequence[str] | None] | None = None
    ) -> pa.Table:
        """Return the rows of one table that are wanted, chunk by chunk."""
        files = [self.folder / name / file for file in self.files[name]]
        if not files:
            return schema.empty_table()
        for each in files:
            read_footer(each)
        chosen = None
        for column, words in (wanted or {}).items():
            if words is not None:
                test = pc.field(column).isin(list(words))
                chosen = test if chosen is None else chosen & test
        with sound(self.folder / name):
            found = pads.dataset([str(each) for each in files], schema=schema, format="parquet")
            return found.to_table(filter=chosen)


def open_store(folder: Path | str, verify: bool = True) -> Store:
    """Open the results of a sweep for reading; it may still be growing.

    Args:
        folder: What was given to ``zorgbundel sweep`` as ``--out``.
        verify: Check every file against its checksum first.

    Raises:
        OutputError: It is no such folder, or something in it is damaged.
    """
    folder = Path(folder)
    about = read_about(folder)
    found = chunks(folder)
    if verify:
        bad = [each.name for each in found if not is_complete(folder, each)]
        if bad:
            raise OutputError(
                f"{folder} has {len(bad)} damaged file(s), such as runs/{bad[0]}; give the sweep "
                "command again to repair it."
            )
    parts = [parts_of(each) for each in found]
    files = {name: [each[name] for each in parts if name in each] for name in TABLES[:-1]}
    return Store(folder, about, files | {"runs": [each.name for each in found]})


class _Plan(BaseModel):
    runs: int = Field(ge=0)
    checksum: str


class _About(BaseModel):
    """What readers rely on in the description of a sweep."""

    kind: Literal["sweep"]
    design: dict[str, Any]
    policies: list[str] = Field(min_length=2)
    inputs: list[str]
    central: dict[str, float]
    plan: _Plan

    @field_validator("policies", "inputs")
    @classmethod
    def _named_once(cls, names: list[str]) -> list[str]:
        if len(set(names)) < len(names):
            raise ValueError("a name is repeated")
        return names


def read_about(folder: Path) -> dict[str, Any]:
    """Return what is said of a sweep in its folder.

    Raises:
        OutputError: It is not the folder of a sweep, or damaged.
    """
    path = folder / "design.json"
    if not path.is_file():
        raise OutputError(f"{folder} holds no design.json, so it is not the folder of a sweep.")
    try:
        about = read_json(path)
        _About.model_validate(about)
        SweepDesign.model_validate(about["design"])
        return about
    except (ValueError, KeyError, TypeError):
        raise OutputError(f"{path} is damaged: it does not describe a sweep.") from None


#: Columns of the runs that say how each went.
HOW_IT_WENT = pa.schema([RUNS.field(name) for name in ("run", "status", "attempt")])


def finished(folder: Path) -> dict[str, tuple[bool, int]]:
    """Return, per run that was tried, whether it was done, and its last attempt."""
    files = chunks(folder)
    if not files:
        return {}
    for each in files:
        read_footer(each)
    paths = [str(each) for each in files]
    with sound(folder / "runs"):
        table = pads.dataset(paths, schema=HOW_IT_WENT, format="parquet").to_table()
    out: dict[str, tuple[bool, int]] = {}
    note_tries(out, *(table[name].to_pylist() for name in HOW_IT_WENT.names))
    return out


def note_tries(
    tried: dict[str, tuple[bool, int]],
    runs: Sequence[str],
    statuses: Sequence[str],
    attempts: Sequence[int],
) -> None:
    """Add tries to what is known of each run: whether it was ever done, and its last attempt."""
    for run, status, attempt in zip(runs, statuses, attempts, strict=True):
        done, before = tried.get(run, (False, 0))
        tried[run] = (done or status == DONE, max(before, attempt))
