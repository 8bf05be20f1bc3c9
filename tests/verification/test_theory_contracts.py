"""The theory asked of whole contracts: S3, U2, R1-R3 and the budget-neutral bundle of section 4.2.

The closed forms themselves are tested on bare functions in ``test_theory_volume`` and
``test_theory_conduct``; here the numbers come out of clauses and of what contracts reward.
"""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import brentq

from agents.behaviours.default import (
    acceptance_probability,
    acceptance_surplus,
    benefit,
    grading_choice,
    patient_gain,
    planned_sessions,
    profit,
)
from agents.insurer import neutral_price
from model.codes import HONEST, INDIVIDUAL, UPCODE_DETECTABLE
from model.contracts.audit import Audit
from model.contracts.contract import REGULAR, Contract
from model.contracts.flat_bundle import FlatBundle
from model.contracts.incentives import (
    Incentives,
    Response,
    incentives,
    stop_loss_pay,
    stop_loss_session,
)
from model.contracts.mixed_fee import MixedFee
from model.contracts.outlook import SINGLE_POOLS, Case, Outlook
from model.contracts.prices import Prices, cents
from model.contracts.risk import loss_probability
from model.contracts.risk_corridor import RiskCorridor
from model.contracts.session_floor import SessionFloor
from model.contracts.stop_loss import StopLoss
from model.contracts.weight_class_bundle import WeightClassBundle
from model.contracts.year import Accounts

CLOSE = 1e-3
C, P, K = 30.0, 38.0, 5.0  # cost, fee and curvature of the worked example
PROFIT_ONLY, SHARP = 1e9, 1e6
NEEDS, MIX = np.array([20.0, 45.0, 60.0]), np.array([0.4, 0.4, 0.2])
RESPONSE = Response(NEEDS, 2, 0.8, 0.7, 60.0, np.zeros(3))
#: A first year is four quarters.
YEAR = (2.0, 2.0, 0.0)


def outlook(quarter=0.0, **known) -> Outlook:
    """What is known where a quarter brings ``quarter`` EUR: one amount, or one per weight class."""
    by_class = np.broadcast_to(np.array(quarter, float).reshape(-1, 1), (3, 3))
    whole = np.array([[cents(euros) for euros in row] for row in by_class])
    usual = {
        "prices": Prices(np.full(4, cents(P)), 0, np.broadcast_to(whole, (10, 3, 3))), "norms": {},
        "patients": 9.0, "sessions": 40.0, "margin": 0.0, "cost_cv": 0.667, "reference_cost": C,
        "benchmark": 3_000.0, "admission_cost": 5_000.0, "ccq_value": 6_000.0, "icc": 0.05,
    }  # fmt: skip
    return Outlook(**usual | known)


def rewarded(*clauses, **known) -> Incentives:
    """What a contract rewards at one insurer."""
    return incentives(Contract(clauses), 0, outlook(**known), RESPONSE, 0.0)


def plan(found: Incentives, weight_class: int, need: float, rho: float) -> float:
    """Return the sessions a therapist without professional norm plans under a contract."""
    return planned_sessions(
        need, rho, 0.0, found.session[weight_class, INDIVIDUAL], C, K,
        found.outcome_pay[weight_class], 0.0, found.floor, 1e9,
    )  # fmt: skip


# --- S3: a floor on sessions turns undertreatment into risk selection


def accepts(found: Incentives, weight_class: int, need: float, rho: float) -> float:
    """Return the chance that a therapist who hardly errs takes a patient in."""
    q = plan(found, weight_class, need, rho)
    money = profit(found.fixed[weight_class, 1], found.session[weight_class, INDIVIDUAL], C, q)
    surplus = acceptance_surplus(money, patient_gain(q, need, 1e9, K, 0.0), rho)
    return acceptance_probability(surplus, 0.0, SHARP)


@pytest.mark.parametrize(("phi", "threshold"), [(0.5, 80.0), (0.7, 57.143), (0.9, 44.444)])
def test_s3_a_flat_bundle_with_a_floor_refuses_the_severe(phi, threshold):
    """F = 4 x 300 = 1,200: accepted if and only if n <= 1,200 / (30 phi)."""
    found = rewarded(FlatBundle(), SessionFloor(share=phi), quarter=300.0)

    turning = brentq(lambda n: accepts(found, 0, n, PROFIT_ONLY) - 0.5, 1.0, 200.0, xtol=1e-9)
    assert turning == pytest.approx(threshold, abs=CLOSE)


