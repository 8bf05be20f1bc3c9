"""Closed forms of the laboratory game: B1 and B2 (clinical evidence, section 4.3)."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from agents.behaviours.default import toward_need
from agents.behaviours.laboratory_game import game_sessions

CLOSE = 1e-3
NEEDS = (3.0, 5.0, 7.0)
FFS, CAPITATION, MIXED = 2.0, 0.0, 1.0

TABLE = {
    0.0: ((10, 10, 10), (0, 0, 0), (5, 5, 5)),
    0.3: ((8.5, 8.5, 8.5), (1.5, 1.5, 1.5), (3.5, 5, 6.5)),
    0.5: ((7.5, 7.5, 7.5), (2.5, 2.5, 2.5), (3, 5, 7)),
    0.7: ((6.5, 6.5, 7), (3, 3.5, 3.5), (3, 5, 7)),
    1.0: ((5, 5, 7), (3, 5, 5), (3, 5, 7)),
    1.4: ((3, 5, 7), (3, 5, 7), (3, 5, 7)),
}


def game(fee, altruism):
    return [game_sessions(need, fee, altruism) for need in NEEDS]


@pytest.mark.parametrize("altruism", TABLE)
def test_the_table_of_the_game_holds(altruism):
    for fee, expected in zip((FFS, CAPITATION, MIXED), TABLE[altruism], strict=True):
        assert game(fee, altruism) == pytest.approx(expected, abs=CLOSE)


@pytest.mark.parametrize("altruism", [0.0, 0.2, 0.5, 0.9, 1.4, 2.0])
@pytest.mark.parametrize("fee", [0.0, 0.6, 1.0, 2.0])
@pytest.mark.parametrize("need", NEEDS)
def test_the_choice_maximises_the_utility_of_the_game(need, fee, altruism):
    """The utility has a kink at need: search either side of it, and the kink itself."""

    def loss(q):
        return -(fee * q - q * q / 10 - altruism * abs(q - need))

    sides = [
        minimize_scalar(loss, bounds=b, method="bounded", options={"xatol": 1e-8}).x
        for b in ((0.0, need), (need, 10.0))
    ]
    best = min([*sides, need, 0.0, 10.0], key=loss)

    assert game_sessions(need, fee, altruism) == pytest.approx(best, abs=CLOSE)


@pytest.mark.parametrize(("fee", "threshold"), [(FFS, 1.4), (CAPITATION, 1.4), (MIXED, 0.4)])
def test_b1_the_altruism_needed_for_the_optimum_in_all_severities(fee, threshold):
    def is_optimal(altruism):
        return np.allclose(game(fee, altruism), NEEDS, atol=1e-9)

    grid = np.arange(0, 2001) / 1000
    least = next(x for x in grid if is_optimal(x + 1e-12))

    assert least == pytest.approx(threshold, abs=CLOSE)
    assert all(is_optimal(x) for x in grid if x > threshold)


@pytest.mark.parametrize("altruism", [0.3, 0.5, 0.7, 1.0])
def test_b2_overtreatment_falls_and_undertreatment_rises_with_severity(altruism):
    over = np.array(game(FFS, altruism)) - NEEDS
    under = NEEDS - np.array(game(CAPITATION, altruism))

    assert (np.diff(over) <= 0).all() and over[0] > over[2] >= 0
    assert (np.diff(under) >= 0).all() and under[2] > under[0] >= 0


def test_the_mixture_of_altruism_gives_the_means_of_the_laboratory():
    altruism, weights = (0.0, 0.5, 0.9, 1.8), np.array([0.2, 0.3, 0.3, 0.2])
    means = {
        FFS: ((6.5, 6.9, 7.75), (3.5, 1.9, 0.75)),
        CAPITATION: ((2.25, 3.1, 3.5), (0.75, 1.9, 3.5)),
        MIXED: ((3.4, 5.0, 6.6), (0.4, 0.0, 0.4)),
    }
    for fee, (chosen, deviation) in means.items():
        q = np.array([game(fee, x) for x in altruism])
        assert weights @ q == pytest.approx(chosen, abs=CLOSE)
        assert weights @ np.abs(q - NEEDS) == pytest.approx(deviation, abs=CLOSE)


def test_the_pull_toward_need_is_a_soft_threshold():
    assert toward_need(10.0, 5.0, 2.0) == 8.0
    assert toward_need(1.0, 5.0, 2.0) == 3.0
    assert toward_need(6.9, 5.0, 2.0) == toward_need(3.1, 5.0, 2.0) == 5.0
    assert toward_need(7.3, 5.0, 0.0) == 7.3
