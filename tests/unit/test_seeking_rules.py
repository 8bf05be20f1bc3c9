"""Rules of asking for care and of choosing a practice, by numbers worked out by hand."""

import math

import numpy as np
import pytest

from agents.seeking import (
    appeal,
    asking_rate,
    expected_wait,
    first_considered,
    hindrance,
    mean_hindrance_of_distance,
    reputation,
    ring_distance,
    soft_refusal_chance,
)
from model.month.care_seeking import mean_hindrance
from model.month.choice import Market, choose_practice, nearest_distance, wait_nearby
from model.parameters import load_registry
from model.randomness import draws, stream

P = load_registry().values()
STAFF = np.array([5.0, 1.0, 3.0, 2.0, 4.0, 7.0])


def market(staff=STAFF, regions=(0, 6), considered=99, **changed) -> Market:
    """A country in which nothing but size counts, unless said otherwise."""
    none = np.zeros(len(staff))
    plain = Market(np.array(regions), np.array(staff), none, none, considered, 4.0, 0.0, 0.0, 0.0)
    return plain._replace(**changed)


def shares(m: Market, place=0.1, region=0, without=-1, count=40_000) -> np.ndarray:
    """Return how often each practice is chosen over many draws."""
    u = draws(stream(1, "choose practice", 0), count)
    chosen = [choose_practice(x, place, region, without, m) for x in u]
    return np.bincount(chosen, minlength=m.staff.size) / count


def test_asking_rises_with_burden_and_after_an_attack_up_to_a_bound():
    assert asking_rate(0.004, 2.0, 1.4, 2.0, False, 4.0, 0.1) == pytest.approx(0.004)
    assert asking_rate(0.004, 3.0, 1.4, 2.0, False, 4.0, 0.1) == pytest.approx(
        0.004 * math.exp(1.4)
    )
    assert asking_rate(0.004, 2.0, 1.4, 2.0, True, 4.0, 0.1) == pytest.approx(0.016)
    assert asking_rate(0.004, 6.0, 1.4, 2.0, True, 4.0, 0.1) == 0.1


@pytest.mark.parametrize(
    ("hindered", "share"),
    [
        ((0.0, 0.05, 0.0, 0.05, 0.0, 0.05, False, 0.7), 1.0),  # nothing is in the way
        ((3.85, 0.1, 0.0, 0.0, 0.0, 0.0, False, 0.7), math.exp(-0.385)),  # the whole deductible
        ((0.0, 0.0, 2.0, 0.3, 0.0, 0.0, False, 0.7), math.exp(-0.6)),  # two kilometres
        ((0.0, 0.0, 0.0, 0.0, 4.0, 0.05, False, 0.7), math.exp(-0.2)),  # four months of waiting
        ((0.0, 0.1, 0.0, 0.1, 0.0, 0.1, True, 0.7), 0.7),  # refused before
        ((3.85, 0.1, 2.0, 0.3, 4.0, 0.05, True, 0.5), 0.5 * math.exp(-1.185)),
        ((8.85, 0.0, 9.0, 0.0, 9.0, 0.0, True, 1.0), 1.0),  # all weights nought: no effect
    ],
)
def test_what_is_in_the_way_multiplies(hindered, share):
    assert hindrance(*hindered) == pytest.approx(share)


@pytest.mark.parametrize("per_km", [1.7e-37, 1e-15, 1e-6, 0.05, 0.5, 3.0])
def test_the_mean_hindrance_of_distance_is_that_of_people_spread_evenly(per_km):
    nearest = (np.arange(100_000) + 0.5) / 100_000 * 2.0  # up to half of the 4 km between two

    assert mean_hindrance_of_distance(per_km, 4.0) == pytest.approx(
        np.exp(-per_km * nearest).mean()
    )
    assert mean_hindrance_of_distance(0.0, 4.0) == 1.0


def test_the_average_person_of_the_baseline_asks_as_fitted():
    """The factors of the baseline's people average to 1, so the fitted rate holds."""
    p = P.replace({"seek_per_deductible": 0.1, "seek_per_km": 0.2, "seek_per_month_wait": 0.1})
    rng = np.random.default_rng(1)
    n = 400_000
    voluntary = rng.random(n) < p.voluntary_deductible_share
    open_amount = p.compulsory_deductible + p.voluntary_deductible_max * voluntary
    open_amount[rng.random(n) < p.deductible_exhausted_anyway_share] = 0.0
    factor = np.exp(
        -0.1 * open_amount / 100.0
        - 0.2 * rng.random(n) * p.practice_spacing / 2.0
        - 0.1 * p.wait_nearby_typical
    )

    assert factor.mean() / mean_hindrance(p) == pytest.approx(1.0, abs=1e-3)
    neutral = {"seek_per_deductible": 0.0, "seek_per_km": 0.0, "seek_per_month_wait": 0.0}
    assert mean_hindrance(P.replace(neutral)) == pytest.approx(1.0, abs=1e-15)


@pytest.mark.parametrize(
    ("place", "considered", "nearest"),
    [
        (0.05, 1, [0]),
        (0.45, 1, [4]),
        (0.45, 2, [4, 5]),  # exactly at practice 4: of two as near, the next
        (0.47, 2, [4, 5]),
        (0.42, 2, [3, 4]),
        (0.45, 3, [3, 4, 5]),
        (0.02, 3, [9, 0, 1]),  # round the end of the ring
        (0.98, 4, [8, 9, 0, 1]),
        (0.7, 10, list(range(10))),
        (0.7, 12, list(range(10))),
    ],
)
def test_the_nearest_practices_are_considered(place, considered, nearest):
    start = first_considered(place, 10, considered)
    numbers = [(start + k) % 10 for k in range(min(considered, 10))]

    assert numbers == nearest
    far = [ring_distance(place, k, 10, 1.0) for k in range(10) if k not in numbers]
    near = [ring_distance(place, k, 10, 1.0) for k in numbers]
    assert not far or max(near) <= min(far) + 1e-9


