"""Incentives: the marginal euros of a contract, by hand."""

import numpy as np
import pytest
from typical_outlook import (
    BY_CLASS,
    MISSED_AT_ONE_SD,
    PULL_AT_ONE_SD,
    RESPONSE,
    asked,
    kpi,
    norm,
    outlook,
)

from model.codes import INDIVIDUAL
from model.contracts.audit import Audit
from model.contracts.contract import REGULAR
from model.contracts.flat_bundle import FlatBundle
from model.contracts.incentives import (
    incentives,
    stop_loss_pay,
    stop_loss_session,
)
from model.contracts.intake_fee import IntakeFee
from model.contracts.minimum_contacts import MinimumContacts
from model.contracts.mixed_fee import MixedFee
from model.contracts.outcome_pay import OutcomePay
from model.contracts.regrading import Regrading
from model.contracts.session_floor import SessionFloor
from model.contracts.stop_loss import StopLoss
from model.contracts.warranty import Warranty
from model.contracts.weight_class_bundle import WeightClassBundle
from model.rewards import enter, no_rewards

FLAT = np.full((3, 3), 30_000)
#: What a year on file in each class (across) brings above the true class (down): 100 a quarter.
STEPS = [[0.0, 200.0, 400.0], [-200.0, 0.0, 200.0], [-400.0, -200.0, 0.0]]


# --- payment


def test_the_fee_rewards_sessions_at_the_tariff_of_their_mode_and_nothing_else():
    found = incentives(REGULAR, 0, outlook(), RESPONSE, 0.1)

    np.testing.assert_allclose(found.session, [[38.0, 19.0, 28.5, 48.0]] * 3)
    for other in (found.quarter, found.grading, found.fixed, found.ccq_point, found.admission):
        np.testing.assert_allclose(other, 0.0, atol=1e-9)
    assert found.expected_loss == 0.0 and found.crowding == 0.0
    assert found.session.shape == (3, 4) and found.fixed.shape == (3, 3)


def test_the_bundle_rewards_quarters_and_classes_and_no_session():
    found = asked(IntakeFee(), WeightClassBundle())

    np.testing.assert_allclose(found.session, 0.0, atol=1e-9)
    np.testing.assert_allclose(found.quarter, [[300, 300, 150], [350, 350, 150], [400, 400, 150]])
    # Four quarters at 400 instead of 300 or 350.
    np.testing.assert_allclose(found.grading, STEPS)
    # A first year is two intensive and two tapering quarters; the intake is paid whatever follows.
    np.testing.assert_allclose(found.fixed, [[1200.0] * 3, [1400.0] * 3, [1600.0] * 3])


def test_each_insurers_own_price_counts():
    prices = np.stack([BY_CLASS + 1_000 * insurer for insurer in range(10)])
    found = asked(WeightClassBundle(), insurer=7, quarter=prices)

    assert found.quarter[0, 0] == pytest.approx(370.0)
    assert found.fixed[2, 1] == pytest.approx(4 * 470.0)


def test_a_mixed_fee_adds_its_part_of_the_tariff():
    found = asked(WeightClassBundle(), MixedFee(share=0.25))

    # A quarter of 38, 19, 28.50 (7.125 is rounded to the even cent, 7.12) and 48.
    np.testing.assert_allclose(found.session, [[9.5, 4.75, 7.12, 12.0]] * 3)
    np.testing.assert_allclose(found.fixed, [[1200.0] * 3, [1400.0] * 3, [1600.0] * 3])
    np.testing.assert_allclose(found.grading, STEPS)


def test_outcome_pay_rewards_points_and_counts_per_euro_of_benefit():
    known = {"norms": {"ccq_change": norm(0.4), "measured": norm(0.8)}}
    found = asked(OutcomePay(per_ccq_point=150.0), **known)

    # 150 a point for the 80 % who answer: 120; a point is worth EUR 6,000.
    np.testing.assert_allclose(found.ccq_point, 120.0)
    np.testing.assert_allclose(found.outcome_pay, 0.02)
    # The typical patient's 0.4 points come with every patient.
    np.testing.assert_allclose(found.fixed, 48.0)


# --- audits


