"""Settling bills: what belongs to which year, and what other care costs, by hand."""

import numpy as np
import pytest

from model.ledger import Framework, Ledger, Party
from model.month.settlement import (
    constants,
    months_in_next_year,
    post_both_ways,
    unused_next_year,
)
from model.parameters import load_registry

P = load_registry().values()
JANUARY, OCTOBER, NOVEMBER, DECEMBER = 12, 21, 22, 23


@pytest.mark.parametrize(
    ("month", "months"),
    [(JANUARY, [0, 0, 0]), (OCTOBER, [0, 0, 0]), (NOVEMBER, [0, 1, 0]), (DECEMBER, [0, 2, 1])],
)
def test_months_of_a_running_quarter_that_fall_in_the_next_year(month, months):
    """The month that comes next is 0 where the quarter ends now, 1 where it has just begun."""
    assert months_in_next_year(month, np.array([0, 1, 2])).tolist() == months


@pytest.mark.parametrize(
    ("month", "unused", "back"),
    [
        (JANUARY, 3, 0),
        (OCTOBER, 3, 0),  # October to December: none of it is next year's
        (NOVEMBER, 2, 0),
        (NOVEMBER, 3, -100),
        (DECEMBER, 3, -200),
        (DECEMBER, 2, -150),
        (DECEMBER, 1, 0),
        (DECEMBER, 0, 0),
    ],
)
def test_part_of_a_refund_that_is_next_years(month, unused, back):
    got = unused_next_year(month, np.array([unused], dtype=np.int8), np.array([-300]))

    assert got.tolist() == [back]


def test_amounts_of_other_care_are_whole_cents_and_without_the_hospital():
    """100 a quarter of which 40 in hospital is 20 a month beside it, by weight of the stage."""
    p = P.replace(
        {
            "copd_care_cost_per_patient_quarter_2019": 100.0,
            "hospital_share_of_copd_cost": 0.4,
            "cost_weight_gold_2": 0.5,
            "cost_weight_gold_3": 1.0,
            "cost_weight_gold_4": 2.0,
            "session_tariff_private": 45.5,
            "hospital_session_cost": 60.0,
            "hospital_sessions_per_month": 4.0,
        }
    )
    amounts = constants(p)

    assert amounts.other_care.tolist() == [1000, 2000, 4000]
    assert amounts.private_session == 4550
    assert amounts.hospital_month == 24_000


class _Book:
    """As much of a world as posting needs."""

    month = 5

    def __init__(self):
        self.ledger = Ledger()


def test_a_negative_amount_is_a_line_the_other_way_round():
    world = _Book()
    post_both_ways(
        world, "refund", np.array([4, 5]), np.array([1, 2]), np.array([7, 8]), np.array([300, -120])
    )
    there, back = world.ledger.lines().to_dict("records")

    assert (there["payer"], there["payer_id"]) == (Party.INSURER, 1)
    assert (there["payee"], there["payee_id"]) == (Party.PRACTICE, 4)
    assert (there["patient"], there["insurer"], there["cents"]) == (7, 1, 300)
    assert (back["payer"], back["payer_id"]) == (Party.PRACTICE, 5)
    assert (back["payee"], back["payee_id"]) == (Party.INSURER, 2)
    assert (back["patient"], back["insurer"], back["cents"]) == (8, 2, 120)
    assert {there["framework"], back["framework"]} == {Framework.PARAMEDICAL}
