"""Theories: what moves a therapist, and the income a patient brought under the fee of history."""

from typing import TYPE_CHECKING

from agents.behaviours.target_income import income_gap
from model.codes import DIGITAL, GROUP, HOME, INDIVIDUAL, INERTIA, TARGET_INCOME, THEORIES
from model.contracts.incentives import Incentives, stop_loss_pay
from model.contracts.noise import crowded_rho

from .patient import ReferencePatient
from .providers import Therapist

if TYPE_CHECKING:
    from .model import ReferenceModel


def theory_of(model: "ReferenceModel", therapist: Therapist) -> int:
    """Return the theory that moves a therapist this month.

    The shares of the policy are laid out one after the other between 0 and 1; a therapist has a
    fixed place there.
    """
    holds = model.month >= model.policy_month or model.policy.theories_in_history
    shares = model.policy.theories if holds else {"default": 1.0}
    passed, theory = 0.0, 0
    for number, name in enumerate(THEORIES):
        if shares.get(name, 0.0) <= 0.0:
            continue
        theory = number
        passed += shares[name]
        if therapist.theory_luck < passed:
            break
    model.happened[f"decides by {THEORIES[theory]}"] += 1
    return theory


def rewards_in_mind(
    model: "ReferenceModel", theory: int, contract: int, insurer: int
) -> Incentives:
    """Return what a therapist reckons with: out of habit, the regular contract of history."""
    return model.habit[insurer] if theory == INERTIA else model.rewards[contract][insurer]


def conduct_rho(model: "ReferenceModel", therapist: Therapist, rewards: Incentives) -> float:
    """Return the weight on profit in grading, measuring and teaching, under this contract."""
    rho = crowded_rho(therapist.rho_grading, rewards.crowding)
    model.happened["monitoring crowds out honesty"] += rho > therapist.rho_grading
    return rho


def mode_before(model: "ReferenceModel", patient: ReferencePatient) -> int:
    """Return how the patient was treated before: at home if need be, else individually."""
    return HOME if patient.mode_luck < model.p.home_needed_share else INDIVIDUAL


def yearly_gap(
    model: "ReferenceModel",
    patient: ReferencePatient,
    theory: int,
    rewards: Incentives,
    weight_class: int,
    mode: int,
    need: float,
) -> float:
    """Return by how much a first year at need brings less than it did, EUR; for target income."""
    if theory != TARGET_INCOME:
        return 0.0
    p, stage = model.p, patient.gold - 2
    earned = margin_before(model, patient, weight_class) * need
    earned += model.habit[patient.insurer].fixed[weight_class, stage]
    earns = (rewards.session[weight_class, mode] - session_cost(model, mode)) * need
    earns += rewards.fixed[weight_class, stage]
    earns += stop_loss_pay(
        need,
        rewards.reference[mode],
        p.cost_cv_per_patient,
        rewards.attachment,
        rewards.stop_share,
    )
    return noted(model, income_gap(earned, earns))


def quarterly_gap(
    model: "ReferenceModel",
    patient: ReferencePatient,
    theory: int,
    rewards: Incentives,
    price: float,
    mode: int,
    a_year: float,
) -> float:
    """Return the same for the present quarter, as a yearly rate; ``price`` is that of a quarter."""
    if theory != TARGET_INCOME:
        return 0.0
    kind = patient.weight_class
    earned = margin_before(model, patient, kind) * a_year
    earns = (rewards.session[kind, mode] - session_cost(model, mode)) * a_year + 4.0 * price
    return noted(model, income_gap(earned, earns))


def margin_before(model: "ReferenceModel", patient: ReferencePatient, weight_class: int) -> float:
    """Return what a session of this patient brought above its cost in history, EUR."""
    mode = mode_before(model, patient)
    fee = model.habit[patient.insurer].session[weight_class, mode]
    return fee - session_cost(model, mode)


def session_cost(model: "ReferenceModel", mode: int) -> float:
    """Return the variable cost of a session of a mode, EUR."""
    return model.p.variable_cost_per_session * cost_ratio(model, mode)


def cost_ratio(model: "ReferenceModel", mode: int) -> float:
    """Return the cost of a session of a mode against an individual one."""
    p = model.p
    of_mode = {GROUP: p.group_cost_ratio, DIGITAL: p.digital_cost_ratio, HOME: p.home_cost_ratio}
    return of_mode.get(mode, 1.0)


def noted(model: "ReferenceModel", gap: float) -> float:
    """Return a gap, counted if there is one."""
    model.happened["income gap"] += gap > 0.0
    return gap
