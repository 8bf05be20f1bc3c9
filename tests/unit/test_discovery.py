"""Scenario discovery on boxes that are known."""

import numpy as np
import pandas as pd
import pytest

from experiments.answers.discovery import (
    FEWEST_RUNS,
    MOST_INPUTS,
    MOST_LIMITS,
    QUASI_P,
    Counts,
    Limit,
    discover,
    fit,
    quasi_p,
    screened,
)
from experiments.intervals import share_interval


def draws(count, columns=8, seed=3):
    names = [f"x{k}" for k in range(columns)]
    return pd.DataFrame(np.random.default_rng(seed).random((count, columns)), columns=names)


def test_a_known_box_is_found():
    x = draws(600)
    box = discover(x, ((x["x0"] < 0.4) & (x["x3"] > 0.5)).to_numpy())
    found = {limit.name: limit for limit in box.limits}
    assert set(found) == {"x0", "x3"}
    assert found["x0"].low is None and found["x0"].high == pytest.approx(0.4, abs=0.04)
    assert found["x3"].high is None and found["x3"].low == pytest.approx(0.5, abs=0.04)
    assert box.held_out.density > 0.85
    assert box.held_out.coverage > 0.8
    assert box.confirmed
    assert all(limit.quasi_p < 1e-6 for limit in box.limits)


def test_a_known_box_is_found_behind_noise_and_among_many_inputs():
    x = draws(400, columns=60)
    rng = np.random.default_rng(8)
    inside = (x["x5"] > 0.6).to_numpy()
    box = discover(x, rng.random(400) < np.where(inside, 0.9, 0.1))
    assert "x5" in {limit.name for limit in box.limits}
    assert len(box.limits) <= MOST_LIMITS
    assert box.confirmed


@pytest.mark.slow
def test_what_a_search_finds_in_noise_is_not_confirmed():
    confirmed = 0
    for seed in range(8):
        x = draws(120, columns=12, seed=seed)
        box = discover(x, np.random.default_rng(100 + seed).random(120) < 0.4)
        if box is not None:
            # Flattering where it was found, which is why runs are kept back.
            assert box.searched.density > box.searched.base
            confirmed += box.confirmed
    assert confirmed <= 1


def test_inputs_that_differ_most_are_peeled():
    x = draws(200, columns=40)
    chosen = screened(x, ((x["x7"] > 0.3) & (x["x7"] < 0.7)).to_numpy())
    assert len(chosen) == MOST_INPUTS
    assert "x7" in chosen
    assert chosen == [name for name in x if name in chosen]


def test_searched_and_held_out_runs_are_all_runs():
    x = draws(200)
    interest = (x["x0"] < 0.5).to_numpy()
    box = discover(x, interest)
    assert box.searched.runs + box.held_out.runs == 200
    assert box.searched.of_interest + box.held_out.of_interest == interest.sum()


