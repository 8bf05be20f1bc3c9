"""Planning a quarter: under which contract, whether at all, how and how many sessions."""

from typing import TYPE_CHECKING

import numpy as np

from agents.behaviours.theory import (
    extends_under,
    sessions_under,
    stretches_under,
    weight_under,
)
from agents.measuring import quarter_outcome_pay, teaching_share
from model.codes import (
    DOWNGRADED,
    INDIVIDUAL,
    INSURERS,
    OUTSIDE,
    PROFILE_5,
    REGULAR_CONTRACT,
    TREATED,
    UPCODE_DETECTABLE,
    UPCODE_UNDETECTABLE,
)
from model.contracts.incentives import Incentives, stop_loss_session
from model.contracts.noise import crowded_rho
from model.contracts.quarter_bundle import phase_of
from model.physiotherapy import guideline_ceiling, quarter_need

from .entitlement import (
    class_to_file,
    covered_sessions_left,
    most_covered,
    start_next_treatment_year,
)
from .examination import find_profile, grade, guideline_maximum
from .giving_up import give_up
from .modes import choose_mode
from .patient import ReferencePatient
from .providers import Therapist
from .rewards import least_contacts, rewards_for
from .theories import (
    conduct_rho,
    cost_ratio,
    honest,
    mode_before,
    quarterly_gap,
    rewards_in_mind,
    supplement_in_mind,
    theory_of,
)

if TYPE_CHECKING:
    from .model import ReferenceModel

FIRST_YEAR_QUARTERS = 4


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
        need, plan = 0.0, least_contacts(model, patient.contract)
        model.happened["extension"] += 1
    else:
        need = quarter_need(
            patient.need, patient.quarter, first_year_shares(model), model.p.maintenance_ratio
        )
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
    if patient.contract != REGULAR_CONTRACT:
        patient.policy_account = patient.practice * len(INSURERS) + patient.insurer
    if stops and patient.extended == 1:
        patient.status = OUTSIDE
        model.happened["no more without need"] += 1
        return
    if stops:
        give_up(model, patient, patient.treatment_year_start + 12)
        model.happened["maximum reached"] += 1
        return
    patient.need_quarter, patient.plan = need, plan
    patient.teaching = taught(model, patient)
    patient.rounding = patient.luck("spread sessions")
    patient.planned_so_far = patient.delivered = patient.quarter_billed = 0


def taught(model: "ReferenceModel", patient: ReferencePatient) -> float:
    """Return the share of this quarter's sessions that trains for the walking test at its end."""
    if patient.quarter > 0:
        return 0.0  # no test follows
    p = model.p
    therapist = model.therapists[patient.therapist]
    theory = theory_of(model, therapist)
    rewards = rewards_in_mind(model, theory, patient.contract, patient.insurer)
    share = teaching_share(
        weight_under(theory, conduct_rho(model, therapist, rewards)),
        rewards.walk_pull,
        p.kpi_test_reach,
        p.kpi_teaching_cost,
        p.kpi_teaching_most,
    )
    model.happened["taught as much as can be"] += share == p.kpi_teaching_most
    return share


def first_year_shares(model: "ReferenceModel") -> np.ndarray:
    """Return the share of the first year's sessions in its four quarters, adding up to 1."""
    shares = np.array([model.p[f"first_year_session_share_q{number}"] for number in (1, 2, 3, 4)])
    return shares / shares.sum()


def take_contract_in_force(model: "ReferenceModel", patient: ReferencePatient) -> None:
    """Move a quarter to the contract now held.

    Within the first year, who comes under it midway is graded, and where the contract has the class
    follow the patient, the patient is examined and graded each quarter.
    """
    before = patient.contract
    patient.contract = model.practices[patient.practice].contract_with[patient.insurer]
    patient.payer = patient.insurer
    if patient.contract == REGULAR_CONTRACT or not 0 < patient.quarter < FIRST_YEAR_QUARTERS:
        return
    follows_patient = bool(rewards_for(model, patient.contract, patient.insurer).regrade)
    if follows_patient:
        old_profile = patient.profile
        find_profile(patient)
        model.happened["profile changed"] += patient.profile != old_profile
    if follows_patient or before == REGULAR_CONTRACT:
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


def price_of_quarter(
    model: "ReferenceModel",
    patient: ReferencePatient,
    theory: int,
    rewards: Incentives,
    weight_class: int,
) -> float:
    """Return what billing the present quarter in a class brings, EUR: nothing under a warranty."""
    if model.month < patient.warranty_until:
        model.happened["quarter under warranty"] += 1
        return 0.0
    phase = phase_of(patient.quarter, int(model.p.intensive_quarters))
    price = rewards.quarter[weight_class, phase]
    if price <= 0.0:
        return price
    above = supplement_in_mind(model, theory, patient.contract, patient.practice, patient.insurer)
    model.happened["supplement weighed in planning"] += above > 0.0
    return price + above


def opens_another(model: "ReferenceModel", patient: ReferencePatient) -> bool:
    """Return whether a quarter without need is opened: the patient consents, it pays enough."""
    p = model.p
    if patient.luck("consent to another quarter") >= p.extension_consent:
        return False
    therapist = model.therapists[patient.therapist]
    theory = theory_of(model, therapist)
    rewards = rewards_in_mind(model, theory, patient.contract, patient.insurer)
    contacts = least_contacts(model, patient.contract)
    revenue = price_of_quarter(model, patient, theory, rewards, patient.weight_class)
    revenue += contacts * rewards.session[patient.weight_class, INDIVIDUAL]
    return extends_under(
        theory,
        revenue,
        contacts * p.variable_cost_per_session,
        conduct_rho(model, therapist, rewards),
        rewards.expected_loss,
        therapist.moral_cost,
    )


