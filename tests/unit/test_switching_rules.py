"""Who changes insurer, and to which, by hand; and a few sessions wished under convex cost."""

import numpy as np
import pytest

from agents.behaviours.capacity import others_with_room
from agents.behaviours.default import wished_sessions
from agents.patient import other_insurer, switches_insurer

#: Four insurers with 40, 30, 20 and 10 % of the market.
UPTO = np.array([0.4, 0.7, 0.9, 1.0])


def test_luck_below_the_rate_switches():
    assert switches_insurer(0.04, 0.05)
    assert not switches_insurer(0.05, 0.05)
    assert not switches_insurer(0.5, 0.05)


@pytest.mark.parametrize(
    ("own", "luck", "new"),
    [
        # who leaves the first shares 60 % of the market: 30, 20 and 10
        (0, 0.0, 1),
        (0, 0.49, 1),
        (0, 0.51, 2),
        (0, 0.82, 2),
        (0, 0.84, 3),
        # who leaves the second: 40, 20 and 10 of 70
        (1, 0.0, 0),
        (1, 0.57, 0),
        (1, 0.58, 2),
        (1, 0.85, 2),
        (1, 0.86, 3),
        # who leaves the last: 40, 30 and 20 of 90
        (3, 0.44, 0),
        (3, 0.45, 1),
        (3, 0.77, 1),
        (3, 0.78, 2),
        (3, 0.999, 2),
        # beyond all others: the last that is not the own one
        (0, 1.0, 3),
        (3, 1.0, 2),
    ],
)
def test_the_others_share_the_market(own, luck, new):
    assert other_insurer(luck, own, UPTO) == new


def test_colleagues_with_room_are_a_share_of_the_others():
    assert others_with_room(6.0, 10.0, 2.0, 2.0) == 0.5
    assert others_with_room(6.0, 10.0, 0.0, 2.0) == 0.75
    assert others_with_room(12.0, 10.0, 0.0, 2.0) == 1.0
    assert others_with_room(1.0, 10.0, 2.0, 2.0) == 0.0
    assert others_with_room(2.0, 2.0, 2.0, 2.0) == 0.0


def test_outcome_pay_and_convex_cost_in_the_sessions_wished():
    # [p - c + k (1 / rho + beta) n] / [k (1 / rho + beta) + e]
    assert wished_sessions(40.0, 2.0, 36.0, 30.0, 1.5, 0.0, 0.0) == pytest.approx(48.0)
    assert wished_sessions(40.0, 2.0, 36.0, 30.0, 1.5, 0.5, 0.0) == pytest.approx(44.0)
    assert wished_sessions(40.0, 2.0, 36.0, 30.0, 1.5, 0.5, 0.5) == pytest.approx(33.0)
