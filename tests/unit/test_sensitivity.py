"""Sensitivity estimators on functions whose exact answer is known."""

import numpy as np
import pandas as pd
import pytest
from SALib.sample import morris, sobol

from experiments.answers.sensitivity import (
    FEWEST_RUNS,
    given_data_indices,
    morris_effects,
    problem,
    shuffle,
    sobol_indices,
    tornado,
)

NAMES = ("x1", "x2", "x3")

# Ishigami with a = 7, b = 0.1: V = a^2/8 + b pi^4/5 + b^2 pi^8/18 + 1/2 (Saltelli et al. 2000).
A, B = 7.0, 0.1
V1 = 0.5 * (1 + B * np.pi**4 / 5) ** 2
V2 = A**2 / 8
V13 = B**2 * np.pi**8 * (1 / 18 - 1 / 50)
V = V1 + V2 + V13
FIRST = {"x1": V1 / V, "x2": V2 / V, "x3": 0.0}
TOTAL = {"x1": (V1 + V13) / V, "x2": V2 / V, "x3": V13 / V}


def ishigami(unit):
    x = -np.pi + 2 * np.pi * unit
    return np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])


def linear(unit):
    """Effect 3 x1 + 1 x2 + 0 x3: indices 0.9, 0.1 and 0."""
    return 3.0 * unit[:, 0] + unit[:, 1]


def by_name(table):
    return table.set_index("name")


def draws(count, names=NAMES, seed=7):
    return pd.DataFrame(np.random.default_rng(seed).random((count, len(names))), columns=names)


def test_sobol_gives_the_known_indices_of_ishigami():
    unit = sobol.sample(problem(NAMES), 1024, calc_second_order=True, seed=3)
    found = by_name(sobol_indices(NAMES, ishigami(unit)))
    for name in NAMES:
        assert found.loc[name, "first"] == pytest.approx(FIRST[name], abs=0.04)
        assert found.loc[name, "total"] == pytest.approx(TOTAL[name], abs=0.04)
        assert found.loc[name, "first_low"] <= FIRST[name] <= found.loc[name, "first_high"]
        assert found.loc[name, "total_low"] <= TOTAL[name] <= found.loc[name, "total_high"]
    assert list(found.index) == ["x1", "x2", "x3"]


def test_sobol_of_a_linear_effect_has_no_interactions():
    unit = sobol.sample(problem(NAMES), 512, calc_second_order=True, seed=3)
    found = by_name(sobol_indices(NAMES, linear(unit)))
    for name, share in (("x1", 0.9), ("x2", 0.1), ("x3", 0.0)):
        assert found.loc[name, "first"] == pytest.approx(share, abs=0.02)
        assert found.loc[name, "total"] == pytest.approx(share, abs=0.02)


def test_sobol_refuses_runs_that_are_no_design_or_have_holes():
    with pytest.raises(ValueError, match="no Sobol design"):
        sobol_indices(NAMES, np.zeros(9))
    with pytest.raises(ValueError, match="1 runs of the design have no effect"):
        sobol_indices(NAMES, np.array([np.nan, *np.zeros(7)]))


def test_an_effect_that_never_differs_has_indices_of_nil():
    found = sobol_indices(NAMES, np.full(64, 2.0))
    assert (found[["first", "total", "total_high"]] == 0.0).all(axis=None)
    assert given_data_indices(draws(50), np.full(50, 2.0)).empty


def test_morris_gives_the_slopes_of_a_linear_effect_without_spread():
    points = morris.sample(problem(NAMES), 10, num_levels=4, seed=5)
    found = by_name(morris_effects(NAMES, points, linear(points)))
    assert found["mu_star"].to_dict() == pytest.approx({"x1": 3.0, "x2": 1.0, "x3": 0.0})
    assert found["mu"].to_dict() == pytest.approx({"x1": 3.0, "x2": 1.0, "x3": 0.0})
    assert found["sigma"].abs().max() == pytest.approx(0.0, abs=1e-9)


def test_morris_shows_interaction_as_spread():
    points = morris.sample(problem(NAMES), 40, num_levels=4, seed=5)
    found = by_name(morris_effects(NAMES, points, points[:, 0] * points[:, 1]))
    assert found.loc["x1", "sigma"] > 0.2
    assert found.loc["x3", "sigma"] == pytest.approx(0.0, abs=1e-9)
    assert found.loc["x1", "mu_star_low"] <= 0.5 <= found.loc["x1", "mu_star_high"]


def test_given_data_gives_the_known_first_order_indices_of_ishigami():
    inputs = draws(2000)
    found = by_name(given_data_indices(inputs, ishigami(inputs.to_numpy())))
    for name in NAMES:
        assert found.loc[name, "first"] == pytest.approx(FIRST[name], abs=0.05)
        assert found.loc[name, "first_low"] <= FIRST[name] <= found.loc[name, "first_high"]
    assert found["clear"].to_dict() == {"x1": True, "x2": True, "x3": False}


