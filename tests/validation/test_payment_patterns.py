"""Patterns of payment and access that the literature describes; none of them was fitted to."""

from functools import cache

import pandas as pd

from model.parameters import load_registry
from model.policy import HISTORY
from model.population import Size
from model.simulation import Span, World
from scenarios.loader import load

REGISTRY = load_registry()
P = REGISTRY.values()
SEEDS = (1, 2)
SHARE = 0.05


@cache
def outcomes(scenario: str, seed: int) -> pd.DataFrame:
    """Return tops and bottoms of every measure over the policy years, by split and group."""
    history = World(P, HISTORY, seed, Size.of_share(P, SHARE), Span(2023, 2025, 2027), False)
    world = history.run(history.policy_month).branch(load(scenario, REGISTRY).policy()).run()
    table = world.results()
    table = table[table["year"] >= world.span.policy_year]
    return table.groupby(["measure", "split", "group"])[["top", "bottom"]].sum()


def value(scenario: str, measure: str, split: str = "all", group: str = "all") -> float:
    """Return a ratio pooled over the seeds."""
    sums = sum(outcomes(scenario, seed).loc[(measure, split, group)] for seed in SEEDS)
    return float(sums["top"] / sums["bottom"])


def individual_sessions(scenario: str) -> float:
    """Return sessions per treated patient that are not in a group or at a distance."""
    other = value(scenario, "other_mode_share")
    return value(scenario, "sessions_per_patient") * (1.0 - other)


def test_a_flat_amount_cuts_individual_sessions_and_moves_some_to_groups():
    """Zhang et al. 2022 (JAMDA, 35,540 stays): -19 % individual, more group; 5 to 25 % to allow."""
    before, after = (individual_sessions(name) for name in ("fee_for_service_open", "bundle_flat"))
    change = after / before - 1.0

    assert -0.25 <= change <= -0.05
    moved = value("bundle_flat", "other_mode_share") - value(
        "fee_for_service_open", "other_mode_share"
    )
    assert moved > 0.02