@pytest.mark.parametrize(
    ("weight_class", "sessions", "money"), [(0, 18.0, 660.0), (1, 40.5, -15.0), (2, 54.0, -420.0)]
)
def test_s3_profits_at_rho_2_under_a_floor_of_ninety_percent(weight_class, sessions, money):
    found = rewarded(FlatBundle(), SessionFloor(share=0.9), quarter=300.0)
    q = plan(found, weight_class, NEEDS[weight_class], 2.0)

    assert q == pytest.approx(sessions, abs=CLOSE)
    earned = profit(found.fixed[weight_class, 1], found.session[weight_class, INDIVIDUAL], C, q)
    assert earned == pytest.approx(money, abs=CLOSE)


@pytest.mark.parametrize("phi", [0.5, 0.7, 0.9])
def test_s3_prices_by_class_that_follow_the_floor_refuse_nobody(phi):
    # A quarter of 30 phi n, rounded up to a cent: 0.9 gives 135, 303.75 and 405 a quarter.
    quarter = np.ceil(100 * C * phi * NEEDS / 4.0) / 100.0
    paid = rewarded(WeightClassBundle(), SessionFloor(share=phi), quarter=quarter + 0.01)
    short = rewarded(WeightClassBundle(), SessionFloor(share=phi), quarter=quarter - 0.02)

    for weight_class, need in enumerate(NEEDS):
        assert accepts(paid, weight_class, need, PROFIT_ONLY) == 1.0
        assert accepts(short, weight_class, need, PROFIT_ONLY) == 0.0


def test_s3_without_a_floor_a_profit_maximiser_takes_all_in_and_gives_nothing():
    found = rewarded(FlatBundle(), quarter=300.0)

    assert accepts(found, 2, 200.0, PROFIT_ONLY) == 1.0
    assert plan(found, 2, 200.0, PROFIT_ONLY) == 0.0


# --- U2: audits deter at A = 1 / (delta (1 + f))


@pytest.mark.parametrize(("fine", "rate"), [(1.0, 0.625), (4.0, 0.25), (9.0, 0.125)])
def test_u2_a_contract_deters_from_its_audit_rate_on(fine, rate):
    def asked(audited):
        return rewarded(
            WeightClassBundle(),
            Audit(rate=audited, detection=0.8, fine=fine, practice_cost=0.0),
            quarter=np.array([300.0, 350.0, 400.0]),
        )

    assert asked(rate).expected_loss == pytest.approx(1.0)
    for audited, choice in ((rate - 1e-4, UPCODE_DETECTABLE), (rate + 1e-4, HONEST)):
        found = asked(audited)
        assert found.grading[0, 2] == pytest.approx(400.0)
        # A therapist without qualms, and no way to hide.
        assert grading_choice(found.grading[0, 2], 0.0, 0.5, found.expected_loss, 1e-6) == choice


def test_u2_repayment_alone_never_deters():
    """Full deterrence would need a rate of 1.25; even all files audited leave a fifth."""
    found = rewarded(
        WeightClassBundle(),
        Audit(rate=1.0, detection=0.8, fine=0.0, practice_cost=0.0),
        quarter=np.array([300.0, 350.0, 400.0]),
    )

    assert found.expected_loss == pytest.approx(0.8)
    assert grading_choice(found.grading[0, 2], 0.0, 0.5, found.expected_loss, 39.9) != HONEST
    assert grading_choice(found.grading[0, 2], 0.0, 0.5, found.expected_loss, 40.1) == HONEST


# --- R: what a practice risks, and what the insurer takes over


