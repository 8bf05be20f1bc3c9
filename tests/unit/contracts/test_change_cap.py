"""Change cap: revenue per patient-quarter stays within a share of the year before."""

import numpy as np
import pytest
from plain_outlook import plain_outlook
from pydantic import ValidationError

from model.contracts.change_cap import ChangeCap
from model.contracts.outlook import Case, Outlook
from model.contracts.year import Accounts


def accounts(revenue, revenue_before, quarters) -> Accounts:
    revenue = np.array(revenue)
    each, blank = np.arange(revenue.size), np.zeros(revenue.size, np.int64)
    return Accounts(
        practice=each,
        insurer=blank,
        pools={"contract": each},
        patients=blank,
        revenue=revenue,
        revenue_before=np.array(revenue_before),
        quarters=np.array(quarters),
        reference_cost=blank,
        care_cost=blank,
        target_cost=blank,
        measured={},
        icc=0.05,
    )


def outlook(revenue_before: float) -> Outlook:
    return plain_outlook(sessions=40.0, revenue_before=revenue_before)


def case(revenue: float) -> Case:
    return Case(sessions=40.0, quarters=(1.0, 1.0, 2.0), revenue=revenue)


def test_revenue_outside_the_bounds_is_brought_back():
    # 10 quarters at 250.00 the year before: 2,500.00, bounds 2,250.00 and 2,750.00.
    # Unknown year before and no quarters: nothing.
    year = accounts(
        [300_000, 200_000, 275_000, 260_000, 300_000, 300_000],
        [25_000, 25_000, 25_000, 25_000, 0, 25_000],
        [10, 10, 10, 10, 10, 0],
    )

    found = ChangeCap(most=0.1).settle_accounts(year)
    np.testing.assert_array_equal(found, [-25_000, 25_000, 0, 0, 0, 0])
    assert found.dtype == np.int64


def test_fewer_quarters_are_not_a_fall_of_revenue_per_quarter():
    # 5 quarters at 250.00 is no change; a cap of 0 brings 1,300.00 back to 1,250.00.
    year = accounts([125_000, 130_000], [25_000, 25_000], [5, 5])

    np.testing.assert_array_equal(ChangeCap(most=0.0).settle_accounts(year), [0, -5_000])


def test_amounts_are_rounded_to_the_cent():
    # 3 x 100.01 = 300.03; 1.05 x 300.03 = 315.0315; 400.00 back to that is 84.9685.
    year = accounts([40_000], [10_001], [3])

    np.testing.assert_array_equal(ChangeCap(most=0.05).settle_accounts(year), [-8_497])


@pytest.mark.parametrize(
    ("revenue", "change"), [(1_200.0, -100.0), (800.0, 100.0), (1_050.0, 0.0), (1_100.0, 0.0)]
)
def test_the_expectation_is_the_same_on_the_case(revenue, change):
    # 4 quarters at 250: 1,000, bounds 900 and 1,100.
    found = ChangeCap(most=0.1).expect(case(revenue), outlook(250.0))
    assert found == pytest.approx(change)


def test_without_a_year_before_nothing_is_expected():
    assert ChangeCap(most=0.1).expect(case(1_200.0), outlook(0.0)) == 0.0
    empty = Case(sessions=0.0, quarters=(0.0, 0.0, 0.0), revenue=50.0)
    assert ChangeCap(most=0.1).expect(empty, outlook(250.0)) == 0.0


@pytest.mark.parametrize("bad", [{}, {"most": -0.1}, {"most": 1.1}, {"most": "little"}])
def test_impossible_caps_are_refused(bad):
    with pytest.raises(ValidationError):
        ChangeCap(**bad)
