"""What a KPI says of each practice, by hand from a few measurements."""

import numpy as np
import pytest

from model.contracts.verdict import Yardstick, judge, national
from model.contracts.year import Accounts, Tallies

#: One-sided confidence that is exactly one standard error of doubt: Phi(1).
ONE_SE = 0.8413447460685429


def tallies(count, total, squares=0.0, expected=0.0) -> Tallies:
    shape = np.zeros(len(count))
    return Tallies(*(shape + np.array(part, float) for part in (count, total, squares, expected)))


def accounts(*years: Tallies, icc=0.05, **pools) -> Accounts:
    """Accounts of one indicator, "dropout"; each its own practice unless told otherwise."""
    size = years[0].count.size
    blank, each = np.zeros(size, np.int64), np.arange(size)
    own = dict.fromkeys(("contract", "practice", "group", "region"), each)
    return Accounts(
        practice=each,
        insurer=blank,
        pools=own | {name: np.array(numbers) for name, numbers in pools.items()},
        patients=blank,
        revenue=blank,
        revenue_before=blank,
        quarters=blank,
        reference_cost=blank,
        care_cost=blank,
        target_cost=blank,
        measured={"dropout": list(years)},
        icc=icc,
    )


def verdict(year: Accounts, **known):
    usual = {
        "at_least": None, "at_most": None, "minimum_patients": 1.0, "case_mix": False,
        "pool": "practice", "years": 1, "judged_on": "estimate", "confidence": 0.9,
    }  # fmt: skip
    return judge(year, "dropout", Yardstick(**usual | known))


def test_the_national_mean_and_sd_are_those_of_all_patients_and_years():
    # Values 1, 1 | 2, 4 this year and 5 | none last year: 13 / 5 = 2.6; squares 1 + 1 + 4 + 16 +
    # 25 = 47; variance 47 / 5 - 2.6^2 = 9.4 - 6.76 = 2.64.
    now, before = tallies([2, 2], [2, 6], [2, 20]), tallies([1, 0], [5, 0], [25, 0])

    assert national([now, before]) == pytest.approx((2.6, 2.64**0.5))
    assert national([now]) == pytest.approx((2.0, 1.5**0.5))  # 22 / 4 - 4
    assert national([tallies([0, 0], [0, 0])]) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("pool", "patients", "value"),
    [
        ("contract", [2, 3, 5, 10], [1.0, 2.0, 1.0, 2.0]),
        ("practice", [5, 5, 5, 10], [1.6, 1.6, 1.0, 2.0]),  # (2 + 6) / 5
        ("group", [10, 10, 10, 10], [1.3, 1.3, 1.3, 2.0]),  # (2 + 6 + 5) / 10
        ("region", [20, 20, 20, 20], [1.65] * 4),  # 33 / 20
    ],
)
def test_a_pool_is_judged_on_the_mean_of_all_its_patients(pool, patients, value):
    """Practice 0 has two insurers; it contracts with practice 1; practice 2 is alone."""
    year = accounts(
        tallies([2, 3, 5, 10], [2, 6, 5, 20]),
        practice=[0, 0, 1, 2],
        group=[7, 7, 7, 3],
        region=[4, 4, 4, 4],
    )
    found = verdict(year, pool=pool, at_least=1.5)

    np.testing.assert_array_equal(found.patients, patients)
    np.testing.assert_allclose(found.value, value)
    np.testing.assert_array_equal(found.met, np.array(value) >= 1.5)


@pytest.mark.parametrize(
    ("years", "patients", "value"),
    [
        (1, [2, 4], [1.0, 2.0]),
        (2, [4, 4], [2.0, 2.0]),  # (2 + 6) / 4; nobody measured in practice 1 last year
        (3, [8, 8], [4.0, 1.5]),  # (2 + 6 + 24) / 8; (8 + 0 + 4) / 8
    ],
)
def test_years_are_taken_together_newest_first(years, patients, value):
    year = accounts(tallies([2, 4], [2, 8]), tallies([2, 0], [6, 0]), tallies([4, 4], [24, 4]))
    found = verdict(year, years=years)

    np.testing.assert_array_equal(found.patients, patients)
    np.testing.assert_allclose(found.value, value)


