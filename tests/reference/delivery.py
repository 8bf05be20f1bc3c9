"""Delivery: patients attend or break off, whole sessions fall in months, quarters end."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from agents.attending import (
    attendance,
    completion_ratio,
    dropout_chance,
    quintiles_below_middle,
)
from model.codes import DIGITAL, GROUP, INDIVIDUAL, OUTSIDE, REGULAR_CONTRACT, TREATED
from model.contracts.quarter_bundle import phase_of
from model.month.delivery import sessions_upto

from .entitlement import covered_sessions_left, self_paid_left, start_next_treatment_year
from .modes import cost_ratio
from .patient import ReferencePatient
from .rewards import contacts_of_bundle, least_contacts

if TYPE_CHECKING:
    from .model import ReferenceModel

EIGHT_WEEKS, TWELVE_WEEKS = 2, 3  # in whole months
HEAVIEST = 2
#: The engine counts the sessions of a life in two bytes.
MOST_IN_A_LIFE = 32_000
#: What stands on the bill of a quarter: nothing yet, the bundle, or a repair under warranty.
NOT_YET, PAID, UNDER_WARRANTY = 0, 1, 2


def deliver_sessions(model: "ReferenceModel") -> None:
    """Deliver this month's sessions and renew what each practice has planned."""
    for practice in model.practices:
        practice.load = 0.0
    for patient in model.patients:
        if patient.status == TREATED:
            patient.phase = phase_of(patient.quarter, int(model.p.intensive_quarters))
            patient.month_of_quarter = patient.quarter_month
            if breaks_off(model, patient):
                leave(model, patient)
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
        quintiles_below_middle(patient.income),
        p.dropout_per_income_quintile,
        mean_over_incomes(model, lambda below: p.dropout_per_income_quintile**below),
        completion_ratio(p.completion_digital, p.completion_centre)
        if patient.mode == DIGITAL
        else 1.0,
    )
    breaks = patient.luck("break off") < chance
    model.happened["breaks off at a distance"] += breaks and patient.mode == DIGITAL
    return breaks


def mean_over_incomes(model: "ReferenceModel", of_quintiles: Callable[[int], float]) -> float:
    """Return the mean over patients of something that hangs on quintiles below the middle."""
    tilt = model.p.income_gradient
    shares = (0.2 + 2 * tilt, 0.2 + tilt, 0.2, 0.2 - tilt, 0.2 - 2 * tilt)
    return sum(
        share * of_quintiles(quintiles_below_middle(income)) for income, share in enumerate(shares)
    )


def share_attended(model: "ReferenceModel", patient: ReferencePatient) -> float:
    """Return how much of the quarter's plan the patient attends, against the average person."""
    p = model.p
    return attendance(
        patient.ccq,
        p.attendance_per_ccq,
        p.treated_ccq_typical,
        quintiles_below_middle(patient.income),
        p.attendance_per_income_quintile,
        mean_over_incomes(model, float),
        p.attendance_margin,
    )


def leave(model: "ReferenceModel", patient: ReferencePatient) -> None:
    """Break off: the months that are left of a quarter that was paid are unused."""
    months_in_care = 3 * patient.quarter + patient.quarter_month
    if patient.quarter_month > 0:
        if patient.quarter_billed == PAID:
            patient.unused = 3 - patient.quarter_month
        model.happened["broke off under warranty"] += patient.quarter_billed == UNDER_WARRANTY
        register_quarter(model, patient, broken_off=True)
    patient.status = OUTSIDE
    # The quarter that runs may be paid: nobody starts another within it.
    patient.pause_until = model.month - patient.quarter_month + 3
    patient.tally.stopped += 1
    patient.tally.stopped_early += months_in_care <= EIGHT_WEEKS
    patient.tally.stopped_programme += months_in_care <= TWELVE_WEEKS
    model.happened["drop-out"] += 1


def deliver_month(model: "ReferenceModel", patient: ReferencePatient) -> None:
    """Give the sessions that fall in this month and see whether the quarter may be billed."""
    if model.month - patient.treatment_year_start >= 12:
        # After a return the twelve months do not end with a quarter of the patient.
        start_next_treatment_year(model, patient)
        model.happened["treatment year turns within a quarter"] += 1
    give_sessions(model, patient)
    practice = model.practices[patient.practice]
    bills = (
        patient.contract != REGULAR_CONTRACT
        and patient.quarter_billed == NOT_YET
        and patient.delivered >= least_contacts(model, patient.contract)
    )
    if bills and model.month >= patient.warranty_until:
        patient.opened, patient.quarter_billed = 1, PAID
        model.happened["bundle quarter payable"] += 1
    elif bills:
        patient.quarter_billed = UNDER_WARRANTY
        model.happened["treated under warranty"] += 1
    count_work(model, patient, bills)
    practice.load += cost_ratio(model, patient.mode) * patient.plan / 3.0

    patient.quarter_month += 1
    if patient.quarter_month == 3:
        register_quarter(model, patient, broken_off=False)
        patient.quarter_month = 0
        patient.quarter += 1


