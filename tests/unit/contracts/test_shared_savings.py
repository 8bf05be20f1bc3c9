"""Shared savings: settled by hand, and on average what it says to expect."""

import numpy as np
import pytest
from pydantic import ValidationError

from model.contracts.outlook import Case, Outlook
from model.contracts.prices import Prices
from model.contracts.shared_savings import SharedSavings
from model.contracts.year import Accounts


def shared_savings(**known):
    """Return the clause with the registry's central least rate and ceiling where not given."""
    return SharedSavings(**({"minimum_rate": 0.02, "most": 0.1} | known))


def accounts(care_cost, target_cost) -> Accounts:
    care_cost, target_cost = np.array(care_cost), np.array(target_cost)
    blank = np.zeros(care_cost.size, dtype=np.int64)
    return Accounts(
        practice=np.arange(care_cost.size),
        insurer=blank,
        pools={},
        patients=blank,
        revenue=blank,
        revenue_before=blank,
        quarters=blank,
        reference_cost=blank,
        care_cost=care_cost,
        target_cost=target_cost,
        measured={},
        icc=0.05,
    )


def outlook(care_sd=1_000.0, patients=25.0, benchmark=5_000.0) -> Outlook:
    """25 patients of SD 1,000: the mean saving per patient has an SD of EUR 200."""
    return Outlook(
        prices=Prices(np.full(4, 3653), 5480, np.zeros((10, 3, 3), np.int64)),
        norms={},
        patients=patients,
        sessions=30.0,
        margin=100.0,
        cost_cv=0.6,
        reference_cost=30.0,
        benchmark=benchmark,
        admission_cost=5_000.0,
        ccq_value=500.0,
        icc=0.05,
        care_sd=care_sd,
    )


def case(saving=0.0) -> Case:
    """A patient-year of EUR 5,000 less the saving: 0.7 admissions of 5,000, the rest revenue."""
    return Case(sessions=40.0, quarters=(2.0, 2.0, 0.0), admissions=0.7, revenue=1_500.0 - saving)


#: Targets of 1,000.00 and savings of 100.00, 20.00 (just enough), 19.99, 0, -100.00 and -400.00.
COST = [90_000, 98_000, 98_001, 100_000, 110_000, 140_000]
TARGET = [100_000] * 6


def test_a_share_of_a_saving_is_paid_from_the_minimum_on():
    paid = shared_savings(share=0.5).settle_accounts(accounts(COST, TARGET))

    np.testing.assert_array_equal(paid, [5_000, 1_000, 0, 0, 0, 0])
    assert paid.dtype == np.int64


def test_a_share_of_a_loss_is_repaid_up_to_the_ceiling():
    paid = shared_savings(share=0.5, loss_share=0.3).settle_accounts(accounts(COST, TARGET))

    # 30 % of 100.00; 30 % of 400.00 is 120.00, but 10 % of the target is 100.00
    np.testing.assert_array_equal(paid, [5_000, 1_000, 0, 0, -3_000, -10_000])


def test_no_more_than_the_ceiling_is_paid():
    clause = shared_savings(share=1.0, minimum_rate=0.0, most=0.05)

    # 5 % of the target is 50.00; smaller savings are paid in full
    np.testing.assert_array_equal(
        clause.settle_accounts(accounts(COST, TARGET)), [5_000, 2_000, 1_999, 0, 0, 0]
    )


def test_the_minimum_is_met_exactly_whatever_the_target():
    """7 % of 1.00, 3.00 and 700.00; as a product 0.07 x 100 would come out above 7."""
    target = np.array([100, 300, 70_000])

    paid = shared_savings(share=1.0, minimum_rate=0.07).settle_accounts(
        accounts(target - [7, 21, 4_900], target)
    )
    np.testing.assert_array_equal(paid, [7, 21, 4_900])


def test_without_a_target_nothing_is_settled():
    clause = shared_savings(share=1.0, minimum_rate=0.0, loss_share=1.0)

    np.testing.assert_array_equal(clause.settle_accounts(accounts([0, 500], [0, 0])), [0, 0])


def test_expected_pay_at_the_benchmark_and_per_euro_saved():
    """Minimum 4 % of 5,000 = 200, one SD: phi(1) = 0.241971, Phi(-1) = 0.158655.

    At the benchmark 0.5 x 200 x 0.241971; per euro saved 0.5 x (0.158655 + 0.241971). The ceiling,
    at 5 SD, takes away less than a tenth of a cent.
    """
    clause = shared_savings(share=0.5, minimum_rate=0.04)

    assert clause.expect(case(), outlook()) == pytest.approx(24.1971, abs=0.001)
    assert clause.expect(case(saving=100.0), outlook()) == pytest.approx(
        24.1971 + 20.0313, abs=0.001
    )


def test_a_share_of_losses_takes_away_pay_for_luck_and_adds_to_the_slope():
    clause = shared_savings(share=0.5, minimum_rate=0.04, loss_share=0.3, most=0.5)

    # (0.5 - 0.3) x 200 x 0.241971; (0.5 + 0.3) x 0.400626 per euro
    assert clause.expect(case(), outlook()) == pytest.approx(9.6788, abs=0.001)
    assert clause.expect(case(saving=100.0), outlook()) == pytest.approx(
        9.6788 + 32.0501, abs=0.001
    )


