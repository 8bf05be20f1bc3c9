"""KPI behaviour in a world: who is not measured, who trains for the test, where effort goes."""

import numpy as np
import pytest

from model.contracts.clause import Clause
from model.contracts.flat_bundle import FlatBundle
from model.contracts.intake_fee import IntakeFee
from model.contracts.kpi import Kpi
from model.contracts.outcome_pay import OutcomePay
from model.parameters import load_registry
from model.policy import HISTORY, Policy
from model.population import Size
from model.register import CCQ_CHANGE, MEASURED, WALK_CHANGE
from model.simulation import Span, World

#: All weigh profit as they weigh patients: a = 0.5. Many finish a first quarter; all answer.
P = load_registry().values().replace(
    {
        "seek_rate": 0.05, "seek_most": 0.9, "altruism_rho_median": 1.0, "altruism_rho_sigma": 0.0,
        "share_pure_professional": 0.0, "share_strongly_extrinsic": 0.0,
        "questionnaire_response_share": 1.0, "kpi_exception_share": 0.0, "kpi_effort_shift": 0.0,
        "crowding_chi_m": 0.0, "turnover_per_satisfaction_point": 0.0,
    }
)  # fmt: skip
SPAN = Span(2024, 2025, 2025)
BUNDLE = (IntakeFee(), FlatBundle(prices=(300.0, 150.0)))
STEEP = Kpi(indicator="ccq_change", slope=400.0, minimum_patients=1.0)
METRES = Kpi(
    indicator="walk_change", slope=3.0, minimum_patients=1.0, measured_by="independent"
)  # fmt: skip


def world(*clauses: Clause, until: int = 24, **replaced) -> World:
    p, policy = P.replace(replaced), Policy(clauses=(*BUNDLE, *clauses))
    return World(p, policy, 1, Size.of_treated(p, 400), SPAN).run(until)


def value(w: World, measure: str, year: int = 2025) -> float:
    row = w.results().query("year == @year and split == 'all' and measure == @measure")
    return float(row["top"].iloc[0] / row["bottom"].iloc[0])


def mean(w: World, indicator: int) -> float:
    register = w.books.register
    return float(register.total[indicator].sum() / register.count[indicator].sum())


def test_nothing_is_left_out_under_the_regular_contract_or_without_consequences():
    eager = {"kpi_leave_out_cost": 5.0, "kpi_exception_share": 0.1}
    regular = World(P.replace(eager), HISTORY, 1, Size.of_treated(P, 400), SPAN).run(24)
    unpaid = world(Kpi(indicator="ccq_change", at_least=0.4), **eager)
    for w in (regular, unpaid):
        assert value(w, "left_out_share") == 0.0
        assert value(w, "measured_share") == 1.0
        assert not w.care.teaching.any()


def test_who_would_cost_money_is_left_out_and_the_figures_look_better():
    honest, choosy = world(STEEP, kpi_leave_out_cost=1e9), world(STEEP, kpi_leave_out_cost=25.0)

    assert value(honest, "left_out_share") == 0.0
    assert 0.02 < value(choosy, "left_out_share") < 0.6
    assert value(choosy, "measured_share") == pytest.approx(1.0 - value(choosy, "left_out_share"))
    assert mean(choosy, CCQ_CHANGE) > mean(honest, CCQ_CHANGE) + 0.02
    assert mean(choosy, MEASURED) < mean(honest, MEASURED) == 1.0
    # On paper only: nobody's life changed.
    np.testing.assert_array_equal(honest.health.ccq, choosy.health.ccq)
    for measure in ("relevant_improvement_share", "qalys"):
        assert value(honest, measure) == value(choosy, measure)


def test_the_more_it_goes_against_the_grain_the_fewer_are_left_out():
    shares = [
        value(world(STEEP, kpi_leave_out_cost=cost), "left_out_share")
        for cost in (5.0, 25.0, 100.0)
    ]

    assert shares[0] > shares[1] > shares[2]


def test_a_kpi_on_completeness_keeps_patients_in_the_measurement():
    complete = Kpi(indicator="measured", slope=60.0, minimum_patients=1.0)
    without, with_it = world(STEEP), world(STEEP, complete)

    assert value(with_it, "left_out_share") < value(without, "left_out_share") - 0.02
    assert value(with_it, "measured_share") > value(without, "measured_share")