def test_given_data_of_a_linear_effect():
    inputs = draws(500)
    found = by_name(given_data_indices(inputs, linear(inputs.to_numpy())))
    assert found["first"].to_dict() == pytest.approx({"x1": 0.9, "x2": 0.1, "x3": 0.0}, abs=0.06)
    assert found.loc["x1", "rho"] == pytest.approx(0.95, abs=0.03)


def test_one_carrier_is_found_among_a_hundred_and_sixty_inputs():
    names = [f"p{k}" for k in range(160)]
    inputs = draws(80, names)
    noise = np.random.default_rng(1).normal(size=80)
    found = given_data_indices(inputs, 6.0 * inputs["p42"].to_numpy() + noise)
    assert list(found.loc[found["clear"], "name"]) == ["p42"]


@pytest.mark.slow
def test_coincidence_is_called_clear_in_hardly_ever():
    names = [f"p{k}" for k in range(8)]
    rng = np.random.default_rng(11)
    alarms = sum(
        given_data_indices(draws(60, names, seed), rng.normal(size=60))["clear"].any()
        for seed in range(40)
    )
    assert alarms <= 3  # 0.4 expected; 4 or more would happen once in 1300 times


def test_tornado_of_a_linear_effect():
    inputs = draws(3000)
    found = by_name(tornado(inputs, linear(inputs.to_numpy())))
    # Means of the lowest and the highest third of a uniform are 1/6 and 5/6.
    assert found["swing"].to_dict() == pytest.approx({"x1": 2.0, "x2": 2 / 3, "x3": 0.0}, abs=0.08)
    assert found.loc["x1", "low"] == pytest.approx(1.0, abs=0.06)
    assert found.loc["x1", "high"] == pytest.approx(3.0, abs=0.06)
    for name, swing in (("x1", 2.0), ("x2", 2 / 3), ("x3", 0.0)):
        assert found.loc[name, "swing_low"] <= swing <= found.loc[name, "swing_high"]


def test_runs_without_effect_and_inputs_without_variation_are_left_out():
    inputs = draws(200).assign(fixed=1.0)
    effects = linear(inputs.to_numpy())
    effects[:20] = np.nan
    assert set(given_data_indices(inputs, effects)["name"]) == set(NAMES)
    assert not tornado(inputs, effects)[["low", "high"]].isna().any(axis=None)


def test_a_shuffle_keeps_groups_together():
    groups = np.array([7, 7, 3, 3, 5, 5, 9])
    rng = np.random.default_rng(1)
    seen = set()
    for _ in range(50):
        order = shuffle(groups, rng)
        assert sorted(order) == list(range(7))
        moved = groups[order]
        assert moved[0] == moved[1] and moved[2] == moved[3] and moved[4] == moved[5]
        assert order[6] == 6  # the only group of its size
        seen.add(tuple(order))
    assert len(seen) > 20


def test_levers_tried_in_few_draws_make_no_assumption_clear():
    """Five lever values in each of 12 draws are 12 pieces of evidence on assumptions, not 60."""
    rng = np.random.default_rng(3)
    names = [f"p{k}" for k in range(30)]
    draw = np.repeat(np.arange(12), 5)
    inputs = draws(12, names).iloc[draw].reset_index(drop=True)
    inputs["lever"] = np.tile(np.linspace(0, 1, 5), 12)
    effects = rng.normal(size=12)[draw] + 3.0 * inputs["lever"].to_numpy()
    naive = given_data_indices(inputs, effects)
    grouped = given_data_indices(inputs, effects, draw)
    assert naive.loc[naive["clear"], "name"].size > 1
    assert list(grouped.loc[grouped["clear"], "name"]) == ["lever"]


def test_the_bootstrap_of_the_tornado_draws_whole_groups():
    draw = np.repeat(np.arange(30), 10)
    inputs = draws(30).iloc[draw].reset_index(drop=True)
    effects = np.random.default_rng(2).normal(size=30)[draw]
    wide, narrow = (
        by_name(tornado(inputs, effects, groups)).eval("swing_high - swing_low").mean()
        for groups in (draw, None)
    )
    assert wide > 2.0 * narrow


def test_nothing_is_said_of_few_runs():
    few = draws(FEWEST_RUNS - 1)
    assert given_data_indices(few, linear(few.to_numpy())).empty
    assert tornado(few, linear(few.to_numpy())).empty


def test_the_same_runs_give_the_same_table():
    inputs = draws(100)
    effects = ishigami(inputs.to_numpy())
    pd.testing.assert_frame_equal(
        given_data_indices(inputs, effects), given_data_indices(inputs, effects)
    )
