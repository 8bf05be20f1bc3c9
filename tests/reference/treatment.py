"""Being treated: planning a quarter, sessions, what they train, and measurement."""

from typing import TYPE_CHECKING

from scipy.special import ndtri

from agents.behaviours.default import (
    opens_quarter_without_need,
    planned_sessions,
    profit_weight,
    reaches_threshold,
)
from model.codes import ALIVE, OUTSIDE, REGULAR_CONTRACT, TREATED
from model.disease import burden, utility
from model.month.delivery import dropout_chance, sessions_upto
from model.physiotherapy import guideline_ceiling, monthly_retention, next_training, quarter_need

from .access import NO_AUDITS, class_to_file, first_year_shares, grade
from .new_year import MAINTENANCE, fee_of_session, most_covered, price_of_quarter
from .patient import ReferencePatient

if TYPE_CHECKING:
    from .model import ReferenceModel

FIRST_YEAR_QUARTERS = 4
EIGHT_WEEKS, TWELVE_WEEKS = 2, 3  # in whole months


def kind_of_quarter(patient: ReferencePatient) -> int:
    """Return how the present quarter is priced: the weight class on file, or maintenance."""
    return MAINTENANCE if patient.quarter >= FIRST_YEAR_QUARTERS else patient.weight_class


def covered_sessions_left(model: "ReferenceModel", patient: ReferencePatient) -> float:
    """Return the covered sessions left in the treatment year (infinite if there is no maximum)."""
    most = most_covered(model, patient.first_year == 1, patient.filed_class)
    return most - patient.covered_used


def plan_treatment(model: "ReferenceModel") -> None:
    """Plan the sessions of everybody whose own quarter starts this month."""
    for patient in model.patients:
        if patient.status == TREATED and patient.quarter_month == 0:
            plan_quarter(model, patient)


def plan_quarter(model: "ReferenceModel", patient: ReferencePatient) -> None:
    """Plan one quarter: under which contract, whether at all, and how many sessions."""
    take_contract_in_force(model, patient)
    if care_is_complete(model, patient):
        if not opens_another(model, patient):
            patient.status = OUTSIDE
            model.happened["episode ended"] += 1
            return
        patient.extended = 1
        need, plan = 0.0, float(int(model.p.bundle_min_contacts_to_claim))
        model.happened["extension"] += 1
    else:
        need = need_of_quarter(model, patient)
        plan = wished_plan(model, patient, need)

    if model.month - patient.treatment_year_start >= 12:
        start_next_treatment_year(model, patient)
        patient.filed_class = class_to_file(model, patient, False, 4.0 * plan)
    left = covered_sessions_left(model, patient)
    stops = False
    if plan > left and patient.pays_above == 0:
        plan = float(max(0, left))
        stops = left <= 0
        model.happened["maximum binds a plan"] += 1
    count_quarter(model, patient, need, plan)
    if stops:
        patient.status = OUTSIDE
        patient.pause_until = patient.treatment_year_start + 12
        model.happened["maximum reached"] += 1
        return
    patient.need_quarter, patient.plan = need, plan
    patient.rounding = patient.luck("spread sessions")
    patient.planned_so_far = patient.delivered = patient.quarter_billed = 0


def take_contract_in_force(model: "ReferenceModel", patient: ReferencePatient) -> None:
    """Move a quarter to the contract now held; who comes under a bundle midway is graded anew."""
    practice = model.practices[patient.practice]
    before = patient.contract
    patient.contract = practice.contract_with[patient.insurer]
    comes_under_it = before == REGULAR_CONTRACT and patient.contract != REGULAR_CONTRACT
    if comes_under_it and 0 < patient.quarter < FIRST_YEAR_QUARTERS:
        therapist = model.therapists[patient.therapist]
        patient.weight_class, patient.upcoded = grade(model, patient, therapist, patient.contract)
        model.happened["graded anew"] += 1


def care_is_complete(model: "ReferenceModel", patient: ReferencePatient) -> bool:
    """Return whether the patient needs no further care.

    The first year is always needed. After it, only who wants maintenance goes on, and each later
    maintenance quarter may be the last. Once extended without need, need does not come back.
    """
    if patient.extended == 1:
        return True
    if patient.quarter < FIRST_YEAR_QUARTERS:
        return False
    if patient.wants_maintenance == 0:
        return True
    if patient.quarter == FIRST_YEAR_QUARTERS:
        return False
    return patient.luck("stop maintenance") < model.p.maintenance_stop_quarterly


