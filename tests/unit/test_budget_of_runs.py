"""The run budget: known bounds, and the error it promises, by simulation."""

import numpy as np
import pytest

from experiments.budget_of_runs import (
    ERROR,
    bounds,
    decide,
    looks,
    nominal_levels,
    repeated_interval,
    spent,
    state_of,
)

SCHEDULE = looks(6, 96)


def test_looks_double_up_to_the_budget():
    assert looks(6, 96) == (6, 12, 24, 48, 96)
    assert looks(6, 6) == (6,)
    assert looks(6, 100) == (6, 12, 24, 48, 100)
    assert looks(6, 40) == (6, 12, 24, 40)
    assert looks(6, 30) == (6, 12, 30)
    assert looks(6, 7) == (6, 7)
    with pytest.raises(ValueError, match="not 6 to 5"):
        looks(6, 5)
    with pytest.raises(ValueError, match="2 pairs or more"):
        looks(1, 5)


@pytest.mark.parametrize(
    ("spending", "published"),
    # Lan-DeMets bounds for five equal looks, two-sided 0.05, as in the R package ldbounds (Casper
    # and Perez) and in Reboussin, DeMets, Kim and Lan 2000.
    [
        ("obrien_fleming", (4.8769, 3.3569, 2.6803, 2.2898, 2.0310)),
        ("pocock", (2.4380, 2.4268, 2.4101, 2.3966, 2.3859)),
    ],
)
def test_published_bounds(spending, published):
    assert bounds((1, 2, 3, 4, 5), spending) == pytest.approx(published, abs=2e-3)


def test_all_error_is_spent_at_the_end_and_little_before():
    for spending in ("pocock", "obrien_fleming"):
        assert spent(1.0, spending) == pytest.approx(ERROR)
        values = [spent(t, spending) for t in (0.1, 0.3, 0.6, 1.0)]
        assert values == sorted(values)
    assert spent(0.1, "obrien_fleming") < 1e-6 < spent(0.1, "pocock")


def test_one_look_is_the_usual_interval():
    from scipy import stats

    assert nominal_levels((6,)) == pytest.approx((ERROR,))
    effects = np.array([1.0, 2.0, 4.0, 3.0, 2.0, 5.0])
    usual = stats.ttest_1samp(effects, 0.0).confidence_interval(0.95)
    assert repeated_interval(effects, ERROR) == pytest.approx(tuple(usual))


def test_every_look_is_stricter_than_a_single_one():
    assert all(0.0 < level < ERROR for level in nominal_levels(SCHEDULE))


def run_until_clear(effects, margin=0.0):
    """Look at one stream of pairs as the command does, and return the last decision."""
    for pairs in SCHEDULE:
        decision = decide("m", effects[:pairs], SCHEDULE, margin)
        if decision.settled:
            break
    return decision


def share_of(states, rng, mean, sd, trials, margin=0.0):
    found = [run_until_clear(rng.normal(mean, sd, SCHEDULE[-1]), margin) for _ in range(trials)]
    return np.mean([decision.state in states for decision in found])


def test_a_sign_that_is_not_there_is_called_clear_at_most_one_time_in_twenty():
    """Any look counts, also when the size is still unclear; two standard errors are allowed."""
    rng = np.random.default_rng(2026)
    trials = 3000
    effects = rng.normal(size=(trials, SCHEDULE[-1]))
    ever = np.zeros(trials, dtype=bool)
    naive = np.zeros(trials, dtype=bool)
    for pairs, level in zip(SCHEDULE, nominal_levels(SCHEDULE), strict=True):
        for at, record in ((level, ever), (ERROR, naive)):
            for k in range(trials):
                low, high = repeated_interval(effects[k, :pairs], at)
                record[k] |= low > 0.0 or high < 0.0
    assert ever.mean() <= ERROR + 2 * np.sqrt(ERROR * (1 - ERROR) / trials)
    assert naive.mean() > 0.10  # what looking without a rule would do


def test_an_effect_at_the_margin_is_called_small_at_most_one_time_in_forty():
    rng = np.random.default_rng(5)
    share = share_of({"small"}, rng, mean=1.0, sd=0.5, trials=600, margin=1.0)
    assert share <= ERROR / 2 + 2 * np.sqrt(0.025 * 0.975 / 600)


def test_a_large_effect_stops_at_the_first_look():
    rng = np.random.default_rng(1)
    decision = run_until_clear(rng.normal(10.0, 1.0, 96))
    assert (decision.state, decision.pairs) == ("clear", 6)
    assert decision.low < 10.0 < decision.high


def test_a_middling_effect_is_found_later_and_an_effect_of_nil_is_small():
    rng = np.random.default_rng(1)
    decision = run_until_clear(rng.normal(1.0, 1.0, 96))
    assert decision.state == "clear" and 6 < decision.pairs <= 96
    assert run_until_clear(rng.normal(0.0, 1.0, 96), margin=0.7).state == "small"
    assert run_until_clear(rng.normal(0.05, 1.0, 96)).state == "unclear"


def test_an_effect_that_never_differs_from_nil_is_small():
    decision = decide("m", np.zeros(6), SCHEDULE, 0.0)
    assert (decision.state, decision.low, decision.high) == ("small", 0.0, 0.0)


@pytest.mark.parametrize(
    ("interval", "margin", "state"),
    [
        ((2.0, 1.5, 2.5), 0.5, "clear"),
        ((2.0, 0.5, 3.5), 0.4, "size unclear"),
        ((-2.0, -2.5, -1.5), 0.0, "clear"),
        ((0.1, -0.2, 0.4), 0.5, "small"),
        ((0.3, 0.2, 0.4), 0.5, "small"),  # a sign, but of no importance
        ((0.1, -0.6, 0.8), 0.5, "unclear"),
    ],
)
def test_states(interval, margin, state):
    assert state_of(*interval, margin) == state


def test_pairs_without_an_effect_are_left_out_and_nothing_is_known_of_one():
    effects = np.array([np.nan, 2.0, 2.1, 1.9, 2.0, 2.05])
    assert decide("m", effects, SCHEDULE, 0.0).mean == pytest.approx(2.01)
    assert decide("m", np.full(6, np.nan), SCHEDULE, 0.0).state == "unclear"
    with pytest.raises(ValueError, match="no look"):
        decide("m", np.zeros(7), SCHEDULE, 0.0)
