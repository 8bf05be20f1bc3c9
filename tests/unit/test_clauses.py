"""Contracts: clauses add up, in any order, to the cent; what they bind to and what they reward."""

from typing import get_args

import numpy as np
import pytest
from clause_activity import GRADED_UP, LEVERS, OUTLOOK, PRICES, QUARTER
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from rich_contract import BESIDE, KPIS, RICH, rich_contract

from model.contracts.audit import Audit
from model.contracts.clause import Activity, Clause
from model.contracts.contract import REGULAR, AnyClause, Contract
from model.contracts.fee_per_session import FeePerSession
from model.contracts.flat_bundle import FlatBundle
from model.contracts.index_band import IndexBand
from model.contracts.intake_fee import IntakeFee
from model.contracts.kpi import Kpi
from model.contracts.outlook import Case
from model.contracts.period_tariff import PeriodTariff
from model.contracts.phase_bundle import PhaseBundle
from model.contracts.prices import Prices, cents
from model.contracts.pro_rata import ProRata
from model.contracts.profile_phase_bundle import ProfilePhaseBundle
from model.contracts.quarter_bundle import QuarterBundle
from model.contracts.session_floor import SessionFloor
from model.contracts.stop_loss import StopLoss
from model.contracts.terms import Terms
from model.contracts.weight_class_bundle import WeightClassBundle
from model.contracts.year import Accounts, Files, Tallies
from model.parameters import load_registry
from model.policy import Policy

#: Every clause that a scenario can name.
CLAUSES = get_args(get_args(AnyClause)[0])

#: More than a scenario would state, which pays the same care twice; a contract adds up regardless.
ALL = (*RICH, PeriodTariff(period="month", prices=(5.0, 7.0, 9.0)))


#: An intake and a first quarter opened; a group in a second month; a patient who broke off with two
#: months unused; a patient in care without a session.
MONTH = Activity(
    insurer=np.array([0, 1, 2, 3], dtype=np.int8),
    sessions=np.array([8, 3, 0, 0], dtype=np.int16),
    mode=np.array([0, 1, 0, 0], dtype=np.int8),
    intake=np.array([1, 0, 0, 0], dtype=np.int8),
    opened=np.array([1, 0, 0, 0], dtype=np.int8),
    weight_class=np.array([0, 1, 2, 2], dtype=np.int8),
    phase=np.array([0, 1, 0, 2], dtype=np.int8),
    quarter_month=np.array([0, 1, 1, 2], dtype=np.int8),
    unused=np.array([0, 0, 2, 0], dtype=np.int8),
    in_care=np.array([1, 1, 0, 1], dtype=np.int8),
)

#: A dear patient whose audit finds EUR 100 too much; a patient like any other.
FILES = Files(
    practice=np.array([0, 1]),
    insurer=np.array([0, 0]),
    cost=np.array([200_000, 100_000]),
    overclaim=np.array([10_000, 0]),
    luck_audit=np.array([0.01, 0.01]),
    luck_detect=np.array([0.5, 0.5]),
    watched=np.array([0, 0]),
)


def tallies(count, total, expected=(0.0, 0.0)) -> list[Tallies]:
    """Measurements of one year at two practices; 0 or 1 per patient, so squares are the total."""
    return [Tallies(*(np.array(x, dtype=float) for x in (count, total, total, expected)))]


#: A practice that does well on everything and one that does badly, each its own group.
ACCOUNTS = Accounts(
    practice=np.array([0, 1]),
    insurer=np.array([0, 0]),
    pools=dict.fromkeys(("contract", "practice", "group", "region"), np.array([0, 1])),
    patients=np.array([20, 20]),
    revenue=np.array([1_000_000, 1_000_000]),
    revenue_before=np.array([20_000.0, 20_000.0]),
    quarters=np.array([40.0, 50.0]),
    reference_cost=np.array([800_000, 1_000_000]),
    care_cost=np.array([1_500_000, 2_200_000]),
    target_cost=np.array([2_000_000, 2_000_000]),
    measured={
        "relevant_change": tallies([20, 20], [14, 4], [8, 8]),
        "start_in_time": tallies([12, 5], [9, 5]),
        "gpe": tallies([20, 20], [10, 2]),
        "dropout": tallies([40, 50], [2, 25]),
        "walk_change": tallies([20, 10], [800, 100]),
        "ccq_change": tallies([20, 20], [10, 6]),
    },
    icc=0.05,
    withheld={"kpi_relevant_change": np.array([50_000, 48_000])},
)

