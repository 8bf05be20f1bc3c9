"""Outcome pay: settled by hand, and on average what it says to expect."""

import numpy as np
import pytest
from pydantic import ValidationError

from model.contracts.outcome_pay import OutcomePay
from model.contracts.outlook import Case, Outlook
from model.contracts.prices import Prices
from model.contracts.year import Accounts, Tallies


def accounts(indicator, count, total, before=None) -> Accounts:
    """Accounts with one indicator measured; ``before`` is last year's totals."""
    count, total = np.array(count, dtype=float), np.array(total, dtype=float)
    blank = np.zeros(count.size, dtype=np.int64)
    years = [total] if before is None else [total, np.array(before, dtype=float)]
    return Accounts(
        practice=np.arange(count.size),
        insurer=blank,
        pools={},
        patients=blank,
        revenue=blank,
        revenue_before=blank,
        quarters=blank,
        reference_cost=blank,
        care_cost=blank,
        target_cost=blank,
        measured={indicator: [Tallies(count, each, each**2, 0.0 * each) for each in years]},
        icc=0.05,
    )


def outlook() -> Outlook:
    return Outlook(
        prices=Prices(np.full(4, 3653), 5480, np.zeros((10, 3, 3), np.int64)),
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


def case(**values) -> Case:
    return Case(sessions=30.0, quarters=(2.0, 2.0, 0.0), values=values)


def test_the_sum_of_the_measured_falls_is_paid():
    year = accounts("ccq_change", [4, 3, 0, 1], [1.3, 0.005, 0.0, 2.0])

    paid = OutcomePay(per_ccq_point=150.0).settle_accounts(year)
    # 1.3 x 150 = 195.00; 0.005 x 150 = 0.75; nobody measured; 2 x 150 = 300.00
    np.testing.assert_array_equal(paid, [19_500, 75, 0, 30_000])
    assert paid.dtype == np.int64


def test_a_sum_below_zero_pays_nothing_and_takes_nothing_back():
    year = accounts("ccq_change", [4, 4], [-0.8, 0.8])

    np.testing.assert_array_equal(OutcomePay(per_ccq_point=100.0).settle_accounts(year), [0, 8_000])


def test_patients_with_a_relevant_change_are_counted():
    year = accounts("relevant_change", [10, 10, 5], [6, 0, 5])

    np.testing.assert_array_equal(
        OutcomePay(per_relevant_change=87.5).settle_accounts(year), [52_500, 0, 43_750]
    )


def test_only_this_year_is_paid():
    year = accounts("ccq_change", [4, 4], [1.0, 0.0], before=[9.0, 9.0])

    np.testing.assert_array_equal(
        OutcomePay(per_ccq_point=100.0).settle_accounts(year), [10_000, 0]
    )


def test_with_fewer_than_the_least_number_of_patients_nothing_is_paid():
    year = accounts("ccq_change", [4, 5, 6], [2.0, 2.0, 2.0])

    np.testing.assert_array_equal(
        OutcomePay(per_ccq_point=100.0, minimum_patients=5).settle_accounts(year),
        [0, 20_000, 20_000],
    )


def test_amounts_are_rounded_to_the_nearest_cent():
    year = accounts("ccq_change", [1, 1], [0.3333, 0.6666])

    # 33.33 and 66.66 cents
    np.testing.assert_array_equal(OutcomePay(per_ccq_point=1.0).settle_accounts(year), [33, 67])


def test_the_expected_value_of_the_patient_is_paid_for():
    by_point, by_change = OutcomePay(per_ccq_point=150.0), OutcomePay(per_relevant_change=80.0)
    year = case(ccq_change=0.4, relevant_change=0.35)

    assert by_point.expect(year, outlook()) == pytest.approx(60.0)
    assert by_change.expect(year, outlook()) == pytest.approx(28.0)
    # 0.1 point more is worth a tenth of the slope.
    assert by_point.expect(case(ccq_change=0.5), outlook()) == pytest.approx(75.0)


def _paid_per_patient(clause, mean, sd, patients, practices, seed):
    """Pay of many practices, EUR per patient, and its standard error."""
    changes = np.random.default_rng(seed).normal(mean, sd, (practices, patients))
    year = accounts("ccq_change", np.full(practices, patients), changes.sum(axis=1))
    paid = clause.settle_accounts(year) / 100.0 / patients
    return paid.mean(), paid.std() / np.sqrt(practices)


def test_practices_are_paid_on_average_what_is_expected():
    """40 patients who gain 0.4 (SD 0.5): a sum below zero lies 5 SD away, the floor never binds."""
    clause = OutcomePay(per_ccq_point=150.0)

    mean, error = _paid_per_patient(clause, 0.4, 0.5, 40, 20_000, seed=1)
    assert error < 0.1
    assert abs(mean - clause.expect(case(ccq_change=0.4), outlook())) < 3.0 * error


def test_where_nobody_improves_the_floor_pays_for_noise():
    """The limit of ``expect``: 25 patients without gain (SD 0.5), expected 0.

    Their sum has SD 2.5, and half of a normal is above zero: 150 x 2.5 x 0.39894 = 149.60 per
    practice, 5.98 per patient.
    """
    clause = OutcomePay(per_ccq_point=150.0)

    mean, error = _paid_per_patient(clause, 0.0, 0.5, 25, 20_000, seed=2)
    assert clause.expect(case(ccq_change=0.0), outlook()) == 0.0
    assert abs(mean - 5.98) < 3.0 * error + 0.005


def test_practices_are_paid_on_average_for_the_share_with_a_relevant_change():
    """12 patients, 35 % of whom improve enough: a count is never below zero, so this is exact."""
    clause = OutcomePay(per_relevant_change=80.0)
    counts = np.random.default_rng(3).binomial(12, 0.35, 20_000)

    paid = clause.settle_accounts(accounts("relevant_change", np.full(20_000, 12), counts))
    per_patient = paid / 100.0 / 12
    error = per_patient.std() / np.sqrt(20_000)
    assert abs(per_patient.mean() - 28.0) < 3.0 * error
    assert clause.expect(case(relevant_change=0.35), outlook()) == pytest.approx(28.0)


@pytest.mark.parametrize("keys", [{}, {"per_ccq_point": 1.0, "per_relevant_change": 1.0}])
def test_it_pays_for_exactly_one_thing(keys):
    with pytest.raises(ValidationError, match="either per_ccq_point or per_relevant_change"):
        OutcomePay(**keys)


@pytest.mark.parametrize(
    "keys",
    [
        {"per_ccq_point": -1.0},
        {"per_relevant_change": float("nan")},
        {"per_ccq_point": 1.0, "minimum_patients": 0},
        {"per_ccq_point": 1.0, "minimum_patients": 2.5},
        {"per_ccq_point": 1.0, "minimum_patients": True},
        {"per_ccq_point": 1.0, "per_walk_meter": 1.0},
    ],
)
def test_it_refuses_what_it_cannot_pay(keys):
    with pytest.raises(ValidationError):
        OutcomePay(**keys)


def test_it_does_not_pay_for_care_itself():
    assert not OutcomePay(per_ccq_point=1.0).pays_for_care
