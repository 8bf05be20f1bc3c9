"""The estimators on simulated problems whose answer is known."""

import math

import numpy as np
import pytest

from model.estimates import (
    AFTER_DIFFERENCE,
    BEFORE_AFTER,
    DID,
    after_difference,
    before_after,
    difference_in_differences,
    estimates,
)

EFFECT, TREND, LEAD = 0.3, 0.5, 0.8
PRACTICES, REPLICATIONS, LEVEL = 200, 200, 0.95


def problem(seed: int, joining: float = 0.3):
    """Return practices of unequal size; those who join were better before by ``LEAD``.

    All change by ``TREND``, those who join by ``EFFECT`` more; small practices are noisier.
    """
    rng = np.random.default_rng(seed)
    joined = rng.random(PRACTICES) < joining
    weight = rng.integers(2, 30, PRACTICES).astype(float)
    noise = rng.normal(size=(2, PRACTICES)) / np.sqrt(weight)
    own = rng.normal(size=PRACTICES) + LEAD * joined
    before = own + noise[0]
    after = own + TREND + EFFECT * joined + noise[1]
    return joined, before, after, weight


def bias(found: list[float], truth: float) -> float:
    """Return the bias in its own standard errors."""
    return (np.mean(found) - truth) / (np.std(found, ddof=1) / math.sqrt(len(found)))


@pytest.fixture(scope="module")
def replications():
    return [problem(seed) for seed in range(REPLICATIONS)]


def test_difference_in_differences_finds_the_effect(replications):
    found = [
        difference_in_differences(after - before, joined, weight, LEVEL)
        for joined, before, after, weight in replications
    ]

    assert abs(bias([one.estimate for one in found], EFFECT)) < 3.0
    covered = np.mean([one.low <= EFFECT <= one.high for one in found])
    # Three standard errors of a share of 0.95 in 200 replications.
    assert covered == pytest.approx(LEVEL, abs=3.0 * math.sqrt(LEVEL * (1.0 - LEVEL) / 200))
    errors = np.mean([one.standard_error for one in found])
    assert errors == pytest.approx(np.std([one.estimate for one in found], ddof=1), rel=0.15)
    assert all(one.identified and one.method == DID for one in found)


def test_comparing_afterwards_only_takes_the_lead_for_an_effect(replications):
    found = [
        after_difference(after, joined, weight, LEVEL) for joined, _, after, weight in replications
    ]

    assert abs(bias([one.estimate for one in found], EFFECT + LEAD)) < 3.0
    assert np.mean([one.low <= EFFECT <= one.high for one in found]) < 0.1
    assert not any(one.identified for one in found)


def test_before_and_after_takes_the_trend_for_an_effect(replications):
    found = [
        before_after((after - before)[joined], weight[joined], LEVEL)
        for joined, before, after, weight in replications
    ]

    assert abs(bias([one.estimate for one in found], EFFECT + TREND)) < 3.0
    assert np.mean([one.low <= EFFECT <= one.high for one in found]) < 0.1
    assert not any(one.identified for one in found)


def test_no_effect_is_found_where_there_is_none(replications):
    """The chance of a false alarm is what the level says."""
    alarms = []
    for joined, before, after, weight in replications:
        found = difference_in_differences(after - before - EFFECT * joined, joined, weight, LEVEL)
        alarms.append(found.low > 0.0 or found.high < 0.0)

    assert np.mean(alarms) == pytest.approx(0.05, abs=0.047)


def test_the_estimate_by_hand():
    """Weighted means: (2 x 1 + 3 x 3) / 4 = 2.75 against (1 x 1 + 0 x 2) / 3 = 1/3."""
    change = np.array([2.0, 3.0, 1.0, 0.0])
    joined = np.array([True, True, False, False])
    weight = np.array([1.0, 3.0, 1.0, 2.0])

    found = difference_in_differences(change, joined, weight, LEVEL)

    assert found.estimate == pytest.approx(2.75 - 1.0 / 3.0, abs=1e-12)
    assert (found.joined, found.others) == (2, 2)
    assert before_after(change[:2], weight[:2], LEVEL).estimate == pytest.approx(2.75, abs=1e-12)


def test_it_equals_two_way_fixed_effects():
    """Two periods: regress on practice, period and joined x after, by ordinary least squares."""
    joined, before, after, _ = problem(1)
    n = joined.size
    practice = np.vstack([np.eye(n), np.eye(n)])
    period = np.repeat([0.0, 1.0], n)
    treated = period * np.tile(joined, 2)
    columns = np.column_stack([practice, period, treated])
    fixed, *_ = np.linalg.lstsq(columns, np.concatenate([before, after]), rcond=None)

    found = difference_in_differences(after - before, joined, np.ones(n), LEVEL)

    assert found.estimate == pytest.approx(fixed[-1], abs=1e-9)


# --- which method


def test_the_strongest_method_comes_first():
    joined, before, after, weight = problem(2)
    told = estimates(joined, ~joined, before, after, after - before, weight, 10, LEVEL)

    assert [one.method for one in told] == [DID, AFTER_DIFFERENCE]
    assert told[0] == difference_in_differences(after - before, joined, weight, LEVEL)


def test_where_all_joined_there_is_nobody_to_compare_with():
    joined, before, after, weight = problem(2, joining=1.1)
    told = estimates(joined, ~joined, before, after, after - before, weight, 10, LEVEL)

    assert [one.method for one in told] == [BEFORE_AFTER]
    assert (told[0].joined, told[0].others, told[0].identified) == (PRACTICES, 0, False)


def test_what_was_not_seen_before_is_compared_afterwards_only():
    joined, _, after, weight = problem(2)
    nothing = np.full(PRACTICES, np.nan)
    told = estimates(joined, ~joined, nothing, after, nothing, weight, 10, LEVEL)

    assert [one.method for one in told] == [AFTER_DIFFERENCE]


def test_too_few_practices_say_nothing():
    joined, before, after, weight = problem(2)
    few = np.flatnonzero(joined)[:9]
    nine = np.isin(np.arange(PRACTICES), few)

    assert estimates(nine, ~joined, before, after, after - before, weight, 10, LEVEL) == []
    told = estimates(nine, ~joined, before, after, after - before, weight, 9, LEVEL)
    assert told[0].joined == 9


def test_practices_without_patients_or_values_are_left_out():
    joined, before, after, weight = problem(2)
    weight[0], after[1] = 0.0, np.nan
    told = estimates(joined, ~joined, before, after, after - before, weight, 10, LEVEL)

    assert told[0].joined + told[0].others == PRACTICES - 2