def test_a_ceiling_that_binds_lowers_both():
    """Most 4 % of 5,000 = 200, reached at a saving of 400, two SD.

    phi(2) = 0.053991, Phi(-2) = 0.022750: 0.5 x (200 x (0.241971 - 0.053991) + 400 x 0.022750)
    = 23.348; per euro 0.5 x (0.158655 - 0.022750 + 0.241971) = 0.188938.
    """
    clause = shared_savings(share=0.5, minimum_rate=0.04, most=0.04)

    assert clause.expect(case(), outlook()) == pytest.approx(23.348, abs=0.001)
    assert clause.expect(case(saving=100.0), outlook()) == pytest.approx(
        23.348 + 18.8938, abs=0.001
    )


def test_admissions_avoided_are_paid_for_as_sessions_not_given_are():
    clause = shared_savings(share=0.5, minimum_rate=0.04)
    fewer = Case(sessions=40.0, quarters=(2.0, 2.0, 0.0), admissions=0.68, revenue=1_500.0)

    # 0.02 x 5,000 is a saving of 100, as a hundred euros of revenue less
    assert clause.expect(fewer, outlook()) == pytest.approx(
        clause.expect(case(saving=100.0), outlook())
    )


@pytest.mark.parametrize("patients", [4.0, 100.0])
def test_a_minimum_without_noise_shuts_everything(patients):
    clause = shared_savings(share=0.5, loss_share=0.2)

    assert clause.expect(case(saving=50.0), outlook(care_sd=0.0, patients=patients)) == 0.0


def test_without_minimum_noise_or_losses_half_the_share_counts_per_euro():
    """At the kink between paying and not paying the slope is the mean of both sides."""
    clause = shared_savings(share=0.5, minimum_rate=0.0)

    assert clause.expect(case(saving=50.0), outlook(care_sd=0.0)) == pytest.approx(12.5, abs=0.001)


def test_nothing_is_expected_without_patients_or_benchmark():
    clause = shared_savings(share=0.5, loss_share=0.2)

    assert clause.expect(case(), outlook(patients=0.0)) == 0.0
    assert clause.expect(case(), outlook(benchmark=0.0)) == 0.0


CLAUSES = [
    shared_savings(share=0.5),
    shared_savings(share=0.5, minimum_rate=0.04, loss_share=0.3),
    shared_savings(share=0.5, minimum_rate=0.04, most=0.04),
    shared_savings(
        share=0.8, minimum_rate=0.04, loss_share=0.8, most=0.02
    ),  # ceiling below minimum
    shared_savings(share=1.0, minimum_rate=0.0, loss_share=0.4),
]
PRACTICES, PATIENTS = 400_000, 25


def _paid(clause, saving):
    """Pay of many practices of 25 patients whose care costs EUR ``saving`` less, EUR a patient.

    The same seed for every saving, so that differences show the slope and not the luck.
    """
    noise = np.random.default_rng(11).normal(0.0, 1_000.0 / np.sqrt(PATIENTS), PRACTICES)
    care = np.rint(100.0 * PATIENTS * (5_000.0 - saving - noise)).astype(np.int64)
    target = np.full(PRACTICES, 100 * PATIENTS * 5_000)
    return clause.settle_accounts(accounts(care, target)) / 100.0 / PATIENTS


@pytest.mark.parametrize("clause", CLAUSES)
def test_practices_at_the_benchmark_are_paid_on_average_what_is_expected(clause):
    """At a mean saving of zero nothing is linearised: the expectation is exact."""
    paid = _paid(clause, 0.0)

    error = paid.std() / np.sqrt(PRACTICES)
    assert abs(paid.mean() - clause.expect(case(), outlook())) < 3.0 * error


@pytest.mark.parametrize("clause", CLAUSES)
def test_a_small_saving_is_paid_on_average_what_the_slope_says(clause):
    """Ten euros, a twentieth of the noise, more against ten less.

    Over so small a step the slope bends by less than a thousandth of the share.
    """
    difference = (_paid(clause, 10.0) - _paid(clause, -10.0)) / 20.0

    error = difference.std() / np.sqrt(PRACTICES)
    slope = (clause.expect(case(10.0), outlook()) - clause.expect(case(-10.0), outlook())) / 20.0
    assert abs(difference.mean() - slope) < 3.0 * error + 0.001 * clause.share


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"share": 1.5},
        {"share": 0.5, "loss_share": -0.1},
        {"share": 0.5, "minimum_rate": True},
        {"share": 0.5, "most": float("nan")},
        {"share": 0.5, "corridor": 0.1},
    ],
)
def test_it_refuses_what_it_cannot_share(keys):
    with pytest.raises(ValidationError):
        shared_savings(**keys)


def test_it_does_not_pay_for_care_itself():
    assert not shared_savings(share=0.5).pays_for_care