# Cents by hand; what is not named pays nothing there.
BY_MONTH = {
    "intake_fee": [5000, 0, 0, 0],
    "weight_class_bundle": [30000, 0, 0, 0],
    "mixed_fee": [4800, 1200, 0, 0],  # a fifth of 30 and of 20 euros: 8 x 6.00 and 3 x 4.00
    "period_tariff": [500, 700, 0, 900],  # 5, 7 or 9 euros a month; who broke off is not in care
    "pro_rata": [0, 0, -33333, 0],  # 2 of 3 months of 500.00
}
CARE = [40300, 1900, 0, 900]  # without pro rata
WITHHELD = {"kpi_relevant_change": [2015, 95, 0, 45]}  # 5 % of care
BY_FILE = {
    "audit": [-20_000, 0],  # 100.00 back and as much as a fine
    "stop_loss": [40_000, 0],  # 80 % of 2,000 - 1,500
}
BY_ACCOUNT = {
    "outcome_pay": [70_000, 20_000],  # 14 and 4 patients at 50.00
    # Savings of 5,000 (25 %) at 30 %; loss of 2,000 (10 %) at 10 %; both below the ceiling of 10 %.
    "shared_savings": [150_000, -20_000],
    # National share 18 / 40 = 0.45, norm 0.4: 0.45 + 0.7 - 0.4 = 0.75 and 0.45 + 0.2 - 0.4 = 0.25,
    # drawn to 0.45 by 20 x 0.05 / (1 + 19 x 0.05) = 0.513: 0.604 keeps the bound of 0.5, 0.347 not.
    "kpi_relevant_change": [50_000, 0],
    "kpi_start_in_time": [20_000, 0],  # 9 / 12 earns 2 % of 10,000; 5 are too few to judge
    "kpi_gpe": [10_000, 0],  # 0.5 earns 1 %, 0.1 is below 0.3
    # 25 / 50 less the benefit of the doubt, 1.28 x 0.458 / sqrt(50) = 0.083, is above 0.1.
    "kpi_dropout": [0, -20_000],
    # 40 and 10 metres against a mean of 900 / 30 = 30: 20 x 10 x 2.00 and 10 x -20 x 2.00.
    "kpi_walk_change": [40_000, -40_000],
    "kpi_ccq_change": [40_000, -40_000],  # 0.5 and 0.3 against 0.4: 20 x 0.1 x 200 euros
    # 10,000 - 8,000 is 1,500 outside a band of 5 % of 10,000; half of it goes back.
    "risk_corridor": [-75_000, 0],
    "change_cap": [-80_000, 0],  # 15 % above 40 x 200 is 9,200; 50 x 200 is what came in
}


def amounts(found) -> dict[str, list[int]]:
    """Return the amounts that are not all zero, after checking that they are whole cents."""
    assert all(each.dtype == np.int64 for each in found.values())
    return {name: list(each) for name, each in found.items() if each.any()}


# --- clauses add up


@settings(max_examples=100, deadline=None)
@given(st.permutations(ALL))
def test_the_clauses_of_a_contract_add_up_in_any_order(clauses):
    contract = Contract(tuple(clauses)).filled(LEVERS)
    month = contract.settle(MONTH, PRICES)

    assert amounts(month.paid) == BY_MONTH
    assert amounts(month.withheld) == WITHHELD
    np.testing.assert_array_equal(month.care, CARE)
    files, accounts = contract.settle_files(FILES), contract.settle_accounts(ACCOUNTS)
    assert amounts(files) == BY_FILE
    assert amounts(accounts) == BY_ACCOUNT
    total = sum(int(each.sum()) for paid in (month.paid, files, accounts) for each in paid.values())
    assert total == 9_767 + 20_000 + 125_000


@settings(max_examples=50, deadline=None)
@given(st.permutations(ALL), st.integers(0, len(ALL)))
def test_a_contract_in_two_parts_pays_what_both_parts_pay(clauses, cut):
    """Apart from shares of what other clauses pay: those need the whole contract."""
    clauses = [each for each in clauses if not isinstance(each, Kpi)]
    parts = [Contract(tuple(part)).filled(LEVERS) for part in (clauses[:cut], clauses[cut:])]

    month = [part.settle(MONTH, PRICES) for part in parts]
    assert amounts(month[0].paid | month[1].paid) == BY_MONTH
    np.testing.assert_array_equal(month[0].care + month[1].care, CARE)
    files = [part.settle_files(FILES) for part in parts]
    assert amounts(files[0] | files[1]) == BY_FILE