def test_distance_runs_the_short_way_round_the_ring():
    assert ring_distance(0.25, 2, 10, 4.0) == pytest.approx(0.0)
    assert ring_distance(0.20, 2, 10, 4.0) == pytest.approx(2.0)
    assert ring_distance(0.0, 9, 10, 4.0) == pytest.approx(2.0)  # half a spacing past the end
    assert ring_distance(0.0, 4, 10, 4.0) == pytest.approx(18.0)
    places = (np.arange(1000) + 0.5) / 1000
    m = market(regions=(0, 6))
    nearest = [nearest_distance(place, 0, m) for place in places]
    assert np.mean(nearest) == pytest.approx(1.0, abs=1e-3)  # a quarter of the spacing
    assert max(nearest) <= 2.0


def test_the_appeal_of_a_practice_is_a_logit_with_size():
    assert appeal(5.0, 3.0, 0.0, 2.0, 0.0, 0.1, 0.0) == 5.0
    assert appeal(5.0, 3.0, 0.5, 2.0, 0.25, 0.1, 2.0) == pytest.approx(5.0 * math.exp(-1.8))


def test_without_weights_practices_are_chosen_by_size_alone():
    """The same practice, draw by draw, as drawing from the running sum of staff."""
    for region, (first, last) in enumerate(((0, 4), (4, 6))):
        m = market(regions=(0, 4, 6))
        upto = np.cumsum(STAFF[first:last])
        for u in draws(stream(2, "choose practice", 0), 5_000):
            by_size = first + int(np.searchsorted(upto, u * upto[-1], side="right"))
            assert choose_practice(u, 0.37, region, -1, m) == by_size


def test_practices_are_chosen_in_proportion_to_their_appeal():
    m = market(
        wait=np.array([0.0, 2.0, 0.0, 0.0, 1.0, 0.0]),
        reputation=np.array([0.0, 0.0, 0.1, 0.0, 0.0, -0.1]),
        per_km=0.3, per_month=0.5, per_reputation=3.0,
    )  # fmt: skip
    away = np.array([ring_distance(0.1, k, 6, 4.0) for k in range(6)])
    weight = STAFF * np.exp(-0.3 * away - 0.5 * m.wait + 3.0 * m.reputation)

    np.testing.assert_allclose(shares(m), weight / weight.sum(), atol=0.008)


def test_only_the_nearest_few_are_considered_and_the_refuser_is_passed_over():
    m = market(considered=3)
    near = np.array([5.0, 1.0, 0.0, 0.0, 0.0, 7.0])  # place 0.1 lies at practice 0
    np.testing.assert_allclose(shares(m), near / near.sum(), atol=0.008)

    near[5] = 0.0
    np.testing.assert_allclose(shares(m, without=5), near / near.sum(), atol=0.008)
    assert shares(m, without=3)[3] == 0.0


def test_a_region_with_one_practice_leaves_no_choice():
    m = market(regions=(0, 1, 6))

    for u in (1e-12, 0.5, 1 - 1e-12):
        assert choose_practice(u, 0.9, 0, -1, m) == 0
        assert choose_practice(u, 0.9, 0, 0, m) == 0  # even if it has just refused
        assert choose_practice(u, 0.9, 1, -1, market(regions=(0, 1, 6), considered=1)) == 5


def test_the_wait_nearby_is_weighted_by_size():
    m = market(considered=3, wait=np.array([1.0, 2.0, 50.0, 50.0, 50.0, 4.0]))

    assert wait_nearby(0.1, 0, m) == pytest.approx((5 * 1.0 + 1 * 2.0 + 7 * 4.0) / 13.0)


def test_the_wait_is_what_is_too_much_over_what_comes_free():
    assert expected_wait(30.0, 8.0, 40.0, 0.1) == 0.0
    assert expected_wait(38.0, 8.0, 40.0, 0.1) == pytest.approx(1.5)
    assert expected_wait(38.0, 8.0, 40.0, 0.2) == pytest.approx(0.75)
    assert expected_wait(5.0, 5.0, 0.0, 0.1) == 0.0
    assert expected_wait(0.5, 0.4, 0.8, 0.1) == pytest.approx(1.25)  # small is not nothing


def test_reputation_is_shrunk_by_its_reliability():
    """K2: nine patients at an intra-class correlation of 0.05 have a reliability of 0.321."""
    assert reputation(6.0, 9.0, 0.5, 0.05) == pytest.approx(0.32143 * (6 / 9 - 0.5), abs=1e-5)
    assert reputation(60.0, 100.0, 0.5, 0.05) == pytest.approx(0.84034 * 0.1, abs=1e-5)
    assert reputation(4.5, 9.0, 0.5, 0.05) == 0.0
    assert reputation(0.0, 0.0, 0.5, 0.05) == 0.0
    assert reputation(1.0, 1.0, 0.5, 0.05) == pytest.approx(0.025)  # one patient says a little


def test_a_refusal_that_counts_is_soft_for_certain():
    assert soft_refusal_chance(0.4, False, 0.8) == 0.4
    assert soft_refusal_chance(0.4, True, 0.8) == soft_refusal_chance(0.0, True, 0.8) == 0.8
    assert soft_refusal_chance(0.9, True, 0.8) == 0.9  # never less soft than usual
