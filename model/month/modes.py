"""How sessions are given: individually, in a group, at a distance or at home."""

from collections import namedtuple

import numpy as np

from agents.behaviours.theory import substitutes_under
from model.codes import DIGITAL, GROUP, HOME, INDIVIDUAL
from model.parameters import ParameterSet
from model.rules import phase

Constants = namedtuple("Constants", "home_upto group_upto digital_upto cost_ratio effect")


def constants(p: ParameterSet) -> Constants:
    """Collect the parameters of the modes; arrays by mode, shape (4,)."""
    home = p.home_needed_share
    group = home + p.group_possible_share
    return Constants(
        home_upto=home,
        group_upto=group,
        digital_upto=group + p.digital_possible_share,
        cost_ratio=np.array([1.0, p.group_cost_ratio, p.digital_cost_ratio, p.home_cost_ratio]),
        effect=np.array([1.0, p.group_relative_effect, p.tele_relative_effect, 1.0]),
    )


@phase
def possible_mode(mode_luck: float, c: Constants) -> int:
    """Return the other mode that is at hand for a person, or INDIVIDUAL for none."""
    if mode_luck < c.home_upto:
        return HOME
    if mode_luck < c.group_upto:
        return GROUP
    if mode_luck < c.digital_upto:
        return DIGITAL
    return INDIVIDUAL


@phase
def usual_mode(mode_luck: float, c: Constants) -> int:
    """Return the mode a person was treated in before: at home if need be, else individually."""
    return HOME if mode_luck < c.home_upto else INDIVIDUAL


@phase
def choose_mode(
    mode_luck: float,
    fee: np.ndarray,
    cost: float,
    sessions: float,
    need: float,
    rho: float,
    curvature: float,
    c: Constants,
    theory: int,
    gap: float,
    decay: float,
) -> int:
    """Return the mode in which a therapist gives this patient's sessions.

    Who can only be treated at home is; a group or distance only if the therapist wants it
    (``substitutes_under``).

    Args:
        mode_luck: The person's column.
        fee: Marginal revenue of a session by mode, EUR, shape (4,).
        cost: Variable cost of an individual session, EUR.
        sessions: Sessions a year that would be given individually.
        need: Patient-optimal sessions a year.
        rho: Weight on profit over patient benefit.
        curvature: k.
        c: Constants of the modes.
        theory: The therapist's theory.
        gap: Income gap in individual sessions, EUR a year (target income only).
        decay: tau, sessions (monotone benefit only).
    """
    other = possible_mode(mode_luck, c)
    if other in (INDIVIDUAL, HOME):
        return other
    wanted = substitutes_under(
        theory, fee[other], cost * c.cost_ratio[other], fee[INDIVIDUAL], cost, c.effect[other],
        sessions, need, rho, curvature, gap, decay,
    )  # fmt: skip
    return other if wanted else INDIVIDUAL
