"""Fees: per session, for the intake, and the part of a fee beside a bundle, to the cent."""

from dataclasses import fields

import numpy as np
import pytest
from pydantic import ValidationError

from model.contracts.clause import Activity, Clause
from model.contracts.fee_per_session import FeePerSession
from model.contracts.intake_fee import IntakeFee
from model.contracts.mixed_fee import MixedFee
from model.contracts.outlook import Case, Outlook
from model.contracts.prices import Prices

#: Individual 36.53, group 12.18, digital 18.27, home 54.80; intake 54.80.
PRICES = Prices(np.array([3653, 1218, 1827, 5480]), 5480, np.zeros((10, 3, 3), np.int64))


def month(**columns) -> Activity:
    """A month of five patients in small columns, as the state keeps them."""
    nothing = np.zeros(5, dtype=np.int8)
    named = {name: np.array(column, dtype=np.int8) for name, column in columns.items()}
    return Activity(**{f.name: named.get(f.name, nothing) for f in fields(Activity)})


#: Individual, group, digital and home sessions, and a patient who had none; two intakes.
MONTH = month(sessions=[8, 2, 5, 1, 0], mode=[0, 1, 2, 3, 0], intake=[0, 1, 0, 0, 1])


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


def case(sessions=29.0, mode=0, intakes=0.0) -> Case:
    return Case(sessions=sessions, quarters=(0.0, 0.0, 0.0), mode=mode, intakes=intakes)


def test_the_fee_pays_each_session_at_the_tariff_of_its_mode():
    paid = FeePerSession().pay(MONTH, PRICES)

    # 8 x 36.53, 2 x 12.18, 5 x 18.27, 1 x 54.80
    np.testing.assert_array_equal(paid, [29224, 2436, 9135, 5480, 0])
    assert paid.dtype == np.int64


def test_many_sessions_do_not_overflow_the_small_columns():
    busy = month(sessions=[100, 127, 0, 0, 0])

    np.testing.assert_array_equal(FeePerSession().pay(busy, PRICES), [365_300, 463_931, 0, 0, 0])
    np.testing.assert_array_equal(  # half of 36.53 is 18.265, to the even cent 18.26
        MixedFee(share=0.5).pay(busy, PRICES), [182_600, 231_902, 0, 0, 0]
    )


def test_the_fee_is_expected_for_each_session():
    assert FeePerSession().expect(case(), outlook()) == pytest.approx(1_059.37)  # 29 x 36.53
    assert FeePerSession().expect(case(sessions=2.5, mode=3), outlook()) == pytest.approx(137.0)


def test_the_intake_fee_pays_each_intake():
    paid = IntakeFee().pay(MONTH, PRICES)

    np.testing.assert_array_equal(paid, [0, 5480, 0, 0, 5480])
    assert paid.dtype == np.int64


def test_the_intake_fee_does_not_grow_with_sessions():
    assert IntakeFee().expect(case(intakes=0.5), outlook()) == pytest.approx(27.40)
    assert IntakeFee().expect(case(sessions=99.0, intakes=0.5), outlook()) == pytest.approx(27.40)


def test_the_mixed_fee_pays_its_share_in_whole_cents_per_session():
    paid = MixedFee(share=0.4).pay(MONTH, PRICES)

    # 0.4 x 36.53 = 14.612 -> 14.61; x 12.18 = 4.872 -> 4.87; x 18.27 = 7.308 -> 7.31; 21.92
    np.testing.assert_array_equal(paid, [8 * 1461, 2 * 487, 5 * 731, 2192, 0])
    assert paid.dtype == np.int64


def test_the_mixed_fee_expects_what_it_pays():
    """29 x 14.61, not 29 x 14.612: the cents are rounded once, per session."""
    assert MixedFee(share=0.4).expect(case(), outlook()) == pytest.approx(423.69)


@pytest.mark.parametrize(("share", "whole"), [(0.0, 0), (1.0, 29224)])
def test_the_mixed_fee_runs_from_nothing_to_the_whole_tariff(share, whole):
    assert MixedFee(share=share).pay(MONTH, PRICES)[0] == whole


@pytest.mark.parametrize("share", [-0.1, 1.1, True, "half", float("nan"), None])
def test_the_mixed_fee_refuses_what_is_no_share(share):
    with pytest.raises(ValidationError, match="share"):
        MixedFee(share=share)


@pytest.mark.parametrize(
    ("clause", "keys"),
    [
        (FeePerSession, {"tariff": 36.0}),
        (IntakeFee, {"clause": "fee_per_session"}),
        (MixedFee, {}),
        (MixedFee, {"share": 0.5, "mode": "group"}),
    ],
)
def test_a_fee_refuses_keys_it_does_not_know_and_wants_those_it_needs(clause, keys):
    with pytest.raises(ValidationError):
        clause(**keys)


@pytest.mark.parametrize("clause", [FeePerSession(), IntakeFee(), MixedFee(share=0.5)])
def test_a_fee_pays_for_care_by_the_month_and_settles_no_year(clause: Clause):
    assert clause.pays_for_care
    assert clause.settle_accounts(None) is None and clause.settle_files(None) is None