def give_sessions(model: "ReferenceModel", patient: ReferencePatient) -> None:
    """Give the whole sessions of this month, and see which of them are covered."""
    if patient.quarter_month == 0:
        patient.attends = share_attended(model, patient)
        model.happened["misses no session"] += patient.attends > 1.0
        model.happened["misses sessions"] += patient.attends < 1.0
    upto = sessions_upto(patient.attends * patient.plan, patient.quarter_month, patient.rounding)
    wanted = upto - patient.planned_so_far
    patient.planned_so_far = upto
    own = max(0, min(wanted, self_paid_left(model, patient)))
    covered = max(0, min(wanted - own, covered_sessions_left(model, patient)))
    above = wanted - own - covered if patient.pays_above == 1 else 0
    given = own + covered + above
    patient.sessions, patient.uncovered = covered, own + above
    patient.covered_used += covered
    patient.delivered += given
    patient.lifetime_sessions = min(MOST_IN_A_LIFE, patient.lifetime_sessions + given)
    if given > 0:
        patient.last_care = model.month
    value = given * session_value(model, patient.mode)
    model.books.accounts[patient.practice, patient.pays_now].reference_value += value
    patient.tally.policy_value += value if patient.contract != REGULAR_CONTRACT else 0
    patient.tally.sessions += given
    patient.tally.grouped += given if patient.mode == GROUP else 0
    patient.tally.digital += given if patient.mode == DIGITAL else 0
    model.practices[patient.practice].tally.sessions += given
    model.happened["sessions above the maximum"] += above > 0
    model.happened["first sessions paid otherwise"] += own > 0


def session_value(model: "ReferenceModel", mode: int) -> int:
    """Return the tariff of a session by its mode, cents; one at home counts as any other."""
    tariffs = model.prices[REGULAR_CONTRACT].session.tolist()
    return tariffs[mode] if mode in (GROUP, DIGITAL) else tariffs[INDIVIDUAL]


def count_work(model: "ReferenceModel", patient: ReferencePatient, bills: bool) -> None:
    """Count the full cost and the administration of the month, of a billed quarter too."""
    p = model.p
    practice = model.practices[patient.practice]
    given = patient.sessions + patient.uncovered
    session = 100.0 * p.full_cost_per_session
    usual = session * cost_ratio(model, patient.mode) * given
    usual += session * p.intake_to_session_tariff_ratio * patient.intake
    cost = practice.cost_factor * usual
    minutes = p.admin_minutes_session * given + p.admin_minutes_intake * patient.intake
    if bills:
        clauses = model.contracts[patient.contract].clauses
        minutes += sum(clause.admin_minutes(p) for clause in clauses)
    for tally in (patient.tally, practice.tally):
        tally.cost += cost
        tally.admin += minutes
    practice.tally.usual_cost += usual


def register_quarter(model: "ReferenceModel", patient: ReferencePatient, broken_off: bool) -> None:
    """Register a quarter that is over, and enter it in the claims if a bundle would have paid it.

    Quarters cut short by death are left out.
    """
    kind = patient.weight_class, patient.phase
    patient.note("dropout", float(broken_off))
    patient.note("heavy_class", float(patient.weight_class == HEAVIEST))
    patient.note("admissions", float(sum(patient.admission_months[:3])))
    usual = model.books.usual_sessions[kind]
    if usual > 0.0:
        patient.note("treatment_index", 100.0 * patient.delivered / usual)
        model.happened["index noted"] += 1
    if patient.delivered >= contacts_of_bundle(model, patient.contract):
        claims = model.claims[patient.contract][patient.pays_now]
        tariff = model.prices[REGULAR_CONTRACT].session
        ratio = tariff[patient.mode] / tariff[INDIVIDUAL] if tariff[INDIVIDUAL] else 1.0
        claims.sessions[kind] += patient.delivered
        claims.value[kind] += patient.delivered * ratio
        claims.quarters[kind] += 1
