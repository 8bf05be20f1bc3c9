"""Getting in: asking for care, waiting, acceptance, examination and grading."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import ndtri

from agents.behaviours.default import (
    acceptance_probability,
    acceptance_surplus,
    grading_choice,
    moral_cost,
    planned_sessions,
    profit_weight,
)
from model.codes import (
    ALIVE,
    CLASS_B2,
    ENTITLEMENT_CLASSES,
    HONEST,
    OUTSIDE,
    PROFILE_3,
    PROFILE_4,
    PROFILE_5,
    TREATED,
    WAITING,
)
from model.entitlement import entitlement_class
from model.month.care_seeking import asking_rate
from model.physiotherapy import first_year_need, wanted_care_score

from .new_year import fee_of_session, most_covered, price_of_quarter
from .patient import ReferencePatient
from .providers import Therapist

if TYPE_CHECKING:
    from .model import ReferenceModel

HEAVIEST = 2
NO_AUDITS = 0.0  # expected loss per euro gained by misgrading


def seek_care(model: "ReferenceModel") -> None:
    """Let people outside therapy ask for it, the more so with burden and after an attack."""
    p = model.p
    level = p.seek_rate
    if not model.size.treated_only:
        # Keeps the number in treatment at its national level, whatever is drawn for the country.
        level *= (p.copd_physio_patients / p.treated_patients_fitted) * (
            p.gold2plus_patients_fitted / p.gold2plus_patients
        )
    for patient in model.patients:
        if patient.alive != ALIVE or patient.status != OUTSIDE:
            continue
        if model.month < patient.pause_until:
            continue
        chance = asking_rate(
            level,
            patient.ccq,
            p.seek_ccq_slope,
            p.ccq_baseline_gold3,
            any(patient.attack_months[: int(p.recent_attack_months)]),
            p.seek_after_attack_ratio,
            p.seek_most,
        )
        if patient.luck("ask for care") >= chance or patient.true_profile() < PROFILE_3:
            continue
        patient.status = WAITING
        patient.ever_asked = 1
        patient.waiting_since = model.month
        patient.refusals = 0
        patient.practice = practice_by_size(model, patient, "choose practice")
        model.happened["request"] += 1


def practice_by_size(model: "ReferenceModel", patient: ReferencePatient, decision: str) -> int:
    """Return a practice in the person's region, chosen in proportion to its staff."""
    nearby = [practice for practice in model.practices if practice.region == patient.region]
    wanted = patient.luck(decision) * sum(practice.staff for practice in nearby)
    passed = 0.0
    for practice in nearby:
        passed += practice.staff
        if passed > wanted:
            return practice.number
    return nearby[-1].number


def intake(model: "ReferenceModel") -> None:
    """Examine everybody who waits, then decide: longest waiting first, then by row."""
    waiting = [patient for patient in model.patients if patient.status == WAITING]
    for patient in waiting:
        examine(model, patient)
    for patient in sorted(waiting, key=lambda patient: (patient.waiting_since, patient.row)):
        decide_on(model, patient)


def examine(model: "ReferenceModel", patient: ReferencePatient) -> None:
    """Find the true profile, entitlement class and need."""
    p = model.p
    patient.profile = max(PROFILE_3, patient.true_profile())
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
        p[f"guideline_max_sessions_profile_{patient.profile}"],
        share_of_maximum,
        p.need_sigma,
        score,
    )
    patient.wants_maintenance = int(score > float(ndtri(1.0 - p.maintenance_share)))


def decide_on(model: "ReferenceModel", patient: ReferencePatient) -> None:
    """Let the practice decide: no room, refuse, or take in."""
    p, month = model.p, model.month
    practice = model.practices[patient.practice]
    sessions_a_month = patient.need * first_year_shares(model)[0] / 3.0
    if not practice.has_room_for(sessions_a_month):
        model.happened["no room"] += 1
        if month - patient.waiting_since >= int(p.patience_months):
            patient.practice = practice_by_size(model, patient, "choose next practice")
            model.happened["out of patience"] += 1
        return

    chosen = int(patient.luck("choose therapist") * len(practice.therapists))
    therapist = practice.therapists[chosen]
    contract = practice.contract_with[patient.insurer]
    new_treatment = month - patient.last_care >= int(p.intake_repeat_after_months)
    # Under consideration: a refusal leaves the file of the patient as it was.
    file = file_if_accepted(model, patient, new_treatment)
    most = most_covered(model, file.first_year == 1, file.filed_class)
    left = max(0.0, most - file.covered_used)
    if left <= 0 and patient.pays_above == 0:
        # Nothing is covered until the next treatment year: the patient turns back.
        patient.status = OUTSIDE
        patient.pause_until = file.treatment_year_start + 12
        model.happened["turned back"] += 1
        return
    weight_class, upcoded = grade(model, patient, therapist, contract)

    patient.tally.requests += 1
    if not accepts(model, patient, therapist, contract, weight_class, left):
        refuse(model, patient)
        return
    for name, fact in file._asdict().items():
        setattr(patient, name, fact)
    model.happened["return within a year"] += not new_treatment
    practice.load += sessions_a_month
    patient.tally.intakes += 1
    patient.tally.waited += month - patient.waiting_since
    if month > patient.waiting_since:
        model.happened["intake after waiting"] += 1
    patient.status = TREATED
    patient.therapist = therapist.number
    patient.weight_class, patient.upcoded = weight_class, upcoded
    patient.contract = contract
    patient.intake = int(new_treatment)
    patient.quarter = patient.quarter_month = 0
    patient.extended = patient.refusals = 0
    noise = float(ndtri(patient.luck("measure burden")))
    patient.ccq_intake = patient.ccq + p.ccq_measurement_sem * noise
    model.happened["intake"] += 1