def year_of_practices(patients: int, practices: int, group: int, seed: int) -> Accounts:
    """Practices paid EUR 1,260 a patient, whose cost is normal with mean 1,200 and SD 800."""
    luck = np.random.default_rng(seed).standard_normal(practices)
    cost = patients * 1_200.0 + math.sqrt(patients) * 800.0 * luck
    blank, each = np.zeros(practices, np.int64), np.arange(practices)
    return Accounts(
        practice=each,
        insurer=blank,
        pools={"contract": each, "group": each // group},
        patients=blank + patients,
        revenue=blank + 126_000 * patients,
        revenue_before=blank,
        quarters=blank,
        reference_cost=np.rint(100.0 * cost).astype(np.int64),
        care_cost=blank,
        target_cost=blank,
        measured={},
        icc=0.05,
    )


@pytest.mark.parametrize(
    ("patients", "chance"), [(5, 0.433), (10, 0.406), (25, 0.354), (100, 0.227), (400, 0.067)]
)
def test_r1_settled_practices_lose_as_often_as_the_theory_says(patients, chance):
    year = year_of_practices(patients, 40_000, 1, seed=patients)
    losing = (year.revenue < year.reference_cost).mean()

    error = math.sqrt(chance * (1.0 - chance) / 40_000)
    assert losing == pytest.approx(chance, abs=3.0 * error + 5e-4)  # the table has three digits
    assert losing == pytest.approx(loss_probability(60.0, 800.0, patients), abs=3.0 * error)


def test_r1_practices_that_contract_jointly_lose_as_one_large_practice_does():
    """Twenty practices of 5 with one result are a practice of 100: 0.227 instead of 0.433.

    A corridor that leaves nothing inside the group's band shares the result by revenue.
    """
    year = year_of_practices(5, 60_000, 20, seed=3)
    result = (year.revenue - year.reference_cost).reshape(-1, 20).sum(axis=1)
    error = math.sqrt(0.227 * 0.773 / 3_000)

    assert (result < 0).mean() == pytest.approx(0.227, abs=3.0 * error)
    assert (result < 0).mean() == pytest.approx(loss_probability(60.0, 800.0, 100), abs=3.0 * error)
    # The insurer takes over all of the result: no group loses any more.
    back = RiskCorridor(width=0.0, kept=0.0, pool="group").settle_accounts(year)
    np.testing.assert_array_equal(back.reshape(-1, 20).sum(axis=1), -result)


@pytest.mark.parametrize(("attachment", "ceded"), [(1800.0, 131.0), (2400.0, 63.0), (3600.0, 16.9)])
def test_r2_a_contract_cedes_what_the_table_says(attachment, ceded):
    """40 sessions at EUR 30 is a mean cost of 1,200, CV 0.667."""
    found = rewarded(FlatBundle(), StopLoss(attachment=attachment), quarter=300.0)
    paid = stop_loss_pay(40.0, found.reference[0], 0.667, found.attachment, found.stop_share)

    assert paid == pytest.approx(ceded, abs=0.06)  # printed to one decimal


@pytest.mark.parametrize("sessions", [20.0, 40.0, 80.0])
def test_r2_a_stop_loss_pays_for_sessions_too(sessions):
    """One session more scales a patient's lognormal cost; the insurer pays what lands above L.

    d E[(X - L)+] / d mean = Phi((s^2 / 2 + ln(mean / L)) / s), times EUR 30 a session.
    """
    s = math.sqrt(math.log(1.0 + 0.667**2))
    slope = C * stats.norm.cdf((s * s / 2 + math.log(C * sessions / 1800.0)) / s)

    assert stop_loss_session(sessions, C, 0.667, 1800.0, 1.0) == pytest.approx(slope, abs=0.01)
    assert stop_loss_session(sessions, C, 0.667, 1800.0, 0.5) == pytest.approx(slope / 2, abs=0.01)


@pytest.mark.parametrize("kept", [0.0, 0.3, 1.0])
@pytest.mark.parametrize(
    ("margin", "width", "patients"), [(0, 0.1, 9), (60, 0.05, 25), (-90, 0, 4)]
)
def test_r3_outside_the_corridor_a_session_is_paid_for(kept, margin, width, patients):
    """(1 - g) x chance of a result outside the band x EUR 30: a hidden mixed payment."""
    known = {
        "quarter": (1_200.0 + margin) / 4.0, "margin": float(margin), "patients": float(patients),
        "pool_size": SINGLE_POOLS,
    }  # fmt: skip
    band = width * (1_200.0 + margin)
    result = stats.norm(margin, 0.667 * 1_200.0 / math.sqrt(patients))
    outside = result.sf(band) + result.cdf(-band)
    found = rewarded(FlatBundle(), RiskCorridor(width=width, kept=kept), **known)

    fee = (1.0 - kept) * outside * C
    np.testing.assert_allclose(found.session[:, INDIVIDUAL], fee, atol=1e-6)
    # T1 with that fee: 45 sessions of need, rho 2.
    assert plan(found, 1, 45.0, 2.0) == pytest.approx(45.0 + 2.0 * (fee - C) / K, abs=CLOSE)


def test_r3_with_no_band_and_rho_2_half_kept_is_first_best():
    """T1: the best fee is c (1 - 1/rho) = 15; a corridor without a band gives (1 - g) c."""
    found = rewarded(FlatBundle(), RiskCorridor(width=0.0, kept=0.5), quarter=300.0)

    assert plan(found, 1, 45.0, 2.0) == pytest.approx(39.0, abs=CLOSE)


# --- the budget-neutral bundle

BUDGET_NEUTRAL = {
    1.0: {
        "sessions": (39.6, 32.0, -19.2),
        "price": 1504.80,
        "profit": (316.80, 544.80),
        "gain": 228.0,
        "welfare": (3030.6, 3175.0, 3175.0),
        "benefit": (4218.6, 4135.0),
        "by_class": (1084.8, 334.8, -115.2),
    },
    2.0: {
        "sessions": (41.2, 26.0, -36.9),
        "price": 1565.60,
        "profit": (329.60, 785.60),
        "gain": 456.0,
        "welfare": (2963.4, 3085.0, 3175.0),
        "benefit": (4199.4, 3865.0),
        "by_class": (1325.6, 575.6, 125.6),
    },
}


def earned(contract: Contract, known: Outlook, chosen: np.ndarray) -> np.ndarray:
    """Return what patients of each class bring above their cost, EUR a year, shape (3,)."""
    year = Case(sessions=0.0, quarters=YEAR)
    worth = [contract.worth(replace(year, sessions=q), known) for q in chosen]
    return np.array(worth) - C * chosen


def welfare(chosen) -> float:
    """Return mean patient benefit less cost, EUR a year."""
    return float(MIX @ [benefit(q, n, K) - C * q for q, n in zip(chosen, NEEDS, strict=True)])


@pytest.mark.parametrize("rho", [1.0, 2.0])
def test_the_budget_neutral_table_comes_out_of_the_contracts(rho):
    table = BUDGET_NEUTRAL[rho]
    by_fee = incentives(REGULAR, 0, outlook(), RESPONSE, 0.0)
    before = np.array([plan(by_fee, c, n, rho) for c, n in enumerate(NEEDS)])
    # The insurer's price of a quarter that keeps spending neutral at the sessions of the fee.
    quarter = neutral_price(MIX @ before, 4.0, P, 1.0)
    bundle, known = Contract((FlatBundle(),)), outlook(quarter=quarter)
    by_bundle = incentives(bundle, 0, known, RESPONSE, 0.0)
    after = np.array([plan(by_bundle, c, n, rho) for c, n in enumerate(NEEDS)])

    change = 100 * ((MIX @ after) / (MIX @ before) - 1)
    assert (MIX @ before, MIX @ after) == pytest.approx(table["sessions"][:2], abs=CLOSE)
    assert change == pytest.approx(table["sessions"][2], abs=0.051)  # printed to one decimal
    # Spending per patient: what the fee paid is what the flat bundle pays.
    fee_paid = MIX @ [REGULAR.worth(Case(q, YEAR), outlook()) for q in before]
    assert fee_paid == pytest.approx(table["price"], abs=CLOSE)
    assert bundle.worth(Case(0.0, YEAR), known) == pytest.approx(table["price"], abs=CLOSE)
    profits = MIX @ earned(REGULAR, outlook(), before), MIX @ earned(bundle, known, after)
    assert profits == pytest.approx(table["profit"], abs=CLOSE)
    # Neutrality by itself hands the providers what the fewer sessions would have cost.
    assert profits[1] - profits[0] == pytest.approx(table["gain"], abs=CLOSE)
    assert C * (MIX @ (before - after)) == pytest.approx(table["gain"], abs=CLOSE)
    first_best = NEEDS - C / K
    assert (welfare(before), welfare(after), welfare(first_best)) == pytest.approx(
        table["welfare"], abs=CLOSE
    )
    assert tuple(
        MIX @ [benefit(q, n, K) for q, n in zip(chosen, NEEDS, strict=True)]
        for chosen in (before, after)
    ) == pytest.approx(table["benefit"], abs=CLOSE)
    np.testing.assert_allclose(earned(bundle, known, after), table["by_class"], atol=CLOSE)
    np.testing.assert_allclose(by_bundle.fixed[:, 1], table["price"], atol=CLOSE)


def test_a_mixed_contract_halves_the_gap_between_classes():
    """rho 2: p* = 15 is 15/38 of the tariff; the fixed part 1,085.60 keeps spending neutral."""
    quarter = 1085.60 / 4.0
    contract = Contract((FlatBundle(), MixedFee(share=15.0 / 38.0)))
    known = outlook(quarter=quarter)
    found = incentives(contract, 0, known, RESPONSE, 0.0)
    chosen = np.array([plan(found, c, n, 2.0) for c, n in enumerate(NEEDS)])

    np.testing.assert_allclose(chosen, NEEDS - 6.0, atol=CLOSE)  # first best
    money = earned(contract, known, chosen)
    np.testing.assert_allclose(money, [875.6, 500.6, 275.6], atol=CLOSE)
    assert money[0] - money[2] == pytest.approx(600.0, abs=CLOSE)  # 1,200 under the flat bundle
    spent = MIX @ [contract.worth(Case(q, YEAR), known) for q in chosen]
    assert spent == pytest.approx(1565.60, abs=CLOSE)
