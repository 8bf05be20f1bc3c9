"""Period tariff: periods in a month of the patient's quarter, and their price."""

from dataclasses import fields

import numpy as np
import pytest
from pydantic import ValidationError

from model.contracts.clause import Activity
from model.contracts.outlook import Case, Outlook
from model.contracts.period_tariff import PeriodTariff
from model.contracts.prices import Prices

PRICES = Prices(np.full(4, 3653), 5480, np.zeros((10, 3, 3), np.int64))

#: One patient in each month of a quarter, one in the last month who is out of care, one heavy.
IN_CARE, QUARTER_MONTH, WEIGHT_CLASS = [1, 1, 1, 0, 1], [0, 1, 2, 2, 2], [0, 1, 1, 1, 2]


def month() -> Activity:
    named = {
        "in_care": np.array(IN_CARE, dtype=np.int8),
        "quarter_month": np.array(QUARTER_MONTH, dtype=np.int8),
        "weight_class": np.array(WEIGHT_CLASS, dtype=np.int8),
        "sessions": np.array([0, 3, 12, 5, 1], dtype=np.int8),
    }
    nothing = np.zeros(5, dtype=np.int8)
    return Activity(**{f.name: named.get(f.name, nothing) for f in fields(Activity)})


def outlook() -> Outlook:
    return Outlook(
        prices=PRICES,
        norms={},
        patients=9.0,
        sessions=30.0,
        margin=100.0,
        cost_cv=0.6,
        reference_cost=30.0,
        benchmark=2_000.0,
        admission_cost=5_000.0,
        ccq_value=500.0,
        icc=0.05,
    )


@pytest.mark.parametrize(
    ("period", "prices", "paid"),
    [
        ("day", (3.25,), [9_750, 9_750, 10_075, 0, 10_075]),  # 30, 30 and 31 days
        ("week", (25.0,), [10_000, 10_000, 12_500, 0, 12_500]),  # 4, 4 and 5 weeks
        ("month", (100.01,), [10_001, 10_001, 10_001, 0, 10_001]),
        ("quarter", (300.0,), [30_000, 0, 0, 0, 0]),  # in its first month
        ("week", (20.0, 30.0, 40.0), [8_000, 12_000, 15_000, 0, 20_000]),
        ("month", (1_000.0, 2_000.0, 3_000.0), [100_000, 200_000, 200_000, 0, 300_000]),
    ],
)
def test_each_month_in_care_pays_the_periods_that_fall_in_it(period, prices, paid):
    found = PeriodTariff(period=period, prices=prices).pay(month(), PRICES)

    np.testing.assert_array_equal(found, paid)
    assert found.dtype == np.int64


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("day", 2_275.0),  # 2.5 quarters x 91 x EUR 10
        ("week", 325.0),  # 2.5 x 13 x 10
        ("month", 75.0),  # 2.5 x 3 x 10
        ("quarter", 25.0),
    ],
)
def test_a_year_is_expected_by_its_quarters_not_by_its_sessions(period, expected):
    tariff = PeriodTariff(period=period, prices=(5.0, 10.0, 20.0))
    for sessions in (10.0, 90.0):
        year = Case(sessions=sessions, quarters=(1.0, 1.0, 0.5), weight_class=1)
        assert tariff.expect(year, outlook()) == pytest.approx(expected)


def test_one_price_holds_for_every_class():
    flat = PeriodTariff(period="week", prices=(25.0,))
    for weight_class in (0, 1, 2):
        year = Case(sessions=1.0, quarters=(1.0, 0.0, 0.0), weight_class=weight_class)
        assert flat.expect(year, outlook()) == pytest.approx(325.0)


@pytest.mark.parametrize("prices", [(), (1.0, 2.0), (1.0, 2.0, 3.0, 4.0)])
def test_prices_are_one_or_one_per_class(prices):
    said = rf"prices needs 1 amount or 3 \(profile_3, profile_4, profile_5\), not {len(prices)}"
    with pytest.raises(ValidationError, match=said):
        PeriodTariff(period="week", prices=prices)


@pytest.mark.parametrize(
    "keys",
    [
        {"period": "year", "prices": (1.0,)},
        {"period": "week"},
        {"prices": (1.0,)},
        {"period": "week", "prices": (-1.0,)},
        {"period": "week", "prices": ("free",)},
        {"period": "week", "prices": (1.0,), "mode": "home"},
    ],
)
def test_a_period_tariff_refuses_what_it_does_not_know(keys):
    with pytest.raises(ValidationError):
        PeriodTariff(**keys)


def test_a_period_tariff_pays_for_care():
    assert PeriodTariff(period="day", prices=(1.0,)).pays_for_care
