"""Macro clawback: an overrun is recovered to the cent, in proportion to turnover."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_outlook import plain_outlook
from pydantic import ValidationError

from model.contracts.macro_clawback import MacroClawback, levies
from model.contracts.outlook import Case
from model.parameters import ParameterSet

OUTLOOK = plain_outlook(sessions=40.0, overrun_rate=0.002)


def test_the_levy_is_a_share_of_turnover():
    # 100.00 over 1:3:0:4, and over three equal ones: 33.33, 66.67 and 100.00 running.
    turnover = np.array([10_000, 30_000, 0, 40_000])

    np.testing.assert_array_equal(levies(10_000, turnover), [1_250, 3_750, 0, 5_000])
    np.testing.assert_array_equal(levies(10_000, np.full(3, 7)), [3_333, 3_334, 3_333])


@pytest.mark.parametrize("overrun", [0, -500])
def test_without_an_overrun_nothing_is_levied(overrun):
    np.testing.assert_array_equal(levies(overrun, np.array([10, 20])), [0, 0])


def test_a_negative_turnover_earns_nothing_from_a_levy():
    np.testing.assert_array_equal(levies(90, np.array([-50, 10, 20])), [0, 30, 60])


def test_an_overrun_needs_somebody_to_pay_it():
    with pytest.raises(ValueError, match="without rows"):
        levies(1, np.array([], dtype=np.int64))


@given(st.integers(1, 10**12), st.lists(st.integers(0, 10**11), min_size=1, max_size=50))
def test_levies_add_up_to_the_overrun(overrun, turnover):
    found = levies(overrun, np.array(turnover))

    assert found.sum() == overrun
    assert (found >= 0).all()


def test_the_expectation_is_a_share_of_revenue():
    # 0.2 % of 1,200.
    case = Case(sessions=40.0, quarters=(1.0, 1.0, 2.0), revenue=1_200.0)

    assert MacroClawback().expect(case, OUTLOOK) == pytest.approx(-2.40)


def test_a_chance_left_out_comes_from_the_registry():
    p = ParameterSet({"mbi_clawback_probability": 0.02})

    assert MacroClawback().filled(p).probability == 0.02
    assert MacroClawback(probability=0.1).filled(p).probability == 0.1


@pytest.mark.parametrize("bad", [{"probability": 1.1}, {"reference": "budget"}, {"rate": 0.1}])
def test_impossible_clawbacks_are_refused(bad):
    with pytest.raises(ValidationError):
        MacroClawback(**bad)