def test_an_audit_takes_back_its_expected_part_of_an_overclaim():
    found = asked(
        WeightClassBundle(),
        Audit(rate=0.1, detection=0.8, fine=4.0, repayment=1.0, practice_cost=60.0),
    )

    assert found.expected_loss == pytest.approx(0.4)  # 0.1 x 0.8 x 5
    # What a heavier class brings is told before audits; the agents set the loss against it.
    np.testing.assert_allclose(found.grading, STEPS)
    # Honest patients lose the practice's time for audits: 0.1 x 60.
    np.testing.assert_allclose(found.fixed[:, 1], [1194.0, 1394.0, 1594.0])
    np.testing.assert_allclose(found.quarter[0], [300.0, 300.0, 150.0])


def test_without_repayment_only_the_fine_deters():
    found = asked(Audit(rate=0.5, detection=0.8, fine=1.0, repayment=0.0, practice_cost=0.0))

    assert found.expected_loss == pytest.approx(0.4)


# --- KPIs


def test_a_ceiling_on_the_heaviest_class_takes_back_most_of_an_upgrade():
    """National share 0.3 with noise 0.1; the ceiling 0.4 is missed with chance 0.158655.

    Class 0: stake 0.1 x 1,200; malus -19.0386 at the mean, and +0.3 x 120 x 2.41971 = +87.1096 for
    lying below it. Class 2: stake 160: -25.3848 and -0.7 x 160 x 2.41971 = -271.0075. So a patient
    of class 0 in class 2 brings 400 - 25.3848 - 271.0075 + 19.0386 - 87.1096 = 35.5367.
    """
    ceiling = kpi("heavy_class", at_most=0.4, consequence="malus", share=0.1)
    found = asked(WeightClassBundle(), ceiling, norms={"heavy_class": norm(0.3)})

    assert found.grading[0, 2] == pytest.approx(35.5367, abs=0.01)
    assert found.grading[2, 2] == 0.0
    # Taking in an honestly heavy patient moves the share as well: that is its danger.
    assert found.fixed[0, 1] == pytest.approx(1200.0 - 19.0386 + 87.1096, abs=0.01)
    assert found.fixed[2, 1] == pytest.approx(1600.0 - 25.3848 - 271.0075, abs=0.01)


def test_case_mix_takes_the_ceiling_off_patients_whose_stage_explains_their_class():
    # GOLD IV patients are all in the heaviest class nationally, GOLD II none.
    cells = [[0.0, 0.3, 1.0]] * 3
    plain, adjusted = (
        asked(
            WeightClassBundle(),
            kpi("heavy_class", at_most=0.4, consequence="malus", share=0.1, case_mix=mix),
            norms={"heavy_class": norm(0.3, cells)},
        )
        for mix in (False, True)
    )

    assert adjusted.fixed[2, 2] == pytest.approx(1600.0 - 25.3848, abs=0.01)
    assert plain.fixed[2, 2] == pytest.approx(1600.0 - 25.3848 - 271.0075, abs=0.01)
    # A GOLD II patient in the heaviest class stands out by the whole of it: 160 x 2.41971.
    assert adjusted.fixed[2, 0] == pytest.approx(1600.0 - 25.3848 - 387.1536, abs=0.01)


def test_an_unadjusted_outcome_kpi_makes_severe_patients_unwelcome():
    """Relevant change 0.5 nationally (0.6, 0.5, 0.4 by stage), floor one SD below, 10 % of 1,200.

    -19.0386 for all; 0.1 more or less is 0.1 x 120 x 2.41971 = 29.0365.
    """
    cells = [[0.6, 0.5, 0.4]] * 3
    plain, adjusted = (
        asked(
            FlatBundle(),
            kpi("relevant_change", at_least=0.4, consequence="withhold", share=0.1, case_mix=mix),
            quarter=FLAT,
            norms={"relevant_change": norm(0.5, cells)},
        )
        for mix in (False, True)
    )

    np.testing.assert_allclose(
        plain.fixed[1], 1200.0 - 19.0386 + np.array([29.0365, 0.0, -29.0365]), atol=0.01
    )
    np.testing.assert_allclose(adjusted.fixed[1], 1200.0 - 19.0386, atol=0.01)
    # A CCQ point lifts the chance of a relevant change by 0.8: 0.8 x 290.365.
    np.testing.assert_allclose(plain.ccq_point, 232.292, atol=0.01)
    np.testing.assert_allclose(plain.outcome_pay, 232.292 / 6_000.0, atol=1e-5)
    np.testing.assert_allclose(plain.session, 0.0, atol=1e-9)