def opens_another(model: "ReferenceModel", patient: ReferencePatient) -> bool:
    """Return whether a quarter without need is opened: the patient consents, it pays enough."""
    p = model.p
    if patient.luck("consent to another quarter") >= p.extension_consent:
        return False
    therapist = model.therapists[patient.therapist]
    revenue = price_of_quarter(model, patient.contract, kind_of_quarter(patient))
    revenue += fee_of_session(model, patient.contract)
    return opens_quarter_without_need(
        revenue,
        p.variable_cost_per_session,
        profit_weight(therapist.rho),
        NO_AUDITS,
        therapist.own_moral_cost,
    )


def need_of_quarter(model: "ReferenceModel", patient: ReferencePatient) -> float:
    """Return the patient-optimal sessions of the present quarter."""
    return quarter_need(
        patient.need, patient.quarter, first_year_shares(model), model.p.maintenance_ratio
    )


def ceiling_of_quarter(model: "ReferenceModel", patient: ReferencePatient) -> float:
    """Return the most sessions the guideline allows in the present quarter."""
    return guideline_ceiling(
        model.p[f"guideline_max_sessions_profile_{patient.profile}"],
        patient.quarter,
        first_year_shares(model),
        model.p.guideline_maintenance_sessions_per_week,
    )


def most_planned(model: "ReferenceModel", patient: ReferencePatient) -> float:
    """Return the most sessions, per year, a therapist plans: less if the guideline is kept."""
    most = model.p.sessions_most_per_year
    if model.therapists[patient.therapist].keeps_guideline:
        return min(most, 4.0 * ceiling_of_quarter(model, patient))
    return most


def wished_plan(model: "ReferenceModel", patient: ReferencePatient, need: float) -> float:
    """Return the sessions the therapist wants to give this quarter (the rules think in years)."""
    p = model.p
    therapist = model.therapists[patient.therapist]
    a_year = planned_sessions(
        4.0 * need,
        therapist.rho,
        therapist.norm,
        fee_of_session(model, patient.contract),
        p.variable_cost_per_session,
        p.benefit_curvature_k,
        0.0,
        0.0,
        0.0,
        most_planned(model, patient),
    )
    if a_year == most_planned(model, patient):
        model.happened["ceiling binds"] += 1
    plan = a_year / 4.0
    least_contacts = float(int(p.bundle_min_contacts_to_claim))
    price = price_of_quarter(model, patient.contract, kind_of_quarter(patient))
    if price > 0.0 and reaches_threshold(
        plan, least_contacts, price, therapist.rho, 4.0 * p.benefit_curvature_k
    ):
        model.happened["stretched to the threshold"] += 1
        return least_contacts
    return plan


def start_next_treatment_year(model: "ReferenceModel", patient: ReferencePatient) -> None:
    """Open a new twelve months of the entitlement."""
    patient.treatment_year_start += 12
    patient.covered_used = 0
    patient.first_year = 0
    model.happened["next treatment year"] += 1


def count_quarter(
    model: "ReferenceModel", patient: ReferencePatient, need: float, plan: float
) -> None:
    """Count a planned quarter, for the patient and for the practice."""
    tolerance = model.p.undertreatment_tolerance
    # Who keeps to the guideline's ceiling does not undertreat, whatever the need beyond it.
    need_within_guideline = min(need, ceiling_of_quarter(model, patient))
    too_little = plan < (1.0 - tolerance) * need_within_guideline
    too_much = plan > (1.0 + tolerance) * need
    on_policy = patient.contract != REGULAR_CONTRACT
    paid_too_heavy = patient.upcoded == 1 and on_policy and patient.quarter < FIRST_YEAR_QUARTERS
    first_year = patient.first_year == 1
    # Another class on file is too heavy only if it covers more sessions.
    filed_too_heavy = most_covered(model, first_year, patient.filed_class) > most_covered(
        model, first_year, patient.entitlement_class
    )
    patient.tally.quarters += 1
    patient.tally.under += too_little
    patient.tally.over += too_much
    patient.tally.upcoded += paid_too_heavy or filed_too_heavy
    model.happened["under"] += too_little
    model.happened["over"] += too_much

    practice = model.practices[patient.practice].tally
    practice.quarters += 1
    practice.policy_quarters += on_policy
    practice.upcoded += paid_too_heavy or filed_too_heavy
    keeps_guideline = model.therapists[patient.therapist].keeps_guideline
    aim = need_within_guideline if keeps_guideline else need
    practice.gap += abs(plan - aim)
    practice.need += aim


def deliver_sessions(model: "ReferenceModel") -> None:
    """Deliver this month's sessions and renew what each practice has planned."""
    for practice in model.practices:
        practice.load = 0.0
    for patient in model.patients:
        if patient.status == TREATED:
            if breaks_off(model, patient):
                if patient.quarter_month > 0:
                    register_quarter(model, patient)
                patient.status = OUTSIDE
                # The quarter that runs may be paid: nobody starts another within it.
                patient.pause_until = model.month - patient.quarter_month + 3
                model.happened["drop-out"] += 1
            else:
                deliver_month(model, patient)


