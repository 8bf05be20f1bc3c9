"""Skimping and dumping are substitutes: who may not give too little refuses whom it cannot earn on.

Ellis 1998 (J Health Econ 17:537): paid per patient, providers cream the mild, skimp the severe, and
dump the most severe where there is a limit to skimping. Nothing was fitted to this. It is looked
for where it is pure, among therapists moved by profit alone; the mix has them as one in five.
"""

from dataclasses import replace
from functools import cache

import pandas as pd
import pytest

from experiments.theories import MIX, SHARES
from model.parameters import load_registry
from model.policy import HISTORY
from model.population import Size
from model.simulation import Span, World
from scenarios.loader import load

REGISTRY = load_registry()
P = REGISTRY.values()
FLAT, FLOOR, ADJUSTED = "bundle_flat", "bundle_floor_flat", "bundle_floor_weight_classes"


@cache
def history() -> World:
    size = Size.of_share(P, 0.05)
    world = World(P, HISTORY, 1, size, Span(2023, 2025, 2027), keep_lines=False)
    return world.run(world.policy_month)


@cache
def outcomes(scenario: str, theory: str) -> pd.DataFrame:
    """Return tops and bottoms of every measure, summed over the policy years."""
    policy = replace(load(scenario, REGISTRY).policy(), theories=SHARES[theory])
    table = history().branch(policy).run().results()
    table = table[table["year"] >= history().span.policy_year]
    return table.groupby(["measure", "split", "group"])[["top", "bottom"]].sum()


def share(scenario: str, theory: str, measure: str, *stages: str) -> float:
    """Return a share over the policy years, of some GOLD stages or of everyone."""
    cells = [(measure, "gold", stage) for stage in stages] or [(measure, "all", "all")]
    sums = outcomes(scenario, theory).loc[cells].sum()
    return float(sums["top"] / sums["bottom"])


def test_without_a_floor_profit_skimps_and_dumps_nobody():
    assert share(FLAT, "pure_profit", "undertreated_share") > 0.8
    assert share(FLAT, "pure_profit", "refused_share") < 0.01


def test_a_floor_turns_skimping_into_dumping():
    assert share(FLOOR, "pure_profit", "undertreated_share") < 0.05
    assert share(FLOOR, "pure_profit", "refused_share") > 0.1


@pytest.mark.parametrize("theory", ["pure_profit", MIX])
def test_a_floor_raises_refusals_of_severe_patients(theory):
    severe = {name: share(name, theory, "refused_share", "3", "4") for name in (FLAT, FLOOR)}

    assert severe[FLOOR] > severe[FLAT] + 0.01


def test_profit_dumps_the_severe_most():
    severe = share(FLOOR, "pure_profit", "refused_share", "3", "4")

    assert severe > share(FLOOR, "pure_profit", "refused_share", "2")


def test_prices_by_weight_class_take_away_most_of_the_dumping():
    """S3: with F_s = c phi n_s nobody is refused; three classes come part of the way."""
    flat, adjusted = (share(name, "pure_profit", "refused_share") for name in (FLOOR, ADJUSTED))

    assert adjusted < 0.7 * flat


def test_a_pure_professional_neither_skimps_nor_dumps():
    for scenario in (FLAT, FLOOR):
        assert share(scenario, "pure_professional", "refused_share") == 0.0
        assert share(scenario, "pure_professional", "undertreated_share") == 0.0
