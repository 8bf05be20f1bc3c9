"""Both budget tests: amounts, three worlds by hand, and the verdict over seeds and draws."""

import math

import numpy as np
import pandas as pd
import pytest

from experiments.budget_verdict import CAPPED, OPEN, budget_verdict
from experiments.intervals import monte_carlo_interval, parameter_interval, share_interval
from model.budget import budget_test, framework
from model.parameters import load_registry

REGISTRY = load_registry()
P = REGISTRY.values()
YEARS = [2025, 2026, 2027, 2028, 2029]
ADDED = [173_000, 260_000, 347_000, 347_000, 347_000]


def test_the_framework_is_that_of_the_letter():
    assert framework(YEARS, P).tolist() == ADDED
    assert framework([2023, 2024, 2035], P).tolist() == [0, 0, 347_000]


def test_the_framework_follows_its_parameters():
    other = P.replace({"entitlement_budget_2026": 1.0, "entitlement_budget_2027_structural": 2.0})

    assert framework(YEARS, other).tolist() == [173_000, 1, 2, 2, 2]


def test_three_worlds_by_hand():
    """Lifting the maxima costs 200,000 and 300,000; the bundle saves 50,000, then costs 10,000."""
    test = budget_test(
        [2025, 2026],
        np.array([1_000_000.0, 1_000_000.0]),
        np.array([1_200_000.0, 1_300_000.0]),
        np.array([1_150_000.0, 1_310_000.0]),
        P,
    )
    assert test.entitlement.tolist() == [200_000, 300_000]
    assert test.neutrality.tolist() == [-50_000, 10_000]
    assert test.together.tolist() == [150_000, 310_000]
    assert not test.entitlement_fits  # 500,000 against 433,000
    assert test.neutral  # -40,000 over the window, though not in 2026
    assert not test.within_framework  # 460,000 against 433,000
    assert test.agrees_with_ministry(173_000, 347_000)  # 250,000 a year


@pytest.mark.parametrize(
    ("policy", "neutral", "within"),
    [(0.0, True, True), (1.0, False, True), (150_000.0, False, True), (150_001.0, False, False)],
)
def test_amounts_on_the_edge_fit(policy, neutral, within):
    """Lifting costs 110,000 in 2025 of the 260,000 of 2026: edges belong to the good side."""
    open_ = 110_000.0
    test = budget_test([2026], np.zeros(1), np.array([open_]), np.array([open_ + policy]), P)

    assert (test.neutral, test.within_framework) == (neutral, within)
    assert test.entitlement_fits


@pytest.mark.parametrize(
    ("mean", "agrees"),
    [(172_999, False), (173_000, True), (347_000, True), (347_001, False), (-1, False)],
)
def test_agreeing_with_the_ministry_means_between_its_two_amounts(mean, agrees):
    lift = np.array([mean - 5e6, mean + 5e6])
    test = budget_test([2027, 2028], np.zeros(2), lift, lift, P)

    assert test.agrees_with_ministry(173_000, 347_000) is agrees


# --- the verdict


def spending(runs, policy="bundle"):
    """Return runs of two years (2027, 2028): {(kind, index): (lifting, policy effect)} per year."""
    rows = []
    for (kind, index), (lift, effect) in runs.items():
        level = 1e7 * (index + 1) + (1e9 if kind != "seed" else 0)
        worlds = {CAPPED: np.zeros(2), OPEN: lift, policy: np.add(lift, effect)}
        for name, extra in worlds.items():
            rows += [
                {
                    "kind": kind, "index": index, "policy": name, "year": 2027 + y,
                    "measure": "paramedical_spending", "split": "all", "group": "all",
                    "top": level + np.asarray(extra, dtype=float)[y], "bottom": 1.0,
                }
                for y in (0, 1)
            ]  # fmt: skip
    table = pd.DataFrame(rows)
    noise = table.assign(split="gold", group="2", top=9e9)  # cells that must not be counted
    other = table.assign(measure="total_care_cost", top=-9e9)
    return pd.concat([noise, table, other]).sample(frac=1, random_state=1)


