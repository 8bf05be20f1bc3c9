"""Getting in: asking for care, waiting, intake and refusal."""

import math
from collections import Counter
from typing import TYPE_CHECKING

from agents.seeking import (
    asking_rate,
    expected_wait,
    hindrance,
    mean_hindrance_of_distance,
    soft_refusal_chance,
)
from model.codes import ALIVE, GOLD_STAGES, OUTSIDE, PROFILE_3, TREATED, WAITING
from model.contracts.kpi import Kpi

from .acceptance import Offer, treatment_elsewhere, weigh
from .choice import choose_practice, nearest_distance, wait_nearby
from .entitlement import file_if_accepted, most_covered, self_paid_left
from .examination import examine, grade
from .giving_up import give_up, turn_back
from .patient import ReferencePatient
from .planning import first_year_shares
from .providers import ReferencePractice

if TYPE_CHECKING:
    from .model import ReferenceModel


def seek_care(model: "ReferenceModel") -> None:
    """Let people outside therapy ask for it, the more so with burden and after an attack."""
    p = model.p
    level = p.seek_rate
    if not model.size.treated_only:
        # Keeps the number in treatment at its national level, whatever is drawn for the country.
        level *= (p.copd_physio_patients / p.treated_patients_fitted) * (
            p.gold2plus_patients_fitted / p.gold2plus_patients
        )
    level /= mean_hindrance(model)
    expect_waits(model)
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
        still = hindrance(
            patient.deductible_left / 100.0 / 100.0,
            p.seek_per_deductible,
            nearest_distance(model, patient),
            p.seek_per_km,
            wait_nearby(model, patient),
            p.seek_per_month_wait,
            model.month < patient.refused_until,
            p.seek_after_refusal_ratio,
        )
        luck = patient.luck("ask for care")
        model.happened["held back"] += chance * still <= luck < chance
        if luck >= chance * still or patient.true_profile() < PROFILE_3:
            continue
        model.happened["asks though refused before"] += model.month < patient.refused_until
        patient.status = WAITING
        patient.ever_asked = 1
        patient.waiting_since = model.month
        patient.refusals = 0
        patient.practice = choose_practice(model, patient, "choose practice")
        model.happened["request"] += 1


def mean_hindrance(model: "ReferenceModel") -> float:
    """Return the hindrance of the average person in the country where asking was fitted."""
    p = model.p
    fall, chosen = p.seek_per_deductible / 100.0, p.voluntary_deductible_share
    lower, higher = p.compulsory_deductible, p.compulsory_deductible + p.voluntary_deductible_max
    if_open = (1.0 - chosen) * math.exp(-fall * lower) + chosen * math.exp(-fall * higher)
    used_up = p.deductible_exhausted_anyway_share
    mean = used_up + (1.0 - used_up) * if_open
    return (
        mean
        * mean_hindrance_of_distance(p.seek_per_km, p.practice_spacing)
        * math.exp(-p.seek_per_month_wait * p.wait_nearby_typical)
    )


def expect_waits(model: "ReferenceModel") -> None:
    """Let everybody know how long the wait is at each practice."""
    for practice in model.practices:
        queue = sum(
            patient.need * first_year_shares(model)[0] / 3.0
            for patient in model.patients
            if patient.status == WAITING and patient.practice == practice.number
        )
        practice.wait = expected_wait(
            practice.load, queue, practice.capacity, model.p.places_freed_share
        )
        model.happened["wait expected"] += practice.wait > 0.0


class Asked:
    """Requests and refusals by region.

    Attributes:
        requests, refused: Of this year.
        refused_share: Share refused last year, where anybody asked.
    """

    def __init__(self) -> None:
        self.requests: Counter[int] = Counter()
        self.refused: Counter[int] = Counter()
        self.refused_share: dict[int, float] = {}

    def open_year(self) -> None:
        """Turn the counts of this year into last year's share."""
        self.refused_share = {
            region: self.refused[region] / asked for region, asked in self.requests.items()
        }
        self.requests, self.refused = Counter(), Counter()


def intake(model: "ReferenceModel") -> None:
    """Examine everybody who waits, then decide: longest waiting first, then by row."""
    waiting = [patient for patient in model.patients if patient.status == WAITING]
    for patient in waiting:
        examine(model, patient)
    # What others in a region would do is judged by who has room before this month's intake.
    with_room = {practice.number for practice in model.practices if has_room(practice)}
    for patient in sorted(waiting, key=lambda patient: (patient.waiting_since, patient.row)):
        decide_on(model, patient, with_room)


def has_room(practice: ReferencePractice) -> bool:
    """Return whether a practice has any room now; an empty one always has."""
    return practice.load <= 0.0 or practice.load < practice.capacity


