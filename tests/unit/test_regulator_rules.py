"""The rules of the regulator, by hand."""

import math

import pytest

from agents.regulator import (
    ADJUST,
    BETTER,
    CONTINUE,
    STOP,
    UNCLEAR,
    WORSE,
    finding,
    growth_is_flagged,
    lowered,
    neutral_spending,
    verdict,
)

NAN = math.nan


@pytest.mark.parametrize(
    ("low", "high", "worse", "margin", "says"),
    [
        # Admissions: a rise is worse.
        (0.02, 0.05, 1.0, 0.01, WORSE),
        (0.01, 0.05, 1.0, 0.01, UNCLEAR),  # the border itself is not beyond it
        (0.005, 0.05, 1.0, 0.01, UNCLEAR),
        (-0.05, 0.005, 1.0, 0.01, UNCLEAR),
        (-0.05, 0.0, 1.0, 0.01, UNCLEAR),
        (-0.05, -0.001, 1.0, 0.01, BETTER),
        # Fall of burden: a fall is worse.
        (-0.4, -0.2, -1.0, 0.1, WORSE),
        (-0.4, -0.1, -1.0, 0.1, UNCLEAR),
        (-0.4, 0.3, -1.0, 0.1, UNCLEAR),
        (0.001, 0.3, -1.0, 0.1, BETTER),
        # Sessions are neither.
        (5.0, 6.0, 0.0, 0.0, UNCLEAR),
        (-6.0, -5.0, 0.0, 0.0, UNCLEAR),
        (NAN, NAN, 1.0, 0.0, UNCLEAR),
        (NAN, NAN, -1.0, 0.0, UNCLEAR),
    ],
)
def test_finding(low, high, worse, margin, says):
    assert finding(low, high, worse, margin) == says


@pytest.mark.parametrize(
    ("harms", "overspends", "has_price", "decided"),
    [
        (0, 0, 1, CONTINUE),
        (0, 1, 1, ADJUST),
        (0, 1, 0, CONTINUE),  # no price to adjust
        (1, 0, 1, STOP),
        (1, 1, 1, STOP),  # patients before money
        (3, 0, 0, STOP),
    ],
)
def test_verdict(harms, overspends, has_price, decided):
    assert verdict(harms, overspends, has_price) == decided


def test_neutral_spending_is_what_it_was_without_the_effect():
    assert neutral_spending(1_060.0, 60.0) == 1_000.0


@pytest.mark.parametrize(
    ("factor", "estimate", "neutral", "new"),
    [
        (1.0, 50.0, 1_000.0, 0.95),  # an overrun of 5 %
        (1.0, 300.0, 1_000.0, 0.9),  # 30 %, but at most 10 % a year
        (0.9, 50.0, 1_000.0, 0.855),
        (0.72, 100.0, 1_000.0, 0.7),  # 0.648, but never below the floor
        (0.6, 100.0, 1_000.0, 0.6),  # what is below the floor stays
        (1.0, -50.0, 1_000.0, 1.0),  # a saving is no reason to pay more
        (1.0, 50.0, 0.0, 0.9),  # all of it is overspending
    ],
)
def test_lowered(factor, estimate, neutral, new):
    assert lowered(factor, estimate, neutral, 0.1, 0.7) == pytest.approx(new, abs=1e-12)


@pytest.mark.parametrize(("growth", "flag"), [(0.051, 1), (0.05, 0), (-0.2, 0), (NAN, 0)])
def test_growth_is_flagged(growth, flag):
    assert growth_is_flagged(growth, 0.05) == flag
