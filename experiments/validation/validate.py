"""Run every pattern over several seeds and parameter draws, and say which hold."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from experiments.intervals import monte_carlo_interval, parameter_interval
from experiments.posteriors.draws import DRAW_SEED, draws
from experiments.runner import run_tasks
from experiments.validation import (
    calibrated,
    closed_forms,
    disease,
    dumping,
    gaming,
    joining,
    patients,
    payment,
)
from experiments.validation.pattern import Lab, Pattern
from model.parameters import ParameterSet, Registry

#: Patterns that share their worlds, by name; in the order of the table.
FAMILIES: dict[str, tuple[Pattern, ...]] = {
    "calibrated": calibrated.PATTERNS,
    "payment": payment.PATTERNS,
    "dumping": dumping.PATTERNS,
    "gaming": gaming.PATTERNS,
    "joining": joining.PATTERNS,
    "patients": patients.PATTERNS,
    "disease": disease.PATTERNS,
    "closed_forms": closed_forms.PATTERNS,
}
PATTERNS = tuple(pattern for family in FAMILIES.values() for pattern in family)

SEED, DRAW = "seed", "draw"


@dataclass(frozen=True)
class Job:
    """One family of patterns in one lab.

    Attributes:
        family: Name in ``FAMILIES``.
        kind: "seed" (central parameters, own luck) or "draw" (drawn parameters, common luck).
        index: Number of the seed or draw.
        p: Parameters.
        seed: Seed of the worlds.
        size: Size of the worlds, see ``Lab``.
    """

    family: str
    kind: str
    index: int
    p: ParameterSet
    seed: int
    size: float


@dataclass(frozen=True)
class Values:
    """What came out of a job: the value of each pattern by id, not-a-number where undefined."""

    kind: str
    index: int
    values: dict[str, float]


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        pattern: The pattern.
        value: Mean over seeds.
        chance: Monte Carlo interval of that mean (95 %); not-a-number with fewer than two seeds.
        assumptions: Middle 90 % over draws; not-a-number with fewer than two.
        draws_within: In how many of the draws the value lies within the band.
        draws: Number of draws.
        verdict: See ``Pattern.verdict``.
    """

    pattern: Pattern
    value: float
    chance: tuple[float, float]
    assumptions: tuple[float, float]
    draws_within: int
    draws: int
    verdict: str


def jobs(registry: Registry, seeds: int, drawn: int, size: float, draws_from: str) -> list[Job]:
    """Return what has to be run; a family that neither luck nor assumptions bear on runs once."""
    central = registry.values()
    parameters = draws(registry, drawn, DRAW_SEED, draws_from) if drawn else []
    out = []
    for name, family in FAMILIES.items():
        once = all(pattern.exact for pattern in family)
        own = [] if once else enumerate(parameters)
        out += [Job(name, DRAW, k, p, DRAW_SEED, size) for k, p in own]
        out += [Job(name, SEED, s, central, s, size) for s in range(1, 2 if once else seeds + 1)]
    return out


def run_job(job: Job) -> Values:
    """Return the value of every pattern of a family; undefined ones are not-a-number.

    A ratio is undefined where nobody is in it: in small worlds, or under far-fetched draws.
    """
    lab, values = Lab(job.p, job.seed, job.size), {}
    with np.errstate(divide="ignore", invalid="ignore"):
        for pattern in FAMILIES[job.family]:
            try:
                value = float(pattern.value(lab))
            except ZeroDivisionError:
                value = math.nan
            values[pattern.id] = value if math.isfinite(value) else math.nan
    return Values(job.kind, job.index, values)


def validate(
    planned: Sequence[Job], workers: int | None = None, done: Callable[[], None] = lambda: None
) -> tuple[list[Row], list[Values]]:
    """Run jobs and return the table, with the values it was made of in a fixed order."""
    found = list(run_tasks(list(planned), workers, done, run_job))
    found.sort(key=lambda one: (one.kind, one.index, next(iter(one.values))))
    return table_rows(found), found


def table_rows(found: Sequence[Values]) -> list[Row]:
    """Return one row per pattern, also of those that could not be seen."""
    rows = []
    for pattern in PATTERNS:
        by_seed, by_draw = (
            np.array([o.values[pattern.id] for o in found
                      if o.kind == kind and pattern.id in o.values])
            for kind in (SEED, DRAW)
        )  # fmt: skip
        seen = by_seed[~np.isnan(by_seed)]
        value = float(seen.mean()) if seen.size else math.nan
        chance = monte_carlo_interval(by_seed) if by_seed.size else (math.nan, math.nan)
        rows.append(
            Row(
                pattern,
                value,
                chance,
                parameter_interval(by_draw) if by_draw.size else (math.nan, math.nan),
                sum(pattern.holds(float(one)) for one in by_draw),
                by_draw.size,
                pattern.verdict(value, *chance),
            )
        )
    return rows