def decide_on(model: "ReferenceModel", patient: ReferencePatient, with_room: set[int]) -> None:
    """Let the practice decide: no room, refuse, or take in.

    Args:
        model: The model.
        patient: The patient.
        with_room: Numbers of the practices that had room at the start of this month's intake.
    """
    p, month = model.p, model.month
    if month < patient.pause_until:
        model.happened["told to come back later"] += 1
        return
    practice = model.practices[patient.practice]
    sessions_a_month = patient.need * first_year_shares(model)[0] / 3.0
    if not practice.has_room_for(sessions_a_month):
        model.happened["no room"] += 1
        if month - patient.waiting_since >= int(p.patience_months):
            practice.tally.sought += 1
            patient.practice = choose_practice(
                model, patient, "choose next practice", without=patient.practice
            )
            model.happened["out of patience"] += 1
        return

    chosen = int(patient.luck("choose therapist") * len(practice.therapists))
    therapist = practice.therapists[chosen]
    contract = practice.contract_with[patient.insurer]
    new_treatment = month - patient.last_care >= int(p.intake_repeat_after_months)
    # Under consideration: a refusal leaves the file of the patient as it was.
    file = file_if_accepted(model, patient, new_treatment)
    if self_paid_left(model, patient) and not patient.supplementary and not patient.pays_above:
        # The first sessions are not covered and nobody else pays them: the patient stays away.
        turn_back(model, patient, month + int(p.intake_repeat_after_months))
        model.happened["first sessions not covered"] += 1
        return
    left = max(0.0, most_covered(model, file.first_year == 1, file.filed_class) - file.covered_used)
    if left <= 0 and patient.pays_above == 0:
        # Nothing is covered until the next treatment year.
        give_up(model, patient, file.treatment_year_start + 12)
        model.happened["turned back"] += 1
        return

    weight_class, upcoded = grade(model, patient, therapist, contract)
    elsewhere = treatment_elsewhere(model, practice, with_room)
    offer = weigh(model, patient, therapist, contract, weight_class, left, elsewhere)
    patient.tally.requests += 1
    model.asked.requests[patient.region] += 1
    model.asked.refused[patient.region] += not offer.accepted
    severe = patient.gold > GOLD_STAGES[0]
    softly = not offer.accepted and refuses_softly(model, patient, contract, severe)
    if severe and not softly:  # a soft refusal is known to the patient alone
        register_request(model, patient, weight_class, offer.accepted)
    if not offer.accepted:
        refuse(model, patient, softly)
        return
    for name, fact in file._asdict().items():
        setattr(patient, name, fact)
    model.happened["return within a year"] += not new_treatment
    practice.load += sessions_a_month
    patient.therapist, patient.contract = therapist.number, contract
    patient.weight_class, patient.upcoded = weight_class, upcoded
    start_treatment(model, patient, offer, new_treatment)


def register_request(
    model: "ReferenceModel", patient: ReferencePatient, weight_class: int, accepted: bool
) -> None:
    """Register whether a patient with GOLD III or IV was taken in."""
    model.books.register.note(
        "severe_accepted",
        patient.practice,
        patient.insurer,
        weight_class,
        patient.gold,
        float(accepted),
    )


def refuses_softly(
    model: "ReferenceModel", patient: ReferencePatient, contract: int, severe: bool
) -> bool:
    """Return whether a refusal is put as "later" or "better elsewhere" instead."""
    judged = severe and any(
        kpi.indicator == "severe_accepted" and has_stakes(kpi)
        for kpi in model.contracts[contract].kpis
    )
    model.happened["refusal would count"] += judged
    chance = soft_refusal_chance(
        model.p.soft_refusal_share, judged, model.p.soft_refusal_watched_share
    )
    return patient.luck("refuse softly") < chance


def has_stakes(kpi: Kpi) -> bool:
    """Return whether anything follows from a KPI."""
    return kpi.slope is not None or kpi.consequence != "none"


def refuse(model: "ReferenceModel", patient: ReferencePatient, softly: bool) -> None:
    """Put a patient off, send them on, or home for a while after too many refusals."""
    p = model.p
    patient.tally.refused += 1
    patient.tally.soft_refused += softly
    patient.refusals += 1
    patient.refused_until = model.month + int(p.refusal_memory_months)
    model.happened["refusal"] += 1
    model.happened["soft refusal"] += softly
    practice = model.practices[patient.practice]
    if patient.refusals >= int(p.most_refusals):
        practice.tally.sought += 1
        give_up(model, patient, model.month + int(p.pause_after_refusals_months))
        model.happened["gave up"] += 1
    elif softly and patient.luck("put off or send on") < p.soft_refusal_later_share:
        # Not the end of the request: it still waits here.
        patient.pause_until = model.month + int(p.soft_refusal_months)
    else:
        practice.tally.sought += 1
        patient.practice = choose_practice(
            model, patient, "choose next practice", without=patient.practice
        )


def start_treatment(
    model: "ReferenceModel", patient: ReferencePatient, offer: Offer, new_treatment: bool
) -> None:
    """Start an episode: first measurements, and the clock of the quarters at nought."""
    p, waited = model.p, model.month - patient.waiting_since
    patient.tally.intakes += 1
    patient.tally.waited += waited
    days = patient.luck("first appointment") * p.first_appointment_days_most
    in_time = waited == 0 and days <= p.kpi_max_days_start_after_referral
    model.practices[patient.practice].tally.sought += 1
    model.practices[patient.practice].tally.in_time += in_time
    model.books.register.note(
        "start_in_time",
        patient.practice,
        patient.insurer,  # the first quarter is yet to begin
        patient.weight_class,
        patient.gold,
        float(in_time),
    )
    patient.status = TREATED
    patient.treated_by = patient.practice
    patient.mode = offer.mode
    patient.warranty_until = offer.warranty_until
    patient.intake = int(new_treatment)
    patient.quarter = patient.quarter_month = 0
    patient.extended = patient.refusals = 0
    patient.ccq_before = patient.ccq
    patient.ccq_intake = patient.ccq + p.ccq_measurement_sem * patient.normal_luck("measure burden")
    patient.walk_intake = patient.true_walk() + p.walk_measurement_sd * patient.normal_luck(
        "measure walk"
    )
    model.happened["intake"] += 1
    model.happened["intake after waiting"] += waited > 0
    model.happened["start too late"] += not in_time