def test_a_withheld_share_lowers_what_a_session_and_a_quarter_bring():
    # 10 % is withheld and lost with chance 0.158655: 1 - 0.0158655 is left of every euro.
    left = 0.9841345
    found = asked(
        WeightClassBundle(),
        MixedFee(share=0.5),
        kpi("prem", at_least=8.0, consequence="withhold", share=0.1),
        norms={"prem": norm(8.1)},
    )

    np.testing.assert_allclose(found.session[1], np.array([19.0, 9.5, 14.25, 24.0]) * left)
    np.testing.assert_allclose(found.quarter[2], np.array([400.0, 400.0, 150.0]) * left)
    np.testing.assert_allclose(found.grading, np.array(STEPS) * left)


def test_a_slope_on_admissions_rewards_avoiding_them_by_care_as_well():
    """EUR 50 per admission and quarter, four times a year."""
    found = asked(kpi("admissions", slope=50.0), norms={"admissions": norm(0.1)})

    # One admission a year is 0.25 a quarter in each of four quarters.
    np.testing.assert_allclose(found.admission, 50.0, rtol=1e-6)
    # A CCQ point avoids 0.2 admissions a year in GOLD III.
    np.testing.assert_allclose(found.ccq_point, 10.0, rtol=1e-6)


def test_the_treatment_index_rewards_sessions_and_punishes_upgrades():
    """Index 100 on average, floor one SD below (noise 0.1 points here), at stake 0.1 x 1,200."""
    found = asked(
        FlatBundle(),
        kpi("treatment_index", at_least=99.9, consequence="malus", share=0.1),
        quarter=FLAT,
        norms={"treatment_index": norm(100.0)},
    )
    a_point = 120.0 * PULL_AT_ONE_SD

    # One session more of 20, 45 and 60 is 5, 2.22 and 1.67 points.
    np.testing.assert_allclose(
        found.session[:, INDIVIDUAL], a_point * np.array([5.0, 100 / 45, 100 / 60]), rtol=1e-5
    )
    # On file in the heaviest class, 20 sessions look like a third of what is usual.
    assert found.grading[0, 2] == pytest.approx(-a_point * 200.0 / 3.0, rel=1e-5)
    assert found.grading[2, 2] == 0.0


def test_a_class_that_is_too_light_pays_where_few_heavy_patients_or_a_high_index_are_rewarded():
    """Flat bundle of 1,200 a year, stake 120; floor and ceiling one SD of 0.1 away.

    One patient less in the heaviest class is a whole unit: 120 x 2.41971 = 290.365. On file in
    class 0 the usual 60 sessions of class 2 are three times what is expected: 200 points more; in
    class 1 a third more.
    """
    known = {"quarter": FLAT, "norms": {"heavy_class": norm(0.3), "treatment_index": norm(100.0)}}
    few = asked(
        FlatBundle(), kpi("heavy_class", at_most=0.4, consequence="malus", share=0.1), **known
    )
    busy = asked(
        FlatBundle(), kpi("treatment_index", at_least=99.9, consequence="malus", share=0.1), **known
    )
    a_unit = 120.0 * PULL_AT_ONE_SD

    np.testing.assert_allclose(few.grading / a_unit, [[0, 0, -1], [0, 0, -1], [1, 1, 0]], atol=1e-5)
    np.testing.assert_allclose(
        busy.grading[2] / a_unit, [200.0, 100.0 / 3.0, 0.0], rtol=1e-5, atol=1e-9
    )
    assert busy.grading[0, 1] == pytest.approx(-a_unit * 100.0 * (1.0 - 20.0 / 45.0), rel=1e-5)


def test_a_case_mix_norm_rewards_looking_mild_only_if_the_mild_are_expected_to_gain_less():
    """Expected gains of 0.2, 0.4 and 0.5: on file in class 0, a gain of 0.5 is 0.3 above it."""
    cells = [[0.2] * 3, [0.4] * 3, [0.5] * 3]
    known = {"quarter": FLAT, "norms": {"ccq_change": norm(0.4, cells)}}
    slope = {"slope": 100.0, "measured_by": "independent"}
    adjusted = asked(FlatBundle(), kpi("ccq_change", case_mix=True, **slope), **known)
    plain = asked(FlatBundle(), kpi("ccq_change", **slope), **known)

    np.testing.assert_allclose(adjusted.grading[2], [30.0, 10.0, 0.0], atol=1e-3)
    np.testing.assert_allclose(adjusted.grading[0], [0.0, -20.0, -30.0], atol=1e-3)
    np.testing.assert_allclose(plain.grading, 0.0, atol=1e-9)