def test_years_that_are_not_there_yet_are_left_out():
    found = verdict(accounts(tallies([2, 4], [2, 8])), years=3)

    np.testing.assert_allclose(found.value, [1.0, 2.0])


def test_below_the_least_number_of_patients_nothing_is_said():
    # All three stand at 0.2 where 0.5 is asked; only ten or more can miss it.
    year = accounts(tallies([9, 10, 11], [1.8, 2.0, 2.2]))
    found = verdict(year, at_least=0.5, minimum_patients=10.0)

    np.testing.assert_array_equal(found.judged, [False, True, True])
    np.testing.assert_array_equal(found.met, [True, False, False])
    np.testing.assert_array_equal(found.missed, [False, True, True])


def test_a_pool_together_can_be_large_enough_to_judge():
    year = accounts(tallies([6, 6, 9], [0, 0, 0]), group=[0, 0, 1])

    np.testing.assert_array_equal(
        verdict(year, at_least=0.5, minimum_patients=10.0, pool="group").missed, [True, True, False]
    )
    assert not verdict(year, at_least=0.5, minimum_patients=10.0).missed.any()


@pytest.mark.parametrize(
    ("bounds", "met"),
    [
        ({"at_least": 0.5}, [False, True, True, True]),
        ({"at_most": 0.5}, [True, True, False, False]),
        ({"at_least": 0.5, "at_most": 0.75}, [False, True, True, False]),
        ({}, [True, True, True, True]),
    ],
)
def test_bounds_are_kept_by_whoever_stands_on_them(bounds, met):
    year = accounts(tallies([4, 4, 4, 4], [1, 2, 3, 4]))  # 0.25, 0.5, 0.75, 1

    np.testing.assert_array_equal(verdict(year, **bounds).met, met)


def test_shrinkage_draws_a_small_practice_to_the_national_mean():
    # ICC 0.5: reliability of 3 patients 1.5 / 2 = 0.75, of 1 patient 0.5, of none 0. National mean
    # (9 + 1) / 4 = 2.5: 2.5 + 0.75 x 0.5 = 2.875; 2.5 - 0.5 x 1.5 = 1.75; 2.5.
    year = accounts(tallies([3, 1, 0], [9, 1, 0]), icc=0.5)
    found = verdict(year, judged_on="shrunk", at_least=2.0)

    np.testing.assert_allclose(found.value, [2.875, 1.75, 2.5])
    np.testing.assert_array_equal(found.met, [True, False, True])


def test_shrinkage_uses_the_patients_of_the_pool():
    # Two practices of 3 as a group: 6 patients, reliability 3 / (1 + 5 x 0.5) = 6 / 7. National
    # mean (9 + 3 + 6) / 12 = 1.5; group mean 2, other 1: 1.5 +- 0.5 x 6 / 7.
    year = accounts(tallies([3, 3, 6], [9, 3, 6]), icc=0.5, group=[0, 0, 1])
    found = verdict(year, judged_on="shrunk", pool="group")

    np.testing.assert_allclose(found.value, [1.5 + 3 / 7, 1.5 + 3 / 7, 1.5 - 3 / 7])


def test_a_confidence_bound_gives_the_benefit_of_the_doubt():
    """SD 0.5 nationally: one standard error is 0.25 at 4 patients and 0.1 at 25."""
    # Values 0 or 1, half of each: practices at 0.25, 0.5 (4 patients) and 0.36, 0.64 (25).
    # Totals 1 + 3 + 9 + 16 = 29 of 58: mean 0.5, squares the same, variance 0.25.
    count, total = [4, 4, 25, 25], [1, 3, 9, 16]
    year = accounts(tallies(count, total, total))
    floor = verdict(year, judged_on="confidence_bound", confidence=ONE_SE, at_least=0.49)
    ceiling = verdict(year, judged_on="confidence_bound", confidence=ONE_SE, at_most=0.51)

    # Floor 0.49: 0.25 + 0.25, 0.75 + 0.25, 0.36 + 0.1 (misses), 0.64 + 0.1.
    np.testing.assert_array_equal(floor.met, [True, True, False, True])
    # Ceiling 0.51: 0.25, 0.75 - 0.25, 0.36, 0.64 - 0.1 (misses).
    np.testing.assert_array_equal(ceiling.met, [True, True, True, False])
    np.testing.assert_allclose(floor.value, [0.25, 0.75, 0.36, 0.64])  # itself unchanged
    np.testing.assert_array_equal(verdict(year, at_least=0.49).met, [False, True, False, True])