def ceiling_of_quarter(model: "ReferenceModel", patient: ReferencePatient) -> float:
    """Return the most sessions the guideline allows in the present quarter."""
    return guideline_ceiling(
        guideline_maximum(model, patient),
        patient.quarter,
        first_year_shares(model),
        model.p.guideline_maintenance_sessions_per_week,
    )


def most_planned(model: "ReferenceModel", patient: ReferencePatient, therapist: Therapist) -> float:
    """Return the most sessions, per year, a therapist plans: less if the guideline is kept."""
    most = model.p.sessions_most_per_year
    if therapist.keeps_guideline:
        return min(most, 4.0 * ceiling_of_quarter(model, patient))
    return most


def wished_plan(model: "ReferenceModel", patient: ReferencePatient, need: float) -> float:
    """Return the sessions the therapist wants to give this quarter, and choose their mode.

    The rules think in years.
    """
    p = model.p
    therapist = model.therapists[patient.therapist]
    theory = theory_of(model, therapist)
    rewards = rewards_in_mind(model, theory, patient.contract, patient.insurer)
    rho = crowded_rho(therapist.rho_sessions, rewards.crowding)
    most = most_planned(model, patient, therapist)
    a_year = 4.0 * need
    kind = patient.weight_class
    price = price_of_quarter(model, patient, theory, rewards, kind)
    prices = price_of_quarter(model, patient, theory, rewards, honest(patient)), price
    accepted = p.patient_limit_factor * a_year
    before = mode_before(model, patient)
    gap = quarterly_gap(model, patient, therapist, rewards, prices, before, a_year)
    patient.mode = choose_mode(
        model, patient, rewards, kind, rho, min(a_year, most), a_year, theory, gap
    )
    if patient.mode != before:
        gap = quarterly_gap(model, patient, therapist, rewards, prices, patient.mode, a_year)
    fee = rewards.session[kind, patient.mode]
    fee += stop_loss_session(
        a_year,
        rewards.reference[patient.mode],
        p.cost_cv_per_patient,
        rewards.attachment,
        rewards.stop_share,
    )
    cost = p.variable_cost_per_session * cost_ratio(model, patient.mode)
    planned = sessions_under(
        theory,
        a_year,
        rho,
        therapist.norm,
        fee,
        cost,
        p.benefit_curvature_k,
        quarter_outcome_pay(rewards.outcome_pay[kind], patient.quarter == 0, p.kpi_effort_shift),
        rewards.floor,
        min(most, accepted),
        min(p.sessions_most_per_year, accepted),
        gap,
        p.variable_cost_per_session,
        p.benefit_decay_sessions,
    )
    moved = p.kpi_effort_shift * rewards.outcome_pay[kind]
    model.happened["effort to what is measured"] += moved > 0.0 and patient.quarter == 0
    model.happened["effort from what is not"] += moved > 0.0 and patient.quarter > 0
    model.happened["patient sets the limit"] += 0.0 < planned == accepted
    model.happened["ceiling binds"] += planned == most
    model.happened["floor binds"] += 0.0 < planned == rewards.floor * a_year
    model.happened["stop-loss pays a session"] += fee > rewards.session[kind, patient.mode]
    plan, contacts = planned / 4.0, least_contacts(model, patient.contract)
    if stretches_under(
        theory,
        plan,
        contacts,
        price,
        rho,
        4.0 * p.benefit_curvature_k,
        fee,
        cost,
        accepted / 4.0,
        gap,
    ):
        model.happened["stretched to the threshold"] += 1
        return contacts
    return plan


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
    by_class = on_policy and patient.quarter < FIRST_YEAR_QUARTERS
    paid_too_heavy = by_class and patient.upcoded in (UPCODE_DETECTABLE, UPCODE_UNDETECTABLE)
    first_year = patient.first_year == 1
    # Another class on file is too heavy only if it covers more sessions.
    filed_too_heavy = most_covered(model, first_year, patient.filed_class) > most_covered(
        model, first_year, patient.entitlement_class
    )
    patient.tally.quarters += 1
    patient.tally.under += too_little
    patient.tally.over += too_much
    patient.tally.upcoded += paid_too_heavy or filed_too_heavy
    patient.tally.unprovable += by_class and patient.upcoded == UPCODE_UNDETECTABLE
    patient.tally.downgraded += by_class and patient.upcoded == DOWNGRADED
    model.books.accounts[patient.practice, patient.insurer].quarters += 1
    model.happened["under"] += too_little
    model.happened["over"] += too_much

    practice = model.practices[patient.practice].tally
    practice.quarters += 1
    practice.policy_quarters += on_policy
    practice.upcoded += paid_too_heavy or filed_too_heavy
    practice.gradable += by_class and patient.profile < PROFILE_5
    practice.too_heavy += paid_too_heavy
    keeps_guideline = model.therapists[patient.therapist].keeps_guideline
    aim = need_within_guideline if keeps_guideline else need
    practice.gap += abs(plan - aim)
    practice.need += aim