def test_runs_that_belong_together_are_searched_or_held_out_together():
    """With every run twice, splitting a pair would let the check repeat the search."""
    x = draws(100, columns=20)
    pairs = np.repeat(np.arange(100), 2)
    twice = x.iloc[pairs].reset_index(drop=True)
    interest = np.random.default_rng(5).random(100) < np.where(x["x0"] < 0.5, 0.8, 0.1)
    box = discover(twice, interest[pairs], pairs)
    assert box.held_out.inside % 2 == 0 and box.held_out.hits % 2 == 0
    assert box.held_out.runs == 60
    assert discover(twice, interest[pairs], pairs // 10) is not None
    assert discover(twice, interest[pairs], pairs // 12) is None  # too few to keep any back


def test_nothing_is_found_where_there_is_nothing_to_find():
    x = draws(200)
    assert discover(x, np.zeros(200, dtype=bool)) is None
    assert discover(x, np.ones(200, dtype=bool)) is None
    few = draws(FEWEST_RUNS - 1)
    assert discover(few, (few["x0"] < 0.5).to_numpy()) is None


def test_a_lever_with_two_values_can_be_a_limit():
    x = draws(300).assign(lever=np.tile([0.0, 1.0], 150), fixed=3.0)
    box = discover(x, ((x["lever"] == 1.0) & (x["x1"] < 0.5)).to_numpy())
    found = {limit.name: limit for limit in box.limits}
    assert found["lever"].low is not None and 0.0 < found["lever"].low <= 1.0
    assert "fixed" not in found


def test_coverage_and_density_by_hand():
    x = pd.DataFrame({"a": [0.1, 0.2, 0.3, 0.8, 0.9]})
    counts = fit((Limit("a", None, 0.3, 0.0),), x, np.array([True, True, False, True, False]))
    assert counts == Counts(runs=5, of_interest=3, inside=3, hits=2, groups=3)
    assert counts.coverage == pytest.approx(2 / 3)
    assert counts.density == pytest.approx(2 / 3)
    assert counts.base == pytest.approx(3 / 5)


def test_quasi_p_by_hand():
    # Without the condition 2 of 4 are of interest; in the box 2 of 2: 0.5^2.
    x = pd.DataFrame({"a": [0.1, 0.2, 0.8, 0.9]})
    interest = np.array([True, True, False, False])
    assert quasi_p("a", {"a": (None, 0.5)}, x, interest) == pytest.approx(0.25)
    assert quasi_p("a", {"a": (None, 2.0)}, x, interest) == 1.0


@pytest.mark.filterwarnings("ignore")
def test_copies_of_runs_that_belong_together_do_not_make_a_condition_surer():
    x = draws(60, 2)
    interest = (x["x0"] > 0.6).to_numpy()
    limits = {"x0": (0.6, None)}
    once = quasi_p("x0", limits, x, interest)
    copies, same = pd.concat([x] * 4, ignore_index=True), np.tile(np.arange(60), 4)

    assert 1e-12 < once < 1e-3
    together = quasi_p("x0", limits, copies, np.tile(interest, 4), same)
    assert together == pytest.approx(once)
    assert quasi_p("x0", limits, copies, np.tile(interest, 4)) < 1e-3 * once


def test_quasi_p_is_that_of_the_workbench():
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ema_workbench.analysis.prim import Prim
    x = draws(300, columns=4)
    interest = ((x["x0"] < 0.4) & (x["x1"] > 0.5)).to_numpy()
    box = Prim(x, interest).find_box()
    number = int(box.peeling_trajectory.query("res_dim == 2").index[-1])
    limits = {}
    for name, values in box.p_values[number].items():
        low, high = box.box_lims[number][name]
        limits[name] = (
            low if values[0] >= 0 else None,
            high if values[1] >= 0 else None,
        )
    for name, values in box.p_values[number].items():
        theirs = max(values)  # -1 stands for "no limit on this side"
        if sum(value >= 0 for value in values) == 1:
            assert quasi_p(name, limits, x, interest) == pytest.approx(theirs, abs=1e-9)


def test_every_limit_is_needed():
    x = draws(300)
    box = discover(x, (x["x0"] + x["x1"] < 0.7).to_numpy())
    assert all(limit.quasi_p <= QUASI_P for limit in box.limits)


def test_runs_that_belong_together_do_not_make_a_box_surer():
    """Ten levers tried in each of twelve draws: the interval is that of twelve runs."""
    x = pd.DataFrame({"a": np.repeat(np.arange(12.0), 10)})
    interest = x["a"].to_numpy() >= 6.0
    limits = (Limit("a", 5.5, None, 0.0),)
    alone, together = (
        fit(limits, x, interest, groups) for groups in (None, np.repeat(np.arange(12), 10))
    )
    assert (alone.inside, alone.groups, together.groups) == (60, 60, 6)
    assert together.density == alone.density == 1.0
    assert together.density_interval[0] < alone.density_interval[0] - 0.2
    assert together.density_interval == share_interval(6, 6)
