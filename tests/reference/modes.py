"""How sessions are given: individually, in a group, at a distance or at home."""

from typing import TYPE_CHECKING

from agents.behaviours.theory import substitutes_under
from model.codes import DIGITAL, GROUP, HOME, INDIVIDUAL
from model.contracts.incentives import Incentives

from .patient import ReferencePatient
from .theories import cost_ratio

if TYPE_CHECKING:
    from .model import ReferenceModel


def relative_effect(model: "ReferenceModel", mode: int) -> float:
    """Return the effect of a session of a mode against an individual one."""
    p = model.p
    return {GROUP: p.group_relative_effect, DIGITAL: p.tele_relative_effect}.get(mode, 1.0)


def other_mode_at_hand(model: "ReferenceModel", patient: ReferencePatient) -> int:
    """Return the mode that is possible for the person beside individual sessions, if any."""
    p = model.p
    luck = patient.mode_luck
    for mode, share in (
        (HOME, p.home_needed_share),
        (GROUP, p.group_possible_share),
        (DIGITAL, p.digital_possible_share),
    ):
        if luck < share:
            model.happened["at home"] += mode == HOME
            return mode
        luck -= share
    return INDIVIDUAL


def choose_mode(
    model: "ReferenceModel",
    patient: ReferencePatient,
    rewards: Incentives,
    weight_class: int,
    rho: float,
    sessions: float,
    need: float,
    theory: int,
    gap: float,
) -> int:
    """Return how this patient's sessions are given.

    Who needs treatment at home gets it there. A group or distance is taken only if the therapist
    earns enough by it for what the patient loses.

    Args:
        model: The model.
        patient: The patient.
        rewards: What the contract rewards.
        weight_class: Weight class on file, or about to be.
        rho: The therapist's weight on profit over patient benefit, under this contract.
        sessions: Sessions a year that would be given individually.
        need: Patient-optimal sessions a year.
        theory: The therapist's theory.
        gap: Income gap in individual sessions, EUR a year.
    """
    p = model.p
    other = other_mode_at_hand(model, patient)
    if other in (INDIVIDUAL, HOME):
        return other
    fee = rewards.session[weight_class]
    cost = p.variable_cost_per_session
    if substitutes_under(
        theory,
        fee[other],
        cost * cost_ratio(model, other),
        fee[INDIVIDUAL],
        cost,
        relative_effect(model, other),
        sessions,
        need,
        rho,
        p.benefit_curvature_k,
        gap,
        p.benefit_decay_sessions,
    ):
        model.happened["in a group" if other == GROUP else "at a distance"] += 1
        return other
    return INDIVIDUAL