def test_an_empty_contract_pays_nothing():
    nothing = Contract(())
    month = nothing.settle(MONTH, PRICES)

    assert (month.paid, month.withheld) == ({}, {})
    np.testing.assert_array_equal(month.care, np.zeros(4))
    assert nothing.settle_files(FILES) == nothing.settle_accounts(ACCOUNTS) == {}
    assert nothing.worth(Case(sessions=40.0, quarters=(2.0, 2.0, 0.0)), OUTLOOK) == 0.0


def test_only_what_is_paid_for_care_can_be_withheld_from():
    """A refund of unused months is no payment for care: nothing is withheld from a negative."""
    contract = Contract((KPIS[0], ProRata())).filled(LEVERS)
    month = contract.settle(MONTH, PRICES)

    np.testing.assert_array_equal(month.paid["pro_rata"], [0, 0, -33333, 0])
    np.testing.assert_array_equal(month.withheld["kpi_relevant_change"], [0, 0, 0, 0])


def test_the_rich_contract_has_every_clause_that_can_stand_beside_a_bundle():
    bundles = (FlatBundle(), PhaseBundle(), ProfilePhaseBundle())
    used = {type(each) for each in (*ALL, *bundles, FeePerSession())}

    assert used == set(CLAUSES)
    assert len({kind.model_fields["clause"].default for kind in CLAUSES}) == len(CLAUSES)
    assert (IntakeFee(), WeightClassBundle(), *BESIDE) == RICH  # no clause gave way


# --- names


@pytest.mark.parametrize(
    "clauses",
    [
        (WeightClassBundle(), WeightClassBundle(prices=(1.0, 1.0, 1.0, 1.0))),
        (StopLoss(attachment=1_000.0), IntakeFee(), StopLoss(attachment=2_000.0)),
        (Kpi(indicator="prem", at_least=7.0), Kpi(indicator="prem", slope=10.0)),
    ],
)
def test_a_contract_has_each_clause_once(clauses):
    with pytest.raises(ValueError, match="same clause twice"):
        Contract(clauses)


def test_kpis_on_two_indicators_are_two_clauses():
    contract = Contract((Kpi(indicator="prem", at_least=7.0), Kpi(indicator="gpe", at_least=0.4)))

    assert [clause.name for clause in contract.clauses] == ["kpi_prem", "kpi_gpe"]


def test_a_contract_finds_its_clauses_by_kind():
    contract = Contract(RICH).filled(LEVERS)

    assert contract.bundle == contract.find(QuarterBundle) == WeightClassBundle()
    assert contract.find(StopLoss) == StopLoss(attachment=1_500.0, share=0.8)
    assert contract.find(FeePerSession) is None
    assert REGULAR.bundle is None and REGULAR.kpis == ()
    band = contract.find(IndexBand).kpi
    assert (band.at_least, band.at_most) == (40.0, 150.0)
    assert {kpi.indicator for kpi in contract.kpis} == {
        "relevant_change", "start_in_time", "gpe", "dropout", "heavy_class", "prem",
        "severe_accepted", "walk_change", "ccq_change", "treatment_index",
    }  # fmt: skip


# --- what is left out


def test_what_a_clause_leaves_out_comes_from_its_lever():
    stated = Contract((Audit(rate=0.5, practice_cost=0.0), SessionFloor(), KPIS[0])).filled(LEVERS)
    audit, floor, kpi = stated.clauses

    assert (audit.rate, audit.practice_cost) == (0.5, 0.0)  # a stated zero is no gap
    assert (audit.detection, audit.fine, audit.insurer_cost) == (0.8, 1.0, 150.0)
    assert audit.rate_watched == 0.3
    assert floor.share == 0.7
    assert (kpi.minimum_patients, kpi.confidence, kpi.share) == (10.0, 0.9, 0.05)


def test_filling_leaves_the_contract_itself_as_it_was():
    audit = Audit()
    first, second = (
        Contract((audit,)).filled(LEVERS.replace({"audit_rate": rate})) for rate in (0.1, 0.2)
    )

    assert audit.rate is None
    assert (first.clauses[0].rate, second.clauses[0].rate) == (0.1, 0.2)
    assert first.filled(LEVERS).clauses[0].rate == 0.1


