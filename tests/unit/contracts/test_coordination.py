"""Paid coordination: the monthly parts, who starts, and the report that the experiment asks for."""

import numpy as np
import pytest
from pydantic import ValidationError

from model.contracts.coordination_lump_sum import CoordinationLumpSum
from model.contracts.outlook import Case, Outlook
from model.contracts.prices import Prices
from model.coordination import BUNDLES, CLAUSE, report, starts
from model.ledger import NOBODY, Framework, Ledger, Party
from model.parameters import ParameterSet

#: A month number that never comes.
NEVER = 32_000


def clause(amount=2_400.0, **known) -> CoordinationLumpSum:
    return CoordinationLumpSum(
        amount=amount, **{"start_rate": 0.02, "paramedical_share": 0.5} | known
    )


def test_a_month_is_a_twelfth_of_the_amount_shared_by_insurers_patients():
    assert clause().monthly_cents(1.0) == 20_000
    assert clause().monthly_cents(0.25) == 5_000
    # 2,500 / 12 = 208.33; a third of it 69.44.
    assert clause(2_500.0).monthly_cents(1.0) == 20_833
    assert clause(2_500.0).monthly_cents(1 / 3) == 6_944


def test_it_is_the_same_whatever_is_done_for_the_patient():
    known = Outlook(
        prices=Prices(np.full(4, 3653), 5480, np.zeros((10, 3, 3), np.int64)), norms={},
        patients=8.0, sessions=30.0, margin=0.0, cost_cv=0.6, reference_cost=36.53,
        benchmark=2_000.0, admission_cost=5_000.0, ccq_value=6_000.0, icc=0.05,
    )  # fmt: skip
    little, much = (
        Case(sessions=q, quarters=(2.0, 2.0, 0.0), weight_class=c) for q, c in ((5.0, 0), (90.0, 2))
    )

    assert clause().expect(little, known) == clause().expect(much, known) == 300.0  # 2,400 / 8
    assert not clause().pays_for_care


def test_what_is_left_out_comes_from_the_registry():
    p = ParameterSet(
        {
            "coordination_lump_sum": 1_200.0,
            "coordination_start_rate": 0.1,
            "coordination_paramedical_share": 0.25,
        }
    )
    filled = CoordinationLumpSum(paramedical_share=1.0).filled(p)

    assert (filled.amount, filled.start_rate, filled.paramedical_share) == (1_200.0, 0.1, 1.0)


@pytest.mark.parametrize(
    "bad",
    [{"amount": -1.0}, {"start_rate": 1.5}, {"paramedical_share": -0.1}, {"per_patient": 5.0}],
)
def test_impossible_lump_sums_are_refused(bad):
    with pytest.raises(ValidationError):
        CoordinationLumpSum(**bad)


def test_any_practice_may_start_in_any_month_and_none_stops():
    # Started before; not yet and unlucky; not yet and lucky; lucky already: keeps its first month.
    found = starts(np.array([0.9, 0.5, 0.1, 0.1]), np.array([3, NEVER, NEVER, 7]), 12, 0.2)

    np.testing.assert_array_equal(found, [3, NEVER, 12, 7])


def test_at_a_rate_of_two_percent_a_fifth_has_started_after_a_year():
    luck, started = np.random.default_rng(5), np.full(20_000, NEVER)
    for month in range(12):
        started = starts(luck.random(20_000), started, month, 0.02)

    # 1 - 0.98^12 = 0.2153; the standard error is 0.003.
    assert (started < 12).mean() == pytest.approx(0.2153, abs=0.009)


# --- the yearly report


def pay(ledger, month, practice, insurer, cents, framework=Framework.PARAMEDICAL, name=CLAUSE):
    """Post one line from an insurer to a practice."""
    ledger.post(
        month, name, framework, Party.INSURER, np.array([insurer]), Party.PRACTICE,
        np.array([practice]), np.int32(NOBODY), np.array([insurer]), np.array([cents]),
    )  # fmt: skip


def a_ledger() -> Ledger:
    """Two practices in 2025, one of them with a bundle; one practice in 2026."""
    ledger = Ledger()
    # Practice 3: insurers 0 and 1 in January 2025 (month 24), each paying from two frameworks.
    for insurer, cents in ((0, 8_000), (1, 2_000)):
        pay(ledger, 24, 3, insurer, cents)
        pay(ledger, 24, 3, insurer, cents, Framework.OTHER_CURATIVE)
    pay(ledger, 25, 3, 0, 10_000)
    pay(ledger, 25, 5, 0, 4_000)
    pay(ledger, 36, 5, 0, 5_000, Framework.OTHER_CURATIVE)
    return ledger


def test_uses_practices_and_frameworks_are_counted_by_year():
    found = report(a_ledger(), 2023)

    # Uses: practice 3 in months 24 and 25, practice 5 in 25; then practice 5 in 36.
    assert found.to_dict("list") == {
        "year": [2025, 2026],
        "uses": [3, 1],
        "practices": [2, 1],
        "sectors": ["physiotherapy, general practice", "general practice"],
        "paramedical_eur": [240.0, 0.0],  # 80 + 20 + 100 + 40
        "other_care_eur": [100.0, 50.0],
        "double_funding_eur": [0.0, 0.0],
    }


@pytest.mark.parametrize("name", BUNDLES)
def test_double_funding_is_a_bundle_of_the_same_insurer_in_the_same_month(name):
    ledger = a_ledger()
    pay(ledger, 24, 3, 0, 30_000, name=name)  # the same: both of insurer 0's lines, EUR 160
    pay(ledger, 24, 3, 0, 40_000, name=name)  # a second bundle counts no line twice
    pay(ledger, 26, 3, 0, 30_000, name=name)  # another month
    pay(ledger, 24, 5, 0, 30_000, name=name)  # another practice
    pay(ledger, 24, 3, 9, 30_000, name=name)  # another insurer

    assert list(report(ledger, 2023)["double_funding_eur"]) == [160.0, 0.0]


def test_a_fee_per_session_is_no_double_funding():
    ledger = a_ledger()
    pay(ledger, 24, 3, 0, 30_000, name="fee_per_session")

    assert report(ledger, 2023)["double_funding_eur"].sum() == 0.0


def test_without_lump_sums_the_report_is_empty_but_has_its_columns():
    ledger = Ledger()
    pay(ledger, 24, 3, 0, 30_000, name="flat_bundle")
    found = report(ledger, 2023)

    assert found.empty
    assert list(found.columns) == [
        "year", "uses", "practices", "sectors", "paramedical_eur", "other_care_eur",
        "double_funding_eur",
    ]  # fmt: skip