class File(NamedTuple):
    """What the insurer knows of a patient's entitlement."""

    treatment_year_start: int
    first_year: int
    covered_used: int
    filed_class: int


def file_if_accepted(
    model: "ReferenceModel", patient: ReferencePatient, new_treatment: bool
) -> File:
    """Return how the entitlement would stand: a new treatment, or the old one going on."""
    start, first_year, used = (
        patient.treatment_year_start,
        patient.first_year,
        patient.covered_used,
    )
    if new_treatment:
        start, first_year, used = model.month, 1, 0
    elif model.month - start >= 12:
        whole_years = (model.month - start) // 12
        start, first_year, used = start + 12 * whole_years, 0, 0
    filed = class_to_file(model, patient, first_year == 1, patient.need)
    return File(start, first_year, used, filed)


def first_year_shares(model: "ReferenceModel") -> np.ndarray:
    """Return the share of the first year's sessions in its four quarters, adding up to 1."""
    shares = np.array([model.p[f"first_year_session_share_q{number}"] for number in (1, 2, 3, 4)])
    return shares / shares.sum()


def accepts(
    model: "ReferenceModel",
    patient: ReferencePatient,
    therapist: Therapist,
    contract: int,
    weight_class: int,
    left: float,
) -> bool:
    """Return whether the therapist accepts, weighing income against what the patient gains.

    What is planned here and would be given elsewhere ends where cover does (``left`` sessions),
    unless the patient pays on.
    """
    p = model.p
    reach = p.sessions_most_per_year
    if not patient.pays_above:
        reach = min(left, reach)
    fee = fee_of_session(model, contract)
    need = patient.need
    if therapist.keeps_guideline:
        # Who keeps to the guideline sees no need beyond its maximum.
        need = min(need, p[f"guideline_max_sessions_profile_{patient.profile}"])
        model.happened["need beyond the guideline"] += need < patient.need
    sessions = planned_sessions(
        need,
        therapist.rho,
        therapist.norm,
        fee,
        p.variable_cost_per_session,
        p.benefit_curvature_k,
        0.0,
        0.0,
        0.0,
        reach,
    )
    surplus = acceptance_surplus(
        4.0 * price_of_quarter(model, contract, weight_class),
        fee,
        p.variable_cost_per_session,
        sessions,
        need,
        reach,
        therapist.rho,
        p.benefit_curvature_k,
        p.outside_option_share,
    )
    chance = acceptance_probability(surplus, p.reservation_value, p.choice_precision)
    return patient.luck("accept patient") < chance


def refuse(model: "ReferenceModel", patient: ReferencePatient) -> None:
    """Send a patient on to another practice, or home for a while after too many refusals."""
    p = model.p
    patient.tally.refused += 1
    patient.refusals += 1
    model.happened["refusal"] += 1
    if patient.refusals >= int(p.most_refusals):
        patient.status = OUTSIDE
        patient.pause_until = model.month + int(p.pause_after_refusals_months)
        model.happened["gave up"] += 1
    else:
        patient.practice = practice_by_size(model, patient, "choose next practice")


def class_to_file(
    model: "ReferenceModel", patient: ReferencePatient, first_year: bool, wanted: float
) -> int:
    """Return the true entitlement class, or B2 where that lifts a maximum that would bind."""
    true_class = patient.entitlement_class
    own_maximum = most_covered(model, first_year, true_class)
    if (
        true_class < CLASS_B2
        and wanted > own_maximum
        and most_covered(model, first_year, CLASS_B2) > own_maximum
        and patient.luck("file class") < model.p.class_upgrade_share
    ):
        model.happened["class upgraded"] += 1
        return CLASS_B2
    return true_class


def grade(
    model: "ReferenceModel", patient: ReferencePatient, therapist: Therapist, contract: int
) -> tuple[int, int]:
    """Return the weight class put on file, and 1 if it is heavier than the true one.

    Profile 5 is the heaviest: capacity and activity both low. A patient with one of the two low can
    be made a profile 5 by scoring the other test low, at a moral cost that grows with how far that
    test is from its cut-off. Within one measurement SD of the cut-off no audit can tell.
    """
    p = model.p
    honest = patient.profile - PROFILE_3
    gain = 4.0 * (
        price_of_quarter(model, contract, HEAVIEST) - price_of_quarter(model, contract, honest)
    )
    if patient.profile == PROFILE_5 or gain <= 0.0:
        return honest, 0
    if patient.profile == PROFILE_4:
        distance = (patient.steps - p.activity_cutoff_steps_per_day) / p.steps_measurement_sd
    else:
        cutoff = p.capacity_cutoff_6mwd_pct_predicted / 100.0
        distance = (patient.walk_share() - cutoff) / (p.walk_measurement_sd / p.walk_predicted)
    distance = max(0.0, distance)
    choice = grading_choice(
        gain,
        gain if distance <= 1.0 else 0.0,
        profit_weight(therapist.rho),
        NO_AUDITS,
        moral_cost(therapist.own_moral_cost, distance, p.upcode_border_width),
    )
    if choice == HONEST:
        return honest, 0
    model.happened["upcode"] += 1
    return HEAVIEST, 1
