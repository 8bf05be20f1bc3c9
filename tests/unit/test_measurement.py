"""Measurement at the end of the first quarter: noise, silence and a helping hand."""

import numpy as np
import pytest

from model.contracts.flat_bundle import FlatBundle
from model.contracts.intake_fee import IntakeFee
from model.contracts.kpi import Kpi
from model.month.measurement import constants, experience
from model.parameters import load_registry
from model.policy import Policy
from model.population import Size
from model.register import CCQ_CHANGE, GPE, MEASURED, PREM, RELEVANT_CHANGE, WALK_CHANGE
from model.simulation import Span, World

#: Patients ask again soon, so that many finish a first quarter.
P = load_registry().values().replace({"seek_rate": 0.05, "seek_most": 0.9})
#: All therapists weigh profit as they weigh patients: a = 0.5.
ALIKE = {
    "innovation_rate": 0.0,
    "learning_looks": 0,
    "therapist_turnover": 0.0,
    "altruism_rho_median": 1.0,
    "altruism_rho_sigma": 0.0,
    "share_pure_professional": 0.0,
    "share_strongly_extrinsic": 0.0,
    "crowding_chi_m": 0.0,  # monitoring would raise a above 0.5
    "kpi_gaming_cost": 2_000.0,
    "kpi_leave_out_cost": 1e9,  # who is not measured at all: test_kpi_behaviour
    "kpi_exception_share": 0.0,
    "kpi_teaching_cost": 1e9,
    "mcid_ccq": 0.4,
    "mcid_6mwd": 30.0,
}
SPAN = Span(2024, 2025, 2026)
BUNDLE = (IntakeFee(), FlatBundle(prices=(300.0, 150.0)))


def world(*clauses, until=24, **replaced) -> World:
    """A world at the end of 2025, before January closes the register."""
    p = P.replace(replaced)
    policy = Policy(clauses=(*BUNDLE, *clauses))
    return World(p, policy, 1, Size.of_treated(p, 300), SPAN).run(until)


def counted_under_the_contract(w: World, indicator: int, **replaced) -> float:
    """Return the measurements from March on: whoever is measured before began under the fee."""
    return counted(w, indicator) - counted(world(until=14, **replaced), indicator)


def counted(w: World, indicator: int) -> float:
    return float(w.books.register.count[indicator].sum())


def total(w: World, indicator: int) -> float:
    return float(w.books.register.total[indicator].sum())


@pytest.mark.parametrize(
    ("given", "need", "noise", "score"),
    [
        (12.0, 12.0, 0.0, 8.5),  # need met
        (15.0, 12.0, 0.0, 8.5),  # more than needed is not better
        (6.0, 12.0, 0.0, 7.5),  # half of the need costs half of two points
        (0.0, 12.0, -1.0, 5.5),
        (12.0, 12.0, 3.0, 10.0),  # the top of the scale
        (0.0, 12.0, -9.0, 0.0),  # its bottom
        (0.0, 0.0, 0.0, 8.5),  # nothing needed, nothing missed
    ],
)
def test_experience_falls_with_the_need_that_was_not_met(given, need, noise, score):
    assert experience(8.5, noise, 2.0, given, need) == pytest.approx(score)


def test_a_metre_on_paper_costs_what_the_part_of_a_point_costs():
    c = constants(P.replace({"kpi_gaming_cost": 2_000.0, "mcid_ccq": 0.4, "mcid_6mwd": 30.0}))

    # 30 m count as 0.4 points: 2,000 x (0.4 / 30)^2.
    assert c.gaming_ccq == 2_000.0
    assert c.gaming_walk == pytest.approx(0.355556, abs=1e-6)


def test_walks_are_measured_of_all_and_questionnaires_of_those_who_answer():
    w = world(questionnaire_response_share=0.8)
    due = counted(w, WALK_CHANGE)

    assert due == counted(w, MEASURED) > 30
    answers = total(w, MEASURED)
    assert 0.6 * due < answers < 0.95 * due
    for indicator in (CCQ_CHANGE, RELEVANT_CHANGE, GPE, PREM):
        assert counted(w, indicator) == answers


@pytest.mark.parametrize(("response", "share"), [(0.0, 0.0), (1.0, 1.0)])
def test_if_nobody_or_everybody_answers(response, share):
    w = world(questionnaire_response_share=response)

    assert total(w, MEASURED) == share * counted(w, MEASURED)
    assert counted(w, PREM) == share * counted(w, WALK_CHANGE)


