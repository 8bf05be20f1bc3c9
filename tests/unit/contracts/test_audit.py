"""Audits: who is checked, what goes back, and the rate that deters (U2)."""

import math

import numpy as np
import pytest
from plain_outlook import plain_outlook
from pydantic import ValidationError

from model.contracts.audit import Audit
from model.contracts.outlook import Case
from model.contracts.year import Files
from model.parameters import ParameterSet

OUTLOOK = plain_outlook()


def audit(**known):
    rest = {"insurer_cost": 150.0, "practice_cost": 60.0, "rate_watched": 0.5}
    return Audit(**{"rate": 0.1, "detection": 0.8, "fine": 1.0, **rest, **known})


def files(overclaim, luck_audit, luck_detect, watched=0) -> Files:
    overclaim = np.array(overclaim)
    blank = np.zeros(overclaim.size, np.int64)
    return Files(
        practice=blank,
        insurer=blank,
        cost=blank,
        overclaim=overclaim,
        luck_audit=np.array(luck_audit),
        luck_detect=np.array(luck_detect),
        watched=np.zeros(overclaim.size, np.int8) + np.array(watched, np.int8),
    )


def case(overclaim: float) -> Case:
    return Case(sessions=29.0, quarters=(1.0, 1.0, 2.0), overclaim=overclaim)


#: Found; found but honest; not audited; audited and not found; found, an odd amount.
FIVE = files(
    [60_000, 0, 60_000, 60_000, 333], [0.05, 0.05, 0.10, 0.05, 0.0], [0.7, 0.7, 0.0, 0.8, 0.0]
)


def test_repayment_and_fine_where_an_audit_finds_it():
    np.testing.assert_array_equal(audit().audited(FIVE), [True, True, False, True, True])
    # Repayment 1 + fine 1 is twice the gain.
    np.testing.assert_array_equal(audit().settle_files(FIVE), [-120_000, 0, 0, 0, -666])
    # Half the gain back, no fine: 166.5 is rounded to the even cent.
    found = audit(repayment=0.5, fine=0.0).settle_files(FIVE)
    np.testing.assert_array_equal(found, [-30_000, 0, 0, 0, -166])
    assert found.dtype == np.int64


def test_watched_practices_are_audited_more_often_and_never_less():
    three = files([100] * 3, [0.3, 0.3, 0.6], [0.0] * 3, watched=[0, 1, 1])

    np.testing.assert_array_equal(audit().audited(three), [False, True, False])
    seldom = audit(rate=0.4, rate_watched=0.2)
    np.testing.assert_array_equal(seldom.audited(three), [True, True, False])


def test_in_the_long_run_repayment_is_rate_times_detection_times_gain():
    luck = np.random.default_rng(20250101)
    n, gain = 200_000, 60_000
    paid = audit(fine=0.0).settle_files(files(np.full(n, gain), luck.random(n), luck.random(n)))
    # 0.1 x 0.8 x 600.00 = 48.00; variance gain^2 x 0.08 x 0.92.
    standard_error = gain * math.sqrt(0.08 * 0.92 / n)
    assert -paid.mean() == pytest.approx(4_800.0, abs=3 * standard_error)
    assert audit(fine=0.0).expect(case(600.0), OUTLOOK) == pytest.approx(-48.0)
    # Half back and a fine of twice the gain: 0.1 x 0.8 x 2.5 x 600.
    assert audit(repayment=0.5, fine=2.0).expect(case(600.0), OUTLOOK) == pytest.approx(-120.0)


@pytest.mark.parametrize(("fine", "rate"), [(1.0, 0.625), (4.0, 0.25), (9.0, 0.125)])
def test_misgrading_stops_paying_at_the_rate_of_u2(fine, rate):
    """U2: with delta 0.8 the expected loss per euro is 1 at A = 1 / (0.8 (1 + f))."""
    assert audit(rate=rate, fine=fine).expect(case(1.0), OUTLOOK) == pytest.approx(-1.0)


def test_repayment_alone_never_deters():
    """U2 with f = 0 asks for a rate of 1.25; auditing every file costs 0.80 per euro gained."""
    assert audit(rate=1.0, fine=0.0).expect(case(1.0), OUTLOOK) == pytest.approx(-0.8)
    with pytest.raises(ValidationError):
        audit(rate=1.25)


def test_audits_cost_both_sides_time():
    # 0.1 audits a year x EUR 60, whatever is found.
    assert audit().burden(case(0.0), OUTLOOK) == pytest.approx(6.0)
    assert audit(insurer_cost=150.25).insurer_cost_cents == 15_025


def test_what_is_left_out_comes_from_the_registry():
    p = ParameterSet(
        {
            "audit_rate": 0.04,
            "audit_detection_prob": 0.9,
            "audit_fine_multiple": 2.0,
            "audit_cost": 120.0,
            "audit_practice_cost": 50.0,
            "audit_rate_watched": 0.25,
        }
    )
    filled = Audit(rate=0.2).filled(p)

    # 0.2 x 0.9 x (1 + 2) x 100; burden 0.2 x 50.
    assert filled.expect(case(100.0), OUTLOOK) == pytest.approx(-54.0)
    assert filled.burden(case(0.0), OUTLOOK) == pytest.approx(10.0)
    assert (filled.insurer_cost_cents, filled.rate_watched) == (12_000, 0.25)


@pytest.mark.parametrize(
    "bad",
    [
        {"rate": -0.1},
        {"detection": 1.1},
        {"fine": -1.0},
        {"fine": float("inf")},
        {"repayment": 1.5},
        {"insurer_cost": -1.0},
        {"practice_cost": float("nan")},
        {"rate_watched": 2.0},
        {"penalty": 1.0},
    ],
)
def test_impossible_audits_are_refused(bad):
    with pytest.raises(ValidationError):
        Audit(**bad)
