"""Caseload: what last year's patients would bring a practice under the contract on offer."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from agents.behaviours.target_income import gap_felt, lacking_share
from agents.behaviours.theory import (
    benefit_under,
    euro_under,
    money_under,
    patient_weight_under,
    risk_under,
    sessions_under,
)
from agents.joining import result_under
from model.codes import GOLD_STAGES, MAINTENANCE, POLICY_CONTRACT, REGULAR_CONTRACT, TARGET_INCOME
from model.contracts.incentives import Incentives, stop_loss_session
from model.contracts.noise import crowded_rho
from model.contracts.quarter_bundle import phase_of
from model.contracts.risk import result_sd
from model.expectations import typical_sessions

from .examination import guideline_maximum
from .modes import choose_mode, relative_effect
from .patient import ReferencePatient
from .prices import room_to_negotiate
from .providers import Therapist
from .rewards import rewards_for
from .theories import (
    income_of_year,
    margin_of_session,
    mode_before,
    noted,
    rewards_in_mind,
    session_cost,
    theory_of,
)

if TYPE_CHECKING:
    from .model import ReferenceModel

Key = tuple[int, int]  # practice, insurer
QUARTERS = 4  # of a year
WEEKS = 13  # of a quarter


@dataclass
class Caseload:
    """A practice's patients of last year at one insurer, and what the contract would bring.

    Attributes:
        patients: How many.
        gain: Expected above the regular contract, as far as it counts, EUR.
        variance: Of that gain, EUR squared.
        benefit: What it is worth to the practice that patients gain, EUR.
        euros: For how many a euro more would count.
        room: How much more the insurer could pay, EUR a year.
    """

    patients: int = 0
    gain: float = 0.0
    variance: float = 0.0
    benefit: float = 0.0
    euros: float = 0.0
    room: float = 0.0


class Outcome(NamedTuple):
    """A patient-year under one contract, EUR.

    Attributes:
        money: Expected, as far as it counts.
        benefit: To the patient.
        varies: What of the money goes up and down with the patient's need.
        stopped: What a stop-loss pays per unit of need above its level.
        level: That level, in units of this patient's expected need; 0 without stop-loss.
    """

    money: float
    benefit: float
    varies: float
    stopped: float
    level: float


def caseloads(model: "ReferenceModel") -> dict[Key, Caseload]:
    """Return the caseloads of last year with at least one patient, one patient after another."""
    found: dict[Key, Caseload] = {}
    for patient in model.patients:
        if patient.treated_by < 0 or patient.last_care < model.month - 12:
            continue
        caseload = found.setdefault((patient.treated_by, patient.insurer), Caseload())
        regular = year_under(model, patient, REGULAR_CONTRACT)
        offered = year_under(model, patient, POLICY_CONTRACT)
        therapist = model.therapists[patient.therapist]
        theory = theory_of(model, therapist)
        caseload.patients += 1
        caseload.euros += euro_under(theory, offered.money)
        caseload.room += room_of_year(model, patient)
        caseload.gain += offered.money - regular.money
        varies = offered.varies - regular.varies
        sd = result_sd(varies, offered.stopped, model.p.cost_cv_per_patient, offered.level)
        caseload.variance += risk_under(theory, sd) ** 2
        weight = patient_weight_under(theory, therapist.rho_sessions)
        caseload.benefit += weight * (offered.benefit - regular.benefit)
        model.happened["stop-loss weighed"] += offered.stopped > 0.0
        model.happened["patients would lose by it"] += offered.benefit < regular.benefit
    return found


def room_of_year(model: "ReferenceModel", patient: ReferencePatient) -> float:
    """Return how far the insurer's limit lies above its offer for a patient-year, EUR."""
    lasting = patient.quarter >= QUARTERS
    intensive = int(model.p.intensive_quarters)
    phases = [MAINTENANCE if lasting else phase_of(one, intensive) for one in range(QUARTERS)]
    return sum(
        room_to_negotiate(model, patient.insurer, patient.weight_class, phase) for phase in phases
    )


