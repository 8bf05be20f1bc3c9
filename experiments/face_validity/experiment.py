"""The experiments: two scenarios in twin worlds, and which way measures should go."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from experiments.theories import SHARES
from model.outcomes import BY_ID
from model.parameters import load_registry
from model.parameters.located_yaml import read_located
from model.policy import HISTORY
from model.population import Size
from model.simulation import Span, World
from scenarios.loader import load

FOLDER = Path(__file__).parent
#: A world in which anybody can run all of them in a minute.
SHARE, SEED, SPAN = 0.05, 1, Span(2023, 2025, 2027)

RISES, FALLS, STAYS = "rises", "falls", "stays"
#: Stays: within half a percentage point for a share, half a percent of the first world otherwise.
STILL = 0.005

Direction = Literal["rises", "falls", "stays"]


class Experiment(BaseModel):
    """One experiment, as its file says it.

    Attributes:
        name: Name of the file, which also orders them.
        figure: Figure in which it is drawn, with others of its kind.
        theory: What moves all therapists from the policy year on (``experiments.theories``).
        before: Scenario compared with, by library name.
        after: Scenario looked at.
        expect: Which way each measure goes from the first world to the second.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    name: str
    figure: str
    theory: str
    before: str = Field(alias="from")
    after: str = Field(alias="to")
    expect: dict[str, Direction]


@dataclass(frozen=True)
class Finding:
    """What became of one measure.

    Attributes:
        measure: Id of the measure.
        expected: Which way it should go.
        before: Value over the policy years in the first world.
        after: In the second.
    """

    measure: str
    expected: Direction
    before: float
    after: float

    @property
    def direction(self) -> Direction:
        """Which way it went."""
        change = self.after - self.before
        still = STILL if BY_ID[self.measure].is_share else STILL * abs(self.before)
        if abs(change) <= still:
            return STAYS
        return RISES if change > 0 else FALLS


@cache
def experiments() -> tuple[Experiment, ...]:
    """Return all experiments in the order of their names."""
    return tuple(
        Experiment.model_validate({"name": path.stem, **read_located(path).data})
        for path in sorted(FOLDER.glob("*.yaml"))
    )


@cache
def history() -> World:
    """Return the world at the start of 2025, shared by all experiments."""
    p = load_registry().values()
    world = World(p, HISTORY, SEED, Size.of_share(p, SHARE), SPAN, keep_lines=False)
    return world.run(world.policy_month)


@cache
def outcomes(scenario: str, theory: str) -> pd.Series:
    """Return every national ratio over the policy years of one world."""
    policy = replace(load(scenario, load_registry()).policy(), theories=SHARES[theory])
    table = history().branch(policy).run().results()
    table = table[(table["year"] >= SPAN.policy_year) & (table["split"] == "all")]
    sums = table.groupby("measure")[["top", "bottom"]].sum()
    return sums["top"] / sums["bottom"].where(sums["bottom"] > 0)


def findings(experiment: Experiment) -> tuple[Finding, ...]:
    """Return what became of the measures of one experiment."""
    worlds = [outcomes(name, experiment.theory) for name in (experiment.before, experiment.after)]
    return tuple(
        Finding(measure, expected, *(float(world[measure]) for world in worlds))
        for measure, expected in experiment.expect.items()
    )


def all_findings() -> Mapping[str, tuple[Finding, ...]]:
    """Return the findings of every experiment, by name."""
    return {one.name: findings(one) for one in experiments()}