def test_a_kpi_on_access_rewards_taking_in_the_severe():
    """Nine of ten severe requests are accepted nationally; a bonus of 10 % from eight of ten on.

    Accepted instead of refused is one whole unit: 120 x 2.41971 = 290.365. Requests of GOLD II
    patients are not counted.
    """
    found = asked(
        FlatBundle(),
        kpi("severe_accepted", at_least=0.8, consequence="bonus", share=0.1),
        quarter=FLAT,
        norms={"severe_accepted": norm(0.9)},
    )
    at_mean = 1200.0 + 120.0 * (1.0 - MISSED_AT_ONE_SD)

    assert found.fixed[1, 0] == pytest.approx(at_mean, abs=0.01)
    np.testing.assert_allclose(found.fixed[:, 1:], at_mean + 290.365, atol=0.01)


def test_an_improvement_plan_and_a_lost_contract_count_as_costs():
    known = {"norms": {"prem": norm(8.1)}, "plan_cost": 100.0, "contract_gain": 300.0}
    plan, loss = (
        asked(FlatBundle(), kpi("prem", at_least=8.0, consequence=c), quarter=FLAT, **known)
        for c in ("improvement_plan", "loss_of_contract")
    )

    np.testing.assert_allclose(plan.fixed, 1200.0 - 15.8655, atol=1e-3)
    np.testing.assert_allclose(loss.fixed, 1200.0 - 47.5965, atol=1e-3)


# --- terms and stop-loss


def test_terms_come_along():
    found = asked(
        WeightClassBundle(),
        SessionFloor(share=0.7),
        MinimumContacts(contacts=3),
        Warranty(months=6),
        Regrading(at="quarter_start"),
    )

    assert (found.floor, found.least_contacts) == (0.7, 3)
    assert (found.warranty_months, found.regrade) == (6, 1)


@pytest.mark.parametrize(("watching", "crowding"), [(0, 0.0), (1, 0.2), (2, 0.36), (3, 0.488)])
def test_each_watching_clause_takes_its_part_of_what_motivation_is_left(watching, crowding):
    names = ("prem", "dropout", "gpe")[:watching]
    clauses = [kpi(name, at_least=0.0, consequence="audit") for name in names]

    # 1 - 0.8^n; a KPI that nothing follows from watches nobody.
    found = asked(
        *clauses,
        kpi("admissions", at_most=1.0),
        crowding=0.2,
        norms={name: norm(0.5) for name in (*names, "admissions")},
    )
    assert found.crowding == pytest.approx(crowding)


def test_a_stop_loss_is_handed_over_as_it_is_because_it_bends():
    found = asked(FlatBundle(), StopLoss(attachment=1_800.0, share=0.9), quarter=FLAT)

    assert (found.stop_share, found.attachment, found.reference[0]) == (0.9, 1_800.0, 38.0)
    # Its marginal euro depends on the patient's own sessions, so it is in neither of these.
    np.testing.assert_allclose(found.session, 0.0, atol=1e-9)
    np.testing.assert_allclose(found.fixed, 1200.0)


def test_without_a_stop_loss_nothing_is_paid_and_nothing_asked():
    assert stop_loss_pay(40.0, 30.0, 0.667, 1_800.0, 0.0) == 0.0
    assert stop_loss_pay(0.0, 30.0, 0.667, 1_800.0, 0.9) == 0.0
    assert stop_loss_session(40.0, 30.0, 0.667, 1_800.0, 0.0) == 0.0


def test_one_more_session_near_nothing_is_one_session():
    # From 0 to 1 session: the cost of one, EUR 30, is far below the attachment.
    assert stop_loss_session(0.0, 30.0, 0.667, 1_800.0, 1.0) == pytest.approx(0.0, abs=1e-9)
    # Far above it every session is paid for.
    assert stop_loss_session(400.0, 30.0, 0.1, 1_800.0, 0.9) == pytest.approx(27.0, abs=1e-3)


def test_the_numbers_are_written_down_for_one_contract_and_insurer():
    rewards = no_rewards()
    enter(rewards, 1, 4, asked(WeightClassBundle(), MixedFee(share=0.25), SessionFloor(share=0.6)))

    np.testing.assert_allclose(rewards.session[1, 4, 2], [9.5, 4.75, 7.12, 12.0])
    np.testing.assert_allclose(rewards.grading[1, 4], STEPS)
    assert rewards.floor[1, 4] == 0.6
    assert not rewards.session[0].any() and not rewards.session[1, :4].any()
    assert not rewards.session[1, 5:].any()
