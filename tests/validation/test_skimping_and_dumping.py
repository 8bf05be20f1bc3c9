"""Skimping and dumping are substitutes: who may not give too little refuses whom it cannot earn on.

Ellis 1998 (J Health Econ 17:537): paid per patient, providers cream the mild, skimp the severe, and
dump the most severe where there is a limit to skimping. Nothing was fitted to this. It is looked
for where it is pure, among therapists moved by profit alone; the mix has them as one in five.

The default theory shows part of it only. As it is (others give 0.9 of full treatment, median rho 1)
it refuses some 0.1 % of severe patients with a floor or without: what a patient gains outweighs the
loss. Where others would treat as well (S2) and money weighs twice as much, both at the end of their
ranges, it refuses one severe patient in nine, more than of mild ones, and prices by weight class
take a good part of that away. The floor itself adds about a point to that (in three seeds 0.3, 1.2
and -0.3; 0.6, 2.3 and 0.0 where practices are full besides), which is no more than chance. The
reason is in the theory: a plan lies so many sessions below need whatever the need (A2), so a floor
in proportion to need binds where need is light, and costs most there; dumping of the severe by a
floor is a matter of profit alone.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from agents.behaviours.default import (
    acceptance_surplus,
    patient_gain,
    planned_sessions,
    profit,
)
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


#: Others would treat as well, and money weighs twice as much: the ends of the ranges of these two.
#: Prices stay, for a ratchet would lower those of who skimps, and so have its patients refused.
HARSH = {"outside_option_share": 1.0, "altruism_rho_median": 2.0, "price_ratchet": 0.0}


@cache
def harsh(scenario: str) -> pd.DataFrame:
    p, sums = P.replace(HARSH), []
    for seed in (1, 2):
        world = World(p, HISTORY, seed, Size.of_share(p, 0.05), Span(2023, 2025, 2027), False)
        policy = load(scenario, REGISTRY).policy()
        table = world.run(world.policy_month).branch(policy).run().results()
        table = table[(table["year"] >= 2025) & (table["measure"] == "refused_share")]
        sums.append(table.groupby(["split", "group"])[["top", "bottom"]].sum())
    return sum(sums[1:], sums[0])


def refused(scenario: str, *stages: str) -> float:
    """Return the share of requests refused under the default theory in the harsh setting."""
    sums = harsh(scenario).loc[[("gold", stage) for stage in stages]].sum()
    return float(sums["top"] / sums["bottom"])


def test_the_default_theory_too_refuses_the_severe_most_where_others_would_treat_as_well():
    for name, value in HARSH.items():
        assert REGISTRY[name].low <= value <= REGISTRY[name].high
    assert refused(FLOOR, "3", "4") > refused(FLOOR, "2") + 0.01
    assert refused(ADJUSTED, "3", "4") < 0.75 * refused(FLOOR, "3", "4")


@pytest.mark.parametrize("rho", [1.0, 2.0, 4.0])
@pytest.mark.parametrize("elsewhere", [0.0, 0.5, 1.0])
def test_by_default_a_floor_makes_light_patients_less_welcome_and_profit_the_heavy(rho, elsewhere):
    """S3 on the rules: F 1,200, c 24, k 5, norm x 10, floor 0.9.

    By default the plan is u = (c rho - x) / k below need, so the floor binds below a need of 10 u
    and costs c (u - n/10) - k / (2 rho) (u^2 - (n/10)^2) there, less as need grows. Who looks at
    profit gives nothing, and the floor costs 0.9 c n, more as need grows.
    """
    cost, curvature, norm, most = 24.0, 5.0, 10.0, 300.0

    def fall(need: float) -> float:
        surplus = []
        for floor in (0.0, 0.9):
            q = planned_sessions(need, rho, norm, 0.0, cost, curvature, 0.0, 0.0, floor, most)
            surplus.append(
                acceptance_surplus(
                    profit(1_200.0, 0.0, cost, q),
                    patient_gain(q, need, most, curvature, elsewhere),
                    rho,
                )
            )
        return surplus[0] - surplus[1]

    short = (cost * rho - norm) / curvature
    needs = np.arange(short, 20.0 * short, 1.0)  # lighter needs get nothing without a floor
    by_hand = [
        cost * (short - n / 10.0) - curvature / (2.0 * rho) * (short**2 - (n / 10.0) ** 2)
        if n < 10.0 * short
        else 0.0
        for n in needs
    ]
    falls = [fall(float(n)) for n in needs if n <= most]
    np.testing.assert_allclose(falls, by_hand[: len(falls)], atol=1e-6)
    assert falls[0] > 1.0 and (np.diff(falls) < 1e-9).all()


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
