"""Theories: what moves a therapist, and the income a patient brought under the fee of history."""

from typing import TYPE_CHECKING

from agents.behaviours.target_income import gap_felt
from model.codes import (
    DIGITAL,
    GOLD_STAGES,
    GROUP,
    HOME,
    INDIVIDUAL,
    INERTIA,
    POLICY_CONTRACT,
    PROFILE_3,
    TARGET_INCOME,
    THEORIES,
)
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
    shares = model.theories
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


def supplement_in_mind(
    model: "ReferenceModel", theory: int, contract: int, practice: int, insurer: int
) -> float:
    """Return what a practice negotiated above the price of a quarter, EUR; by habit, nothing."""
    if theory == INERTIA or contract != POLICY_CONTRACT:
        return 0.0
    return model.books.accounts[practice, insurer].supplement / 100.0


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
    therapist: Therapist,
    rewards: Incentives,
    weight_class: int,
    mode: int,
    need: float,
) -> float:
    """Return the gap felt in a first year at need, EUR; for target income only."""
    if theory_of(model, therapist) != TARGET_INCOME:
        return 0.0
    habit, usual, kind = model.habit[patient.insurer], mode_before(model, patient), honest(patient)
    before = income_of_year(model, habit, patient, kind, usual, need)
    added = income_of_year(model, rewards, patient, weight_class, mode, need)
    added -= income_of_year(model, rewards, patient, kind, usual, need)
    return noted(model, gap_felt(therapist.lacking, before, added))


def quarterly_gap(
    model: "ReferenceModel",
    patient: ReferencePatient,
    therapist: Therapist,
    rewards: Incentives,
    prices: tuple[float, float],
    mode: int,
    a_year: float,
) -> float:
    """Return the same for the present quarter, as a yearly rate.

    ``prices`` are those of the quarter in the true class and in the one on file.
    """
    if theory_of(model, therapist) != TARGET_INCOME:
        return 0.0
    habit, usual, kind = model.habit[patient.insurer], mode_before(model, patient), honest(patient)
    before = margin_of_session(model, habit, kind, usual) * a_year
    added = 4.0 * prices[1]
    added += margin_of_session(model, rewards, patient.weight_class, mode) * a_year
    added -= 4.0 * prices[0] + margin_of_session(model, rewards, kind, usual) * a_year
    return noted(model, gap_felt(therapist.lacking, before, added))


def honest(patient: ReferencePatient) -> int:
    """Return the true weight class."""
    return patient.profile - PROFILE_3


def margin_of_session(
    model: "ReferenceModel", rewards: Incentives, weight_class: int, mode: int
) -> float:
    """Return what a session brings above its variable cost, EUR."""
    return rewards.session[weight_class, mode] - session_cost(model, mode)


def income_of_year(
    model: "ReferenceModel",
    rewards: Incentives,
    patient: ReferencePatient,
    weight_class: int,
    mode: int,
    need: float,
) -> float:
    """Return what a first year of a patient at need brings above its variable cost, EUR."""
    income = margin_of_session(model, rewards, weight_class, mode) * need
    income += rewards.fixed[weight_class, patient.gold - GOLD_STAGES[0]]
    return income + stop_loss_pay(
        need,
        rewards.reference[mode],
        model.p.cost_cv_per_patient,
        rewards.attachment,
        rewards.stop_share,
    )


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