SEEDS = {
    ("seed", 1): ([100_000, 100_000], [-10_000, 30_000]),
    ("seed", 2): ([300_000, 500_000], [20_000, -40_000]),
}
DRAWS = {
    ("draw", 0): ([200_000, 300_000], [-50_000, 10_000]),  # fits, agrees, neutral, within
    ("draw", 1): ([340_000, 340_000], [10_000, 10_000]),  # fits, agrees, dearer, over
    ("draw", 2): ([900_000, 900_000], [-800_000, -800_000]),  # too dear to lift; within together
    ("draw", 3): ([0, 0], [0, 0]),  # nothing happens: fits, neutral, within
}


def test_the_verdict_counts_draws():
    verdict = budget_verdict(spending(SEEDS | DRAWS), "bundle", P)

    assert verdict.years == [2027, 2028]
    assert verdict.framework == [347_000, 347_000]
    assert (verdict.fits_entitlement.hits, verdict.fits_entitlement.of) == (3, 4)
    assert (verdict.neutral.hits, verdict.neutral.value) == (3, 0.75)
    assert (verdict.within_framework.hits, verdict.within_framework.value) == (3, 0.75)
    assert verdict.fits_entitlement.by_year == [0.75, 0.75]
    assert verdict.neutral.by_year == [0.75, 0.5]
    assert verdict.within_framework.by_year == [0.75, 0.75]
    assert verdict.neutral.interval == share_interval(3, 4)


def test_the_verdict_keeps_apart_the_draws_that_agree_with_the_ministry():
    verdict = budget_verdict(spending(SEEDS | DRAWS), "bundle", P)

    assert verdict.agreeing == [0, 1]
    assert (verdict.neutral_agreeing.hits, verdict.neutral_agreeing.of) == (1, 2)
    assert (verdict.within_framework_agreeing.hits, verdict.within_framework_agreeing.of) == (1, 2)


def test_the_paths_are_means_over_seeds_with_the_draws_as_range():
    verdict = budget_verdict(spending(SEEDS | DRAWS), "bundle", P)

    assert verdict.entitlement.mean == pytest.approx([200_000, 300_000])
    assert verdict.neutrality.mean == pytest.approx([5_000, -5_000])
    assert verdict.together.mean == pytest.approx([205_000, 295_000])
    assert verdict.neutrality.monte_carlo[0] == pytest.approx(
        monte_carlo_interval(np.array([-10_000.0, 20_000.0])), rel=1e-6
    )
    assert verdict.entitlement.parameters[1] == pytest.approx(
        parameter_interval(np.array([300_000.0, 340_000.0, 900_000.0, 0.0]))
    )


def test_without_draws_the_seeds_judge():
    verdict = budget_verdict(spending(SEEDS), "bundle", P)

    assert (verdict.neutral.hits, verdict.neutral.of) == (1, 2)  # +20,000 and -20,000
    assert (verdict.fits_entitlement.hits, verdict.fits_entitlement.of) == (1, 2)
    assert verdict.agreeing == []
    assert math.isnan(verdict.neutral_agreeing.value)
    assert all(math.isnan(x) for pair in verdict.entitlement.parameters for x in pair)


def test_runs_looked_for_on_purpose_count_for_the_agreeing_only():
    found = {
        ("search", 0): ([200_000, 200_000], [-1, -1]),
        ("search", 1): ([500_000, 500_000], [-1, -1]),
    }
    plain, more = (
        budget_verdict(spending(runs), "bundle", P)
        for runs in (SEEDS | DRAWS, SEEDS | DRAWS | found)
    )
    for name in ("fits_entitlement", "neutral", "within_framework", "entitlement", "neutrality"):
        assert getattr(plain, name) == getattr(more, name)
    assert (more.searched, more.agreeing, more.agreeing_search) == (2, [0, 1], [0])
    assert (more.neutral_agreeing.hits, more.neutral_agreeing.of) == (2, 3)


@pytest.mark.parametrize("policy", [OPEN, CAPPED])
def test_a_comparator_can_be_judged_as_a_policy(policy):
    verdict = budget_verdict(spending(SEEDS | DRAWS), policy, P)

    wanted = [0, 0] if policy == OPEN else [-200_000, -300_000]
    assert verdict.neutrality.mean == pytest.approx(wanted)
    assert verdict.neutral.value == 1.0
