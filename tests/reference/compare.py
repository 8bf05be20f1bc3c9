"""Run the engine and the plain model side by side, and name the first difference."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from unittest.mock import patch

import numpy as np

from model import schedule, simulation
from model.parameters import ParameterSet
from model.policy import Policy
from model.population import Size
from model.simulation import Span, World

from .columns import Columns, engine_columns, reference_columns
from .ledger import Line
from .model import ReferenceModel

FLOAT_TOLERANCE = 1e-9  # absolute below 1, relative above
SMALL_DIFFERENCES_SHOWN = 5
#: Where state is compared: each month, and in December before the observation clears tallies.
COMPARED = ("coordination", "reckoning", "people", "observation")


@dataclass(frozen=True)
class Difference:
    """The first place where the two worlds differ."""

    month: int
    phase: str
    table: str
    column: str
    row: int
    engine: int | float
    reference: int | float
    rows: int

    def __str__(self) -> str:
        return (
            f"month {self.month}, after phase '{self.phase}': {self.table}.{self.column}"
            f" of row {self.row} is {self.engine!r} in the engine and {self.reference!r} in the"
            f" reference ({self.rows} rows differ)"
        )


@dataclass
class TwinRun:
    """What came out of running both.

    Attributes:
        engine, reference: The two worlds.
        difference: First difference in state, or None.
    """

    engine: World
    reference: ReferenceModel
    difference: Difference | None


def run_both(
    p: ParameterSet,
    policy: Policy,
    seed: int,
    size: Size,
    span: Span,
    meddle: Callable[[ReferenceModel], None] | None = None,
) -> TwinRun:
    """Run both worlds month by month; stop at the end of the first month in which they differ.

    The state is compared every month, in December also after the reckoning and at the end, when new
    tallies have started. If it differs, both are run again and compared after every phase, so that
    the message names the phase in which they came apart: that is where to look for the slip.

    Args:
        p, policy, seed, size, span: The world.
        meddle: Called with the reference before each month (to test that a difference is found).
    """
    twins = _run_both(World(p, policy, seed, size, span), meddle, every_phase=False)
    if twins.difference is not None:
        twins = _run_both(World(p, policy, seed, size, span), meddle, every_phase=True)
    return twins


def _run_both(
    engine: World, meddle: Callable[[ReferenceModel], None] | None, every_phase: bool
) -> TwinRun:
    reference = ReferenceModel(engine)
    found = first_difference(engine_columns(engine), reference_columns(reference), 0, "start")
    while found is None and engine.month < engine.span.months:
        if meddle is not None:
            meddle(reference)
        found = _run_month(engine, reference, every_phase)
    return TwinRun(engine, reference, found)


def _run_month(engine: World, reference: ReferenceModel, every_phase: bool) -> Difference | None:
    """Run one month in both; return the first difference at the points compared."""
    month = engine.month
    points = [part.name for part in simulation.MONTH] if every_phase else COMPARED
    found: list[Difference] = []
    with _watched(points) as seen:
        engine.run_for(1)

    def compare(phase: str) -> None:
        if phase in points and not found:
            difference = first_difference(seen[phase], reference_columns(reference), month, phase)
            if difference is not None:
                found.append(difference)

    reference.watch = compare
    reference.run_for(1)
    return found[0] if found else None


@contextmanager
def _watched(points: Sequence[str]) -> Iterator[dict[str, Columns]]:
    """Keep a copy of the engine's columns after each of some phases that runs in the context."""
    seen: dict[str, Columns] = {}

    def watched(part: schedule.Phase) -> schedule.Phase:
        def run(world: World) -> None:
            part.run(world)
            if part.name in points:
                seen[part.name] = engine_columns(world)

        return replace(part, run=run)

    with patch.object(simulation, "MONTH", tuple(watched(part) for part in simulation.MONTH)):
        yield seen


def first_difference(
    engine: Columns, reference: Columns, month: int, phase: str
) -> Difference | None:
    """Return the first difference: whole numbers must be equal, others within 1e-9.

    A column that only one of them has counts as zeros in the other: who never withheld anything
    keeps no record of it.
    """
    for key in engine | reference:
        theirs = engine.get(key, np.zeros_like(reference.get(key)))
        ours = reference.get(key, np.zeros_like(theirs))
        if theirs.shape != ours.shape:
            return Difference(month, phase, *key, -1, theirs.size, ours.size, -1)
        if theirs.dtype.kind == "f":
            tolerance = FLOAT_TOLERANCE * np.maximum(1.0, np.abs(theirs))
            apart = ~(np.abs(theirs - ours) <= tolerance)
        else:
            apart = theirs != ours
        if apart.any():
            rows = np.flatnonzero(apart)
            row = int(rows[0])
            return Difference(
                month, phase, *key, row, theirs[row].item(), ours[row].item(), rows.size
            )
    return None


def ledger_differences(engine: World, reference: ReferenceModel) -> str:
    """Return in words how the ledgers differ as collections of lines; empty if they do not."""
    table = engine.ledger.lines()
    clauses = engine.ledger.clauses
    posted = Counter(
        (*line[:7], clauses[line[7]], *line[8:])
        for line in zip(*(table[name].tolist() for name in _LINE_COLUMNS), strict=True)
    )
    expected = Counter(tuple(line) for line in reference.ledger)
    only_engine, only_reference = posted - expected, expected - posted
    if not only_engine and not only_reference:
        return ""
    return "\n".join(
        f"{lines.total()} lines only in the {name}, for example:\n"
        + "\n".join(f"  {Line(*line)}" for line in sorted(lines)[:SMALL_DIFFERENCES_SHOWN])
        for name, lines in (("engine", only_engine), ("reference", only_reference))
    )


_LINE_COLUMNS = (
    "month",
    "payer",
    "payer_id",
    "payee",
    "payee_id",
    "patient",
    "insurer",
    "clause",
    "framework",
    "cents",
)
