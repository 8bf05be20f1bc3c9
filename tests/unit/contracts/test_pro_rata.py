"""Unused months of a paid quarter go back, to the cent."""

from dataclasses import replace

import numpy as np
import pytest
from plain_outlook import plain_outlook
from pydantic import ValidationError

from model.contracts.clause import Activity
from model.contracts.outlook import Case
from model.contracts.prices import Prices
from model.contracts.pro_rata import ProRata

QUARTER = np.zeros((10, 3, 3), np.int64)
QUARTER[0] = [[30_000, 20_000, 10_000], [35_000, 25_000, 15_000], [40_001, 30_001, 20_001]]
QUARTER[7, 2, 1] = 55_555
PRICES = Prices(np.full(4, 3653), 5480, QUARTER)
OUTLOOK = plain_outlook(prices=PRICES, unused_share=0.5)


def month() -> Activity:
    """Five patients; the first breaks nothing off, the last has another insurer."""
    blank = np.zeros(5, np.int8)
    return Activity(
        insurer=np.array([0, 0, 0, 0, 7], np.int8),
        sessions=blank,
        mode=blank,
        intake=blank,
        opened=blank,
        weight_class=np.array([0, 0, 1, 2, 2], np.int8),
        phase=np.array([0, 0, 2, 0, 1], np.int8),
        quarter_month=blank,
        unused=np.array([0, 1, 2, 2, 1], np.int8),
        in_care=blank,
    )


def test_a_third_of_the_price_goes_back_per_unused_month():
    # 0; 300.00/3; 2 x 150.00/3; 2 x 400.01/3 = 266.673; 555.55/3 = 185.183.
    found = ProRata().pay(month(), PRICES)

    np.testing.assert_array_equal(found, [0, -10_000, -10_000, -26_667, -18_518])
    assert found.dtype == np.int64


def test_a_negotiated_supplement_is_part_of_the_price():
    # (300.00 + 30.00)/3; 2 x (150.00 + 30.00)/3; nothing where nothing is broken off.
    negotiated = replace(month(), supplement=np.full(5, 3_000))

    np.testing.assert_array_equal(ProRata().pay(negotiated, PRICES)[:2], [0, -11_000])
    free = replace(PRICES, quarter=np.zeros_like(PRICES.quarter))
    assert not ProRata().pay(negotiated, free).any()


def test_a_share_of_it_goes_back():
    # Halves of 100.00, 100.00, 266.673 and 185.183.
    np.testing.assert_array_equal(
        ProRata(share=0.5).pay(month(), PRICES), [0, -5_000, -5_000, -13_334, -9_259]
    )
    assert not ProRata(share=0.0).pay(month(), PRICES).any()


def test_the_expectation_is_chance_times_unused_part_of_a_mean_quarter():
    # Mean quarter of 1 x 300 + 2 x 200 + 1 x 100 = 800/4 = 200; 0.3 x 0.5 x 200 = 30.
    case = Case(sessions=29.0, quarters=(1.0, 2.0, 1.0), dropout=0.3)

    assert ProRata().expect(case, OUTLOOK) == pytest.approx(-30.0)
    assert ProRata(share=0.4).expect(case, OUTLOOK) == pytest.approx(-12.0)


def test_the_expectation_takes_the_class_and_the_insurer_of_the_case():
    # Only tapering quarters at insurer 7, class 2: 555.55 x 0.5 x 0.2 = 55.555.
    case = Case(sessions=9.0, quarters=(0.0, 1.0, 0.0), weight_class=2, insurer=7, dropout=0.2)

    assert ProRata().expect(case, OUTLOOK) == pytest.approx(-55.555)


def test_without_quarters_nothing_is_expected():
    assert ProRata().expect(Case(sessions=9.0, quarters=(0.0,) * 3, dropout=1.0), OUTLOOK) == 0.0


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan"), "half", True])
def test_shares_outside_0_to_1_are_refused(share):
    with pytest.raises(ValidationError):
        ProRata(share=share)