def test_an_independent_measurer_leaves_nobody_out():
    slope = {"indicator": "ccq_change", "slope": 400.0, "minimum_patients": 1.0}

    assert value(world(Kpi(**slope, measured_by="independent")), "left_out_share") == 0.0


def test_whoever_is_watched_minds_misreporting_less():
    """K4 reaches conduct: a of 0.5 becomes 1 / (1 + 0.5) = 2 / 3 if half of the care is lost."""
    free, crowded = (world(STEEP, crowding_chi_m=chi) for chi in (0.0, 0.5))

    assert value(crowded, "left_out_share") > value(free, "left_out_share") + 0.01
    taught = [
        world(METRES, crowding_chi_m=chi, kpi_teaching_cost=300.0).care.teaching.max()
        for chi in (0.0, 0.5)
    ]
    assert taught[1] == pytest.approx(taught[0] * 4.0 / 3.0, rel=1e-6)


# --- exceptions


def test_exceptions_hide_patients_from_completeness():
    reasons = {"kpi_exception_share": 0.1, "kpi_leave_out_cost": 1e9, "kpi_exception_cost": 1.0}
    w = world(STEEP, **reasons, kpi_exception_early_factor=1.0)

    assert 0.0 < value(w, "left_out_share") < 0.1
    assert value(w, "measured_share") == pytest.approx(1.0 - value(w, "left_out_share"))
    assert value(w, "reported_completeness") == 1.0
    assert mean(w, MEASURED) == 1.0
    due = value_of(w, "measured_share")
    assert w.books.register.count[WALK_CHANGE].sum() == pytest.approx(due - excepted(w))


def value_of(w: World, measure: str) -> float:
    """Return the denominator of a measure in simulated persons."""
    row = w.results().query("year == 2025 and split == 'all' and measure == @measure")
    return float(row["bottom"].iloc[0]) / w.size.scale


def excepted(w: World) -> float:
    return value(w, "left_out_share") * value_of(w, "left_out_share")


def test_exceptions_are_for_the_end_of_the_year():
    """Where it takes much before October, hardly anybody is excepted until then."""
    reasons = {"kpi_exception_share": 0.1, "kpi_leave_out_cost": 1e9, "kpi_exception_cost": 1.0}
    late = {"kpi_exception_early_factor": 1e6}
    before, after = (
        world(STEEP, **reasons, **late, until=until).tally.excepted.sum() for until in (21, 23)
    )

    assert before == 0
    assert after > 0


# --- teaching the test


def test_metres_that_pay_are_trained_for_at_the_cost_of_the_patient():
    plain, taught = (
        world(METRES, kpi_test_reach=30.0, kpi_teaching_cost=cost) for cost in (1e9, 60.0)
    )
    share = taught.care.teaching[taught.care.teaching > 0.0]

    # 0.5 x 3 EUR (less where seldom judged) x 30 m / 60 EUR, at most a half.
    assert share.size > 20 and 0.3 < share.max() <= 0.5
    assert mean(taught, WALK_CHANGE) > mean(plain, WALK_CHANGE) + 2.0
    assert value(taught, "disease_burden_ccq") > value(plain, "disease_burden_ccq")
    treated = taught.care.last_care >= 18
    assert taught.health.training[treated].mean() < plain.health.training[treated].mean()


def test_only_the_quarter_before_the_test_is_spent_on_it():
    w = world(METRES, kpi_teaching_cost=60.0)
    later = (w.care.status == 2) & (w.care.quarter > 1)

    assert later.any() and not w.care.teaching[later].any()


# --- effort where it is measured


def test_effort_moves_from_later_quarters_to_the_measured_one():
    pay = OutcomePay(per_ccq_point=1_500.0)
    even, moved = world(pay, kpi_effort_shift=0.0), world(pay, kpi_effort_shift=1.0)

    def share_of_need(w: World, first: bool) -> float:
        care = w.care
        rows = (care.status == 2) & (care.contract == 1) & (care.need_quarter > 0.0)
        rows &= (care.quarter == 0) if first else (care.quarter > 1)
        return float(care.plan[rows].sum() / care.need_quarter[rows].sum())

    assert share_of_need(moved, first=True) > share_of_need(even, first=True)
    assert share_of_need(moved, first=False) < share_of_need(even, first=False)