@pytest.mark.parametrize("kind", CLAUSES)
def test_the_lever_of_every_field_is_in_the_registry(kind):
    registry = load_registry()
    for field, lever in kind.levers.items():
        assert field in kind.model_fields and kind.model_fields[field].default is None
        assert lever in registry


def test_nothing_is_left_out_of_a_filled_contract():
    for clause in Contract(RICH).filled(LEVERS).clauses:
        assert all(getattr(clause, field) is not None for field in clause.levers), clause.name


# --- terms


@settings(max_examples=50, deadline=None)
@given(st.permutations(ALL))
def test_terms_of_all_clauses_hold_together(clauses):
    assert Contract(tuple(clauses)).filled(LEVERS).terms == Terms(
        least_contacts=2,
        session_floor=0.7,
        warranty_months=6,
        regrade=1,
        network_only=1,
        pooled_practices=4,
        negotiated=1,
        single=1,
        monitoring=11.0,  # nine KPIs with a consequence or a slope, index band and offer band
    )


def test_a_contract_without_terms_binds_to_nothing():
    assert REGULAR.terms == Terms()
    assert Contract((IntakeFee(), Kpi(indicator="prem", at_least=7.0))).terms == Terms()


# --- what a contract rewards


# --- clauses, prices and policies


def test_a_clause_refuses_keys_it_does_not_know_and_changes_after_the_fact():
    with pytest.raises(ValidationError, match="tarif"):
        FeePerSession(tarif=36.0)
    with pytest.raises(ValidationError):
        IntakeFee(clause="fee_per_session")
    with pytest.raises(ValidationError, match="frozen"):
        StopLoss(attachment=1_000.0).share = 0.5


def test_a_clause_that_overrides_nothing_pays_and_binds_to_nothing():
    class Silent(Clause):
        clause: str = "silent"

    silent = Silent()
    assert silent.pay(MONTH, PRICES) is None
    assert silent.settle_files(FILES) is silent.settle_accounts(ACCOUNTS) is None
    assert silent.expect(GRADED_UP, OUTLOOK) == silent.burden(GRADED_UP, OUTLOOK) == 0.0
    assert (silent.terms(), silent.name) == (Terms(), "silent")
    assert Contract((silent,)).settle(MONTH, PRICES).paid == {}


def test_a_month_of_one_patient():
    one = Activity.of_one(sessions=200, mode=1)

    assert FeePerSession().pay(one, PRICES)[0] == 400_000
    assert one.opened.shape == (1,) and one.opened[0] == 0


@pytest.mark.parametrize("which", ["session", "intake", "quarter"])
def test_prices_cannot_be_negative(which):
    good = {"session": PRICES.session, "intake": 0, "quarter": PRICES.quarter}
    Prices(**good)
    bad = {"session": np.array([1, 1, -1, 1]), "intake": -1, "quarter": PRICES.quarter - 10_001}

    with pytest.raises(ValueError, match="cannot be negative"):
        Prices(**{**good, which: bad[which]})


def test_prices_have_one_amount_per_mode_and_per_kind_of_quarter():
    with pytest.raises(ValueError, match="one amount per mode"):
        Prices(np.array([3000, 2000]), 5000, PRICES.quarter)
    for quarter in (QUARTER, PRICES.quarter[:, :2], PRICES.quarter[:, :, :2]):
        with pytest.raises(ValueError, match="one amount per insurer, weight class and phase"):
            Prices(PRICES.session, 5000, quarter)


@pytest.mark.parametrize(
    ("euros", "whole"), [(0.0, 0), (36.53, 3653), (0.29, 29), (1.005, 100), (19.999, 2000)]
)
def test_euros_become_whole_cents(euros, whole):
    assert cents(euros) == whole and isinstance(cents(euros), int)


def test_a_policy_offers_a_contract_only_if_it_differs_from_the_regular_one():
    assert not Policy().offers_contract
    assert not Policy(clauses=(FeePerSession(), IntakeFee())).offers_contract
    assert Policy(clauses=(IntakeFee(), WeightClassBundle())).offers_contract
    assert Policy(clauses=rich_contract(FeePerSession())).offers_contract
    assert len(Policy().contracts) == 1
    assert len(Policy(clauses=(FeePerSession(),)).contracts) == 2
