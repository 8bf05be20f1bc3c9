"""Effects of paired worlds: who is compared with whom, and how wide the intervals are."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from experiments.intervals import (
    monte_carlo_interval,
    monte_carlo_intervals,
    parameter_interval,
    parameter_intervals,
    share_interval,
)
from experiments.paired import WINDOW, effects, values

YEARS = (2025, 2026, 2027)


def run_rows(kind, index, policy, measure, tops, bottoms=(1, 1, 1), group="all", patients=50):
    """Return the rows of one measure in one run, as ``experiments.runner`` gives them."""
    return [
        {
            "year": year, "measure": measure, "split": "all", "group": group, "top": float(top),
            "bottom": float(bottom), "patients": patients, "small": patients < 10,
            "policy": policy, "kind": kind, "index": index,
        }
        for year, top, bottom in zip(YEARS, tops, bottoms, strict=True)
    ]  # fmt: skip


def value(table, measure, year, **where):
    chosen = table[(table.measure == measure) & (table.year == year)]
    for name, wanted in where.items():
        chosen = chosen[chosen[name] == wanted]
    assert len(chosen) == 1
    return chosen.iloc[0]


# --- values


@pytest.fixture(scope="module")
def by_hand():
    """One run: a sum of 10, 20, 60 and a ratio of 1/2, 2/8, 0/0."""
    rows = run_rows("seed", 1, "open", "money", (10, 20, 60))
    rows += run_rows("seed", 1, "open", "share", (1, 2, 0), (2, 8, 0))
    rows += run_rows("seed", 1, "open", "share", (0, 0, 0), (0, 0, 0), group="empty", patients=0)
    return values(pd.DataFrame(rows), {"money"})


def test_a_national_sum_over_the_window_is_its_yearly_mean(by_hand):
    assert [value(by_hand, "money", year).value for year in YEARS] == [10, 20, 60]
    assert value(by_hand, "money", WINDOW).value == 30


def test_a_ratio_over_the_window_is_the_ratio_of_the_sums(by_hand):
    assert [value(by_hand, "share", year, group="all").value for year in YEARS[:2]] == [0.5, 0.25]
    assert value(by_hand, "share", WINDOW, group="all").value == 3 / 10  # not 0.375, the mean


def test_where_nobody_is_the_value_is_unknown_and_not_zero(by_hand):
    assert math.isnan(value(by_hand, "share", 2027, group="all").value)
    assert all(math.isnan(value(by_hand, "share", y, group="empty").value) for y in (*YEARS, 0))


def test_one_small_year_makes_the_window_small():
    rows = run_rows("seed", 1, "open", "money", (1, 2, 3), patients=50)
    rows[1] |= {"patients": 9, "small": True}
    table = values(pd.DataFrame(rows), {"money"})

    assert bool(value(table, "money", WINDOW).small)
    assert not bool(value(table, "money", 2025).small)
    assert value(table, "money", WINDOW).patients == 109


# --- intervals


def test_the_monte_carlo_interval_is_students():
    effect = np.array([3.1, -0.4, 2.2, 1.9, 0.3, 2.7])
    wanted = stats.t.interval(0.95, effect.size - 1, effect.mean(), stats.sem(effect))

    assert monte_carlo_interval(effect) == pytest.approx(wanted, rel=1e-12)


def test_intervals_known_by_heart():
    # t(0.975; 1) = 12.7062, mean 1, sd sqrt 2, standard error 1.
    assert monte_carlo_interval(np.array([0.0, 2.0])) == pytest.approx(
        (-11.7062, 13.7062), abs=1e-4
    )
    assert monte_carlo_interval(np.array([4.0, 4.0, 4.0])) == (4.0, 4.0)
    assert parameter_interval(np.arange(101.0)) == pytest.approx((5.0, 95.0))
    assert parameter_interval(np.array([7.0, 7.0])) == (7.0, 7.0)


@pytest.mark.parametrize("seeds", [3, 6, 20])
def test_the_monte_carlo_interval_covers_the_truth_95_times_in_100(seeds):
    runs, truth = 20_000, 1.7
    effect = np.random.default_rng(seeds).normal(truth, 4.0, (runs, seeds))
    low, high = monte_carlo_intervals(effect)
    covered = ((low <= truth) & (truth <= high)).mean()

    assert covered == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / runs))


def test_the_parameter_interval_leaves_out_one_draw_in_ten():
    draws = np.random.default_rng(1).lognormal(size=20_000)
    low, high = parameter_interval(draws)

    assert (draws < low).mean() == pytest.approx(0.05, abs=1e-3)
    assert (draws > high).mean() == pytest.approx(0.05, abs=1e-3)


@pytest.mark.parametrize("interval", [monte_carlo_interval, parameter_interval])
def test_fewer_than_two_known_effects_give_no_interval(interval):
    for effect in ([], [3.0], [3.0, np.nan], [np.nan, np.nan]):
        assert all(math.isnan(x) for x in interval(np.array(effect)))


@pytest.mark.parametrize("interval", [monte_carlo_interval, parameter_interval])
def test_unknown_effects_are_left_out(interval):
    known = np.array([1.0, 5.0, 2.5, 4.0])
    with_gaps = np.array([np.nan, 1.0, 5.0, np.nan, 2.5, 4.0])

    assert interval(with_gaps) == pytest.approx(interval(known), rel=1e-12)


@pytest.mark.parametrize("many", [monte_carlo_intervals, parameter_intervals])
def test_many_intervals_at_once_are_those_one_by_one(many):
    one = {monte_carlo_intervals: monte_carlo_interval, parameter_intervals: parameter_interval}
    rng = np.random.default_rng(2)
    effect = rng.normal(size=(50, 7))
    effect[rng.random((50, 7)) < 0.3] = np.nan
    effect[0], effect[1, 1:] = np.nan, np.nan

    np.testing.assert_allclose(
        np.transpose(many(effect)), [one[many](row) for row in effect], rtol=1e-12
    )


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30),
    st.floats(-10, 10),
    st.floats(-1e3, 1e3),
)
def test_intervals_follow_the_unit_of_account(effect, times, plus):
    """EUR or cents, this zero or another: the interval says the same."""
    effect = np.array(effect)
    scale = 1 + np.abs(effect).max() * abs(times) + abs(plus)
    for interval in (monte_carlo_interval, parameter_interval):
        low, high = interval(effect)
        moved = sorted((times * low + plus, times * high + plus))
        assert low <= high
        assert interval(times * effect + plus) == pytest.approx(moved, abs=1e-7 * scale)


def test_the_interval_of_a_probability_is_wilsons():
    z = stats.norm.ppf(0.975)
    for hits, of in ((0, 10), (3, 10), (10, 10), (17, 40)):
        middle = (hits + z**2 / 2) / (of + z**2)
        half = z / (of + z**2) * math.sqrt(hits * (of - hits) / of + z**2 / 4)
        low, high = share_interval(hits, of)
        assert (low, high) == pytest.approx((middle - half, middle + half), abs=1e-9)
        assert 0 <= low <= hits / of <= high <= 1
    assert share_interval(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert share_interval(0, 0) == (0.0, 1.0)  # nothing seen, nothing known


# --- effects


def paired_runs(runs, policies, shuffle=None):
    """Return a table of values in which every run has a level of its own, far above any effect."""
    rows = []
    for kind, index, effect in runs:
        level = 1e6 * (index + 1) + (5e7 if kind == "draw" else 0.0)
        for name, factor in policies.items():
            tops = [level + factor * effect] * 3
            rows += run_rows(kind, index, name, "money", tops)
    table = values(pd.DataFrame(rows), {"money"})
    return table if shuffle is None else table.sample(frac=1, random_state=shuffle)


RUNS = [("seed", 1, 1.0), ("seed", 2, 2.0), ("seed", 3, 6.0), ("draw", 0, 40.0), ("draw", 1, 80.0)]


@pytest.mark.parametrize("shuffle", [None, 1, 2])
def test_every_world_is_compared_with_its_own_twin(shuffle):
    table = effects(paired_runs(RUNS, {"open": 0, "a": 1, "b": -10}, shuffle), "open")

    for name, factor in (("a", 1), ("b", -10)):
        row = value(table, "money", WINDOW, policy=name)
        assert row["mean"] == pytest.approx(factor * 3)
        assert row.baseline == pytest.approx(3e6)
        assert (row.monte_carlo_low, row.monte_carlo_high) == pytest.approx(
            monte_carlo_interval(factor * np.array([1.0, 2.0, 6.0])), rel=1e-6
        )
        assert (row.parameter_low, row.parameter_high) == pytest.approx(
            parameter_interval(factor * np.array([40.0, 80.0])), rel=1e-6
        )
        assert (row.seeds, row.draws) == (3, 2)
    assert set(table.policy) == {"a", "b"}
    assert set(table.year) == {WINDOW, *YEARS}


def test_draws_do_not_touch_the_mean_nor_the_chance_interval():
    few, many = (
        effects(paired_runs(runs, {"open": 0, "a": 1}), "open") for runs in (RUNS[:3], RUNS)
    )
    columns = ["baseline", "mean", "monte_carlo_low", "monte_carlo_high", "seeds"]

    pd.testing.assert_frame_equal(few[columns], many[columns])
    assert few.parameter_low.isna().all()


def test_runs_looked_for_on_purpose_touch_no_interval():
    searched = [*RUNS, ("search", 0, 1e9), ("search", 1, -1e9)]
    plain, more = (
        effects(paired_runs(runs, {"open": 0, "a": 1}), "open") for runs in (RUNS, searched)
    )

    pd.testing.assert_frame_equal(plain, more)


def test_a_twin_that_is_missing_leaves_the_effect_unknown():
    table = paired_runs(RUNS, {"open": 0, "a": 1})
    table = table[~((table.policy == "open") & (table.kind == "seed") & (table["index"] == 3))]
    row = value(effects(table, "open"), "money", WINDOW, policy="a")

    assert row["mean"] == pytest.approx(1.5)  # of seeds 1 and 2, not 6 against another seed


def test_a_seed_without_anybody_in_the_cell_is_left_out():
    rows = []
    for index, (own, base) in enumerate([((4, 8), (1, 8)), ((0, 0), (1, 2)), ((3, 4), (1, 4))]):
        for policy, (top, bottom) in (("open", base), ("a", own)):
            rows += run_rows("seed", index, policy, "share", (top,) * 3, (bottom,) * 3)
    row = value(effects(values(pd.DataFrame(rows), set()), "open"), "share", WINDOW)

    assert row["mean"] == pytest.approx((3 / 8 + 2 / 4) / 2)
    assert (row.monte_carlo_low, row.monte_carlo_high) == pytest.approx(
        monte_carlo_interval(np.array([3 / 8, 2 / 4]))
    )


def test_the_same_run_twice_is_refused():
    table = paired_runs(RUNS, {"open": 0, "a": 1})

    with pytest.raises(ValueError, match="duplicate"):
        effects(pd.concat([table, table]), "open")