def test_without_noise_a_relevant_change_is_one_that_is_felt():
    """The questionnaire then shows the true burden, and so does the patient's own judgment.

    Not quite the same number: at intake the questionnaire is compared with itself.
    """
    exact = world(ccq_measurement_sem=0.0, gpe_noise_sd=0.0, questionnaire_response_share=1.0)

    assert total(exact, RELEVANT_CHANGE) == total(exact, GPE) > 0
    noisy = world(ccq_measurement_sem=0.5, gpe_noise_sd=0.0, questionnaire_response_share=1.0)
    np.testing.assert_array_equal(exact.health.ccq, noisy.health.ccq)  # noise changes no life
    spread = [w.books.register.squares[CCQ_CHANGE].sum() for w in (exact, noisy)]
    assert spread[1] > spread[0] + 0.25 * counted(noisy, CCQ_CHANGE)  # 2 x 0.5^2, less chance


def test_a_relevant_change_is_counted_from_its_limit_on():
    """If any fall counts more patients pass than if a whole point is asked."""
    easy, hard = (world(mcid_ccq=limit, questionnaire_response_share=1.0) for limit in (-6.0, 6.0))

    assert total(easy, RELEVANT_CHANGE) == counted(easy, RELEVANT_CHANGE) > 0
    assert total(hard, RELEVANT_CHANGE) == 0.0


def test_whoever_is_paid_by_the_measurement_and_makes_it_makes_it_look_better():
    """z = a beta / g: 0.5 x what a point on paper pays / 2,000, for each who answers."""
    slope = {"indicator": "ccq_change", "slope": 1_000.0, "minimum_patients": 1.0}
    by_patient, by_therapist = (
        world(Kpi(**slope, measured_by=who), **ALIKE) for who in ("patient", "therapist")
    )
    pays = by_therapist.rewards.gaming[1, :, 0]

    assert not by_patient.rewards.gaming.any()
    assert 500.0 < pays[0] <= 1_000.0  # what is seldom judged pays less
    gained = total(by_therapist, CCQ_CHANGE) - total(by_patient, CCQ_CHANGE)
    answers = counted_under_the_contract(by_patient, CCQ_CHANGE, **ALIKE)
    assert gained == pytest.approx(answers * 0.5 * pays[0] / 2_000.0) and answers > 20
    # On paper only: everybody lives the same year, and the true outcome is what it was.
    np.testing.assert_array_equal(by_patient.health.ccq, by_therapist.health.ccq)
    np.testing.assert_array_equal(by_patient.care.status, by_therapist.care.status)
    one, other = (
        w.results().query("year == 2025 and split == 'all'").set_index("measure")["top"]
        for w in (by_patient, by_therapist)
    )
    for measure in ("qalys", "admissions", "relevant_improvement_share", "sessions_per_patient"):
        assert one[measure] == other[measure] > 0.0
    assert total(by_patient, GPE) == total(by_therapist, GPE)


def test_metres_are_added_where_metres_are_paid():
    slope = {"indicator": "walk_change", "slope": 10.0, "minimum_patients": 1.0}
    honest, own = (
        world(Kpi(**slope, measured_by=who), **ALIKE) for who in ("independent", "therapist")
    )
    gained = total(own, WALK_CHANGE) - total(honest, WALK_CHANGE)

    z = 0.5 * own.rewards.gaming[1, 0, 1] / (2_000.0 * (0.4 / 30.0) ** 2)
    walks = counted_under_the_contract(own, WALK_CHANGE, **ALIKE)
    assert gained == pytest.approx(walks * z) and walks > 20
    assert z > 5.0
    assert total(own, CCQ_CHANGE) == total(honest, CCQ_CHANGE)


def test_a_pure_professional_measures_honestly():
    slope = Kpi(
        indicator="ccq_change", slope=1_000.0, minimum_patients=1.0, measured_by="therapist"
    )
    pure = ALIKE | {"altruism_rho_median": 1e-9}
    honest = world(Kpi(indicator="ccq_change", slope=1_000.0, minimum_patients=1.0), **pure)

    assert total(world(slope, **pure), CCQ_CHANGE) == pytest.approx(
        total(honest, CCQ_CHANGE), abs=1e-5
    )