def breaks_off(model: "ReferenceModel", patient: ReferencePatient) -> bool:
    """Return whether the patient drops out; nobody does in the first month of an episode."""
    p = model.p
    months_in_care = 3 * patient.quarter + patient.quarter_month
    if months_in_care == 0:
        return False
    early = months_in_care <= int(p.dropout_early_months)
    chance = dropout_chance(
        p.dropout_early if early else p.dropout_late,
        patient.ccq,
        p.dropout_per_ccq,
        p.ccq_baseline_gold3,
    )
    if patient.luck("break off") >= chance:
        return False
    patient.tally.stopped += 1
    patient.tally.stopped_early += months_in_care <= EIGHT_WEEKS
    patient.tally.stopped_programme += months_in_care <= TWELVE_WEEKS
    return True


def deliver_month(model: "ReferenceModel", patient: ReferencePatient) -> None:
    """Give the sessions that fall in this month, first the covered ones; count cost and time."""
    p = model.p
    if model.month - patient.treatment_year_start >= 12:
        # After a return the twelve months do not end with a quarter of the patient.
        start_next_treatment_year(model, patient)
        model.happened["treatment year turns within a quarter"] += 1
    upto = sessions_upto(patient.plan, patient.quarter_month, patient.rounding)
    wanted = upto - patient.planned_so_far
    patient.planned_so_far = upto
    covered = max(0, min(wanted, covered_sessions_left(model, patient)))
    above = wanted - covered if patient.pays_above == 1 else 0
    if above:
        model.happened["sessions above the maximum"] += 1
    given = covered + above
    patient.sessions, patient.uncovered = covered, above
    patient.covered_used += covered
    patient.delivered += given
    if given > 0:
        patient.last_care = model.month
    patient.in_maintenance = patient.quarter >= FIRST_YEAR_QUARTERS

    full_cost = 100.0 * p.full_cost_per_session * model.practices[patient.practice].cost_factor
    cost = full_cost * (given + p.intake_to_session_tariff_ratio * patient.intake)
    minutes = p.admin_minutes_session * given + p.admin_minutes_intake * patient.intake
    reached = patient.delivered >= int(p.bundle_min_contacts_to_claim)
    if patient.contract != REGULAR_CONTRACT and reached and patient.quarter_billed == 0:
        patient.opened = patient.quarter_billed = 1
        minutes += p.admin_minutes_bundle_quarter
        model.happened["bundle quarter payable"] += 1
    practice = model.practices[patient.practice]
    patient.tally.sessions += given
    patient.tally.cost += cost
    patient.tally.admin += minutes
    practice.tally.sessions += given
    practice.tally.cost += cost
    practice.tally.admin += minutes
    practice.load += patient.plan / 3.0

    patient.quarter_month += 1
    if patient.quarter_month == 3:
        register_quarter(model, patient)
        patient.quarter_month = 0
        patient.quarter += 1


def register_quarter(model: "ReferenceModel", patient: ReferencePatient) -> None:
    """Enter a quarter that is over in the claims register, if a bundle would have paid it."""
    if patient.delivered >= int(model.p.bundle_min_contacts_to_claim):
        claims, kind = model.claims[patient.contract], kind_of_quarter(patient)
        claims.sessions[kind] += patient.delivered
        claims.quarters[kind] += 1


def train(model: "ReferenceModel") -> None:
    """Let sessions train and rest undo it; burden and quality of life follow."""
    p = model.p
    retention = monthly_retention(p.training_half_life_months)
    for patient in model.patients:
        if patient.alive != ALIVE:
            continue
        attended = float(patient.sessions + patient.uncovered)
        patient.training = next_training(
            patient.training, attended, retention, p.training_tau_sessions
        )
        of_stage = patient.between_stages("ccq_baseline")
        patient.ccq = burden(of_stage, patient.ccq_offset, p.training_hmax_ccq, patient.training)
        quality = utility(
            p[f"eq5d_gold{patient.gold}"], patient.ccq, of_stage, p.utility_per_ccq_point
        )
        patient.tally.qalys += quality / 12.0
        patient.tally.months += 1
        if patient.ever_asked == 1:
            patient.tally.asked_months += 1
            patient.tally.ccq_sum += patient.ccq


def measure(model: "ReferenceModel") -> None:
    """Measure burden, with noise, after the first quarter of each episode."""
    p = model.p
    for patient in model.patients:
        if patient.status != TREATED or patient.quarter != 1 or patient.quarter_month != 0:
            continue
        noise = float(ndtri(patient.luck("measure follow-up")))
        measured = patient.ccq + p.ccq_measurement_sem * noise
        patient.tally.followed += 1
        if patient.ccq_intake - measured >= p.mcid_ccq:
            patient.tally.improved += 1
            model.happened["relevant improvement"] += 1
