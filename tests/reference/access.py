"""Getting in: asking for care, waiting, intake and refusal."""

from collections import Counter
from typing import TYPE_CHECKING

from model.codes import ALIVE, GOLD_STAGES, OUTSIDE, PROFILE_3, TREATED, WAITING
from model.month.care_seeking import asking_rate

from .acceptance import Offer, treatment_elsewhere, weigh
from .entitlement import file_if_accepted, most_covered, self_paid_left
from .examination import examine, grade
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
    if self_paid_left(model, patient) and not patient.supplementary and not patient.pays_above:
        # The first sessions are not covered and nobody else pays them: the patient stays away.
        turn_back(model, patient, month + int(p.intake_repeat_after_months))
        model.happened["first sessions not covered"] += 1
        return
    left = max(0.0, most_covered(model, file.first_year == 1, file.filed_class) - file.covered_used)
    if left <= 0 and patient.pays_above == 0:
        # Nothing is covered until the next treatment year.
        turn_back(model, patient, file.treatment_year_start + 12)
        model.happened["turned back"] += 1
        return

    weight_class, upcoded = grade(model, patient, therapist, contract)
    elsewhere = treatment_elsewhere(model, practice, with_room)
    offer = weigh(model, patient, therapist, contract, weight_class, left, elsewhere)
    patient.tally.requests += 1
    model.asked.requests[patient.region] += 1
    model.asked.refused[patient.region] += not offer.accepted
    if patient.gold > GOLD_STAGES[0]:
        register_request(model, patient, weight_class, offer.accepted)
    if not offer.accepted:
        refuse(model, patient)
        return
    for name, fact in file._asdict().items():
        setattr(patient, name, fact)
    model.happened["return within a year"] += not new_treatment
    practice.load += sessions_a_month
    patient.therapist, patient.contract = therapist.number, contract
    patient.weight_class, patient.upcoded = weight_class, upcoded
    start_treatment(model, patient, offer, new_treatment)


def turn_back(model: "ReferenceModel", patient: ReferencePatient, until: int) -> None:
    """Let a patient go home before anything was decided, not to ask again before a month."""
    patient.status = OUTSIDE
    patient.pause_until = until


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


def start_treatment(
    model: "ReferenceModel", patient: ReferencePatient, offer: Offer, new_treatment: bool
) -> None:
    """Start an episode: first measurements, and the clock of the quarters at nought."""
    p, waited = model.p, model.month - patient.waiting_since
    patient.tally.intakes += 1
    patient.tally.waited += waited
    days = patient.luck("first appointment") * p.first_appointment_days_most
    in_time = waited == 0 and days <= p.kpi_max_days_start_after_referral
    patient.note("start_in_time", float(in_time))
    patient.status = TREATED
    patient.treated_by = patient.practice
    patient.mode = offer.mode
    patient.warranty_until = offer.warranty_until
    patient.intake = int(new_treatment)
    patient.quarter = patient.quarter_month = 0
    patient.extended = patient.refusals = 0
    patient.ccq_intake = patient.ccq + p.ccq_measurement_sem * patient.normal_luck("measure burden")
    patient.walk_intake = patient.true_walk() + p.walk_measurement_sd * patient.normal_luck(
        "measure walk"
    )
    model.happened["intake"] += 1
    model.happened["intake after waiting"] += waited > 0
    model.happened["start too late"] += not in_time
