"""Examination: the true profile and need of a patient, and the weight class put on file."""

from typing import TYPE_CHECKING

from scipy.special import ndtri

from agents.behaviours.default import moral_cost
from agents.behaviours.theory import grading_under, too_light_under
from model.codes import (
    DOWNGRADED,
    ENTITLEMENT_CLASSES,
    HONEST,
    PROFILE_3,
    PROFILE_4,
    PROFILE_5,
)
from model.contracts.incentives import Incentives
from model.entitlement import entitlement_class
from model.physiotherapy import first_year_need, wanted_care_score

from .patient import ReferencePatient
from .providers import Therapist
from .theories import conduct_rho, mode_before, rewards_in_mind, theory_of, yearly_gap

if TYPE_CHECKING:
    from .model import ReferenceModel

HEAVIEST = 2


def examine(model: "ReferenceModel", patient: ReferencePatient) -> None:
    """Find the true profile, entitlement class and need."""
    p = model.p
    find_profile(patient)
    patient.entitlement_class = entitlement_class(
        sum(patient.attack_months),
        sum(patient.admission_months),
        patient.ccq,
        patient.walk_share(),
        p.burden_cutoff_ccq_low,
        p.burden_cutoff_ccq_high,
        p.capacity_cutoff_6mwd_pct_predicted / 100.0,
    )
    # The place of the person among all in treatment if they are ranked by class, A to D.
    usual = [p[f"treated_class_{name.lower()}_share"] for name in ENTITLEMENT_CLASSES]
    lighter = sum(usual[: patient.entitlement_class]) / sum(usual)
    own_class = usual[patient.entitlement_class] / sum(usual)
    place = lighter + patient.class_luck * own_class
    class_score = float(ndtri(min(1.0 - 1e-12, max(1e-12, place))))
    score = wanted_care_score(class_score, patient.need_luck, p.need_class_correlation)
    share_of_maximum = (
        p.need_share_of_maximum * p.sessions_per_patient_year_mean / p.sessions_mean_fitted
    )
    patient.need = first_year_need(
        guideline_maximum(model, patient), share_of_maximum, p.need_sigma, score
    )
    patient.wants_maintenance = int(score > float(ndtri(1.0 - p.maintenance_share)))


def find_profile(patient: ReferencePatient) -> None:
    """Find the guideline profile; whoever is in treatment counts as 3 at least."""
    patient.profile = max(PROFILE_3, patient.true_profile())


def guideline_maximum(model: "ReferenceModel", patient: ReferencePatient) -> float:
    """Return the most sessions in a first year by the guideline, for the patient's profile."""
    return model.p[f"guideline_max_sessions_profile_{patient.profile}"]


def need_as_seen(model: "ReferenceModel", patient: ReferencePatient, therapist: Therapist) -> float:
    """Return the need of a first year; who keeps to the guideline sees none beyond its maximum."""
    if therapist.keeps_guideline:
        return min(patient.need, guideline_maximum(model, patient))
    return patient.need


def grade(
    model: "ReferenceModel", patient: ReferencePatient, therapist: Therapist, contract: int
) -> tuple[int, int]:
    """Return the weight class put on file, and how it came about (``model.codes.HONEST`` etc.).

    Profile 5 is the heaviest: capacity and activity both low. A patient with one of the two low can
    be made a profile 5 by scoring the other test low, one of profile 5 can be made lighter by
    scoring one of the two high, at a moral cost that grows with how far that test is from its
    cut-off.
    """
    if patient.profile == PROFILE_5:
        return grade_heaviest(model, patient, therapist, contract)
    return grade_lighter(model, patient, therapist, contract)


def above_cutoffs(model: "ReferenceModel", patient: ReferencePatient) -> tuple[float, float]:
    """Return how far the true walk and the true activity lie above their cut-offs, in SDs."""
    p = model.p
    cutoff = p.capacity_cutoff_6mwd_pct_predicted / 100.0
    walk = (patient.walk_share() - cutoff) / (p.walk_measurement_sd / p.walk_predicted)
    return walk, (patient.steps - p.activity_cutoff_steps_per_day) / p.steps_measurement_sd


def gap_at_grading(
    model: "ReferenceModel",
    patient: ReferencePatient,
    therapist: Therapist,
    rewards: Incentives,
) -> float:
    """Return by how much the patient, honestly graded, brings less than before, EUR a year."""
    honest, seen = patient.profile - PROFILE_3, need_as_seen(model, patient, therapist)
    return yearly_gap(model, patient, therapist, rewards, honest, mode_before(model, patient), seen)


def grade_heaviest(
    model: "ReferenceModel", patient: ReferencePatient, therapist: Therapist, contract: int
) -> tuple[int, int]:
    """Return the class and the code of a true profile 5: lighter, with one test high, if it pays.

    Either test can be scored high; the one worth most is, activity if both are worth the same.
    """
    theory = theory_of(model, therapist)
    rewards = rewards_in_mind(model, theory, contract, patient.insurer)
    gains = rewards.grading[HEAVIEST]
    gap = gap_at_grading(model, patient, therapist, rewards)
    walk, steps = above_cutoffs(model, patient)
    worth = []
    for lighter, below in ((PROFILE_4 - PROFILE_3, -steps), (0, -walk)):
        cost = moral_cost(therapist.moral_cost, max(0.0, below), model.p.upcode_border_width)
        surplus = too_light_under(
            theory, gains[lighter], conduct_rho(model, therapist, rewards), cost, gap
        )
        worth.append((surplus, lighter))
    surplus, lighter = max(worth)
    if surplus <= 0.0:
        return HEAVIEST, HONEST
    model.happened[f"downgraded to {lighter}"] += 1
    return lighter, DOWNGRADED


def grade_lighter(
    model: "ReferenceModel", patient: ReferencePatient, therapist: Therapist, contract: int
) -> tuple[int, int]:
    """Return the class and the code of a true profile 3 or 4: the heaviest if it pays.

    Within one measurement SD of the cut-off a test can be repeated until it is low, which no audit
    can prove but which leaves less of the gain.
    """
    p = model.p
    theory = theory_of(model, therapist)
    rewards = rewards_in_mind(model, theory, contract, patient.insurer)
    honest = patient.profile - PROFILE_3
    gain = rewards.grading[honest, HEAVIEST]
    if gain <= 0.0:
        return honest, HONEST
    walk, steps = above_cutoffs(model, patient)
    distance = max(0.0, steps if patient.profile == PROFILE_4 else walk)
    choice = grading_under(
        theory,
        gain,
        gain * p.undetectable_gain_share if distance <= 1.0 else 0.0,
        conduct_rho(model, therapist, rewards),
        rewards.expected_loss,
        moral_cost(therapist.moral_cost, distance, p.upcode_border_width),
        gap_at_grading(model, patient, therapist, rewards),
    )
    if choice == HONEST:
        model.happened["honest though it costs"] += 1
        return honest, HONEST
    model.happened[f"upcode {choice}"] += 1
    return HEAVIEST, choice
