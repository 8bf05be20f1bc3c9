"""Acceptance: what taking in a patient is worth to a therapist."""

from typing import TYPE_CHECKING, NamedTuple

from agents.behaviours.default import (
    acceptance_probability,
    acceptance_surplus,
    planned_sessions,
)
from model.codes import GOLD_STAGES
from model.contracts.incentives import Incentives, stop_loss_pay, stop_loss_session
from model.contracts.noise import crowded_rho
from model.contracts.quarter_bundle import phase_of

from .examination import guideline_maximum
from .modes import choose_mode, cost_ratio
from .patient import ReferencePatient
from .providers import Therapist
from .rewards import rewards_for

if TYPE_CHECKING:
    from .model import ReferenceModel

FIRST_YEAR_QUARTERS = 4


class Offer(NamedTuple):
    """What comes of a request.

    Attributes:
        accepted: Whether the patient is taken in.
        mode: How sessions would be given.
        warranty_until: Month before which no bundle is payable.
    """

    accepted: bool
    mode: int
    warranty_until: int


def weigh(
    model: "ReferenceModel",
    patient: ReferencePatient,
    therapist: Therapist,
    contract: int,
    weight_class: int,
    left: float,
) -> Offer:
    """Weigh income against what the patient gains, and accept or refuse.

    What is planned here and would be given elsewhere ends where cover does (``left`` sessions),
    unless the patient pays on.
    """
    p = model.p
    rewards = rewards_for(model, contract, patient.insurer)
    rho = crowded_rho(therapist.rho_sessions, rewards.crowding)
    model.happened["monitoring crowds out"] += rho > therapist.rho_sessions
    reach = p.sessions_most_per_year
    if not patient.pays_above:
        reach = min(left, reach)
    need = patient.need
    if therapist.keeps_guideline:
        # Who keeps to the guideline sees no need beyond its maximum.
        need = min(need, guideline_maximum(model, patient))
        model.happened["need beyond the guideline"] += need < patient.need

    mode = choose_mode(model, patient, rewards, weight_class, rho, need, need)
    fee = rewards.session[weight_class, mode]
    cost = p.variable_cost_per_session * cost_ratio(model, mode)
    above_stop = (
        rewards.reference[mode],
        p.cost_cv_per_patient,
        rewards.attachment,
        rewards.stop_share,
    )
    sessions = planned_sessions(
        need,
        rho,
        therapist.norm,
        fee + stop_loss_session(need, *above_stop),
        cost,
        p.benefit_curvature_k,
        rewards.outcome_pay[weight_class],
        0.0,
        rewards.floor,
        reach,
    )
    fixed = rewards.fixed[weight_class, patient.gold - GOLD_STAGES[0]]
    fixed += stop_loss_pay(sessions, *above_stop)
    warranty_until = model.month
    # A relapse is a return to the practice that was paid a bundle for the last episode.
    returns = patient.treated_by == patient.practice and patient.contract == contract
    model.happened["warranty of another practice"] += rewards.warranty_months > 0 and not returns
    if rewards.warranty_months and returns:
        warranty_until = patient.last_care + rewards.warranty_months
    fixed -= not_payable(model, rewards, weight_class, warranty_until)
    surplus = acceptance_surplus(
        fixed,
        fee,
        cost,
        sessions,
        need,
        reach,
        crowded_rho(therapist.rho_acceptance, rewards.crowding),
        p.benefit_curvature_k,
        p.outside_option_share,
    )
    chance = acceptance_probability(surplus, p.reservation_value, p.choice_precision)
    return Offer(patient.luck("accept patient") < chance, mode, warranty_until)


def not_payable(
    model: "ReferenceModel", rewards: Incentives, weight_class: int, warranty_until: int
) -> float:
    """Return what of the first year's bundles falls under the warranty on a relapse, EUR."""
    starts = [model.month + 3 * quarter for quarter in range(FIRST_YEAR_QUARTERS)]
    lost = [
        rewards.quarter[weight_class, phase_of(quarter, int(model.p.intensive_quarters))]
        for quarter, start in enumerate(starts)
        if start < warranty_until
    ]
    model.happened["warranty weighed"] += bool(lost)
    return float(sum(lost))