def year_under(model: "ReferenceModel", patient: ReferencePatient, contract: int) -> Outcome:
    """Return what a practice expects of a year with a patient under a contract.

    The need is what such patients had nationally: a whole first year, or a year of maintenance.
    The patient's therapist plans, with the contract in mind; the contract that holds pays.
    """
    p = model.p
    therapist = model.therapists[patient.therapist]
    theory = theory_of(model, therapist)
    mind = rewards_in_mind(model, theory, contract, patient.insurer)
    pays = rewards_for(model, contract, patient.insurer)
    kind, cv = patient.weight_class, p.cost_cv_per_patient
    before = mode_before(model, patient)
    first_year = float(typical_sessions(p, model.books.usual_by_phase())[kind])
    lasting = patient.quarter >= QUARTERS
    if lasting:
        usual = QUARTERS * model.books.usual_sessions[kind, MAINTENANCE]
        need = usual if usual > 0.0 else p.maintenance_ratio * first_year
        fixed = QUARTERS * pays.quarter[kind, MAINTENANCE]
        model.happened["maintenance unknown"] += usual == 0.0
        model.happened["maintenance weighed"] += 1
    else:
        need = first_year
        fixed = pays.fixed[kind, patient.gold - GOLD_STAGES[0]]

    def income(rewards: Incentives, mode: int) -> float:
        if not lasting:
            return income_of_year(model, rewards, patient, kind, mode, need)
        price = QUARTERS * rewards.quarter[kind, MAINTENANCE]
        return price + margin_of_session(model, rewards, kind, mode) * need

    def gap_in(mode: int) -> float:
        if theory != TARGET_INCOME:
            return 0.0
        usual = income(model.habit[patient.insurer], before)
        at_need = income(mind, before)
        lacking = lacking_share(usual, at_need)
        return noted(model, gap_felt(lacking, usual, income(mind, mode) - at_need))

    rho = crowded_rho(therapist.rho_sessions, mind.crowding)
    most = min(p.sessions_most_per_year, p.patient_limit_factor * need)
    ceiling = min(most, guideline_year(model, patient, therapist, lasting))
    gap = gap_in(before)
    mode = choose_mode(model, patient, mind, kind, rho, min(need, ceiling), need, theory, gap)
    if mode != before:
        gap = gap_in(mode)
        model.happened["substitution weighed"] += 1
    cost = session_cost(model, mode)
    more = stop_loss_session(need, mind.reference[mode], cv, mind.attachment, mind.stop_share)
    sessions = sessions_under(
        theory,
        need,
        rho,
        therapist.norm,
        mind.session[kind, mode] + more,
        cost,
        p.benefit_curvature_k,
        mind.outcome_pay[kind],
        mind.floor,
        ceiling,
        most,
        gap,
        p.variable_cost_per_session,
        p.benefit_decay_sessions,
    )
    fee = pays.session[kind, mode]
    stop_loss = pays.reference[mode], cv, pays.attachment, pays.stop_share

    def benefit_of(effective: float) -> float:
        return benefit_under(
            theory,
            effective,
            need,
            p.benefit_curvature_k,
            p.variable_cost_per_session,
            p.benefit_decay_sessions,
        )

    benefit = benefit_of(relative_effect(model, mode) * sessions)
    by_outcome = 0.0 if lasting else pays.outcome_pay[kind]
    above_need = benefit - benefit_of(need)
    result = result_under(fixed, fee, cost, sessions, by_outcome, above_need, *stop_loss)
    at_need = result_under(fixed, fee, cost, need, by_outcome, 0.0, *stop_loss)
    model.happened["outcome pay weighed"] += by_outcome > 0.0 and above_need != 0.0
    value = sessions * pays.reference[mode]
    if pays.stop_share > 0.0 and value > 0.0:
        stopped, level = pays.stop_share * value, pays.attachment / value
    else:
        stopped = level = 0.0
    money = money_under(theory, result, at_need, gap)
    model.happened["income still falls short"] += theory == TARGET_INCOME and money < 0.0
    return Outcome(money, benefit, (fee - cost) * sessions, stopped, level)


def guideline_year(
    model: "ReferenceModel", patient: ReferencePatient, therapist: Therapist, lasting: bool
) -> float:
    """Return the most sessions in a year to who keeps to the guideline: once a week, lasting."""
    if not therapist.keeps_guideline:
        return model.p.sessions_most_per_year
    if lasting:
        return QUARTERS * WEEKS * model.p.guideline_maintenance_sessions_per_week
    return guideline_maximum(model, patient)