def test_severe_patients_pull_a_practice_down_unless_adjusted():
    """Both practices do as expected of their patients: 0.8 for mild, 0.2 for severe ones."""
    # Practice 0: 9 mild, 1 severe; practice 1: 1 mild, 9 severe: expected 7.4 and 2.6 of 10.
    year = accounts(tallies([10, 10], [7.4, 2.6], expected=[7.4, 2.6]))

    plain = verdict(year, at_least=0.5)
    np.testing.assert_allclose(plain.value, [0.74, 0.26])
    np.testing.assert_array_equal(plain.missed, [False, True])
    adjusted = verdict(year, at_least=0.5, case_mix=True)
    np.testing.assert_allclose(adjusted.value, [0.5, 0.5])
    assert adjusted.met.all()


def test_adjusted_a_practice_is_told_from_its_mix():
    # As above, but practice 1 gives its severe patients 0.1 more than expected: total 3.5 of 10.
    # National mean (7.4 + 3.5) / 20 = 0.545; against the norm 0 and +0.09, on average +0.045.
    year = accounts(tallies([10, 10], [7.4, 3.5], expected=[7.4, 2.6]))

    np.testing.assert_allclose(verdict(year, case_mix=True).value, [0.5, 0.59])


def test_a_rise_that_all_share_counts_once_in_adjusted_values():
    """The norm is last year's; if everybody does 0.1 better than it, 0.6 is 0.6 and not 0.7."""
    year = accounts(tallies([10, 10], [8.4, 3.6], expected=[7.4, 2.6]))
    found = verdict(year, case_mix=True, at_least=0.65)

    np.testing.assert_allclose(found.value, [0.6, 0.6])
    assert found.missed.all()


def test_the_mean_of_adjusted_values_is_the_mean_of_plain_ones():
    year = accounts(
        tallies([10, 20, 5], [7.0, 3.0, 5.0], expected=[5.0, 8.0, 1.0]),
        tallies([4, 0, 6], [1.0, 0.0, 6.0], expected=[2.0, 0.0, 3.0]),
    )
    plain, adjusted = (verdict(year, case_mix=mix, years=2) for mix in (False, True))

    # 22 of 45 patients, whatever the norm.
    for one in (plain, adjusted):
        assert np.average(one.value, weights=[14, 20, 11]) == pytest.approx(22 / 45)


def test_pools_and_years_add_up_the_norm_as_they_add_up_the_values():
    # Group {0, 1} over two years: 8 patients, total 4, expected 6: -0.25 against the norm. Practice
    # 2: 8 patients, total 4, expected 2: +0.25. Mean 0.5, norm on average 0.5.
    year = accounts(
        tallies([2, 2, 4], [1, 1, 2], expected=[2, 1, 1]),
        tallies([2, 2, 4], [1, 1, 2], expected=[2, 1, 1]),
        group=[0, 0, 1],
    )
    found = verdict(year, case_mix=True, pool="group", years=2)

    np.testing.assert_allclose(found.value, [0.25, 0.25, 0.75])


def test_without_measurements_nobody_is_judged():
    found = verdict(
        accounts(tallies([0, 0], [0, 0])), at_least=0.5, case_mix=True, judged_on="shrunk"
    )

    assert not found.judged.any() and found.met.all()
    np.testing.assert_array_equal(found.value, [0.0, 0.0])
