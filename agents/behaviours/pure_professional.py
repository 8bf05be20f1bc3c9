"""Pure professional: only the patient's need counts; money moves nothing.

Hypothesis: a professional ethic that no payment reaches. It is the limit rho -> 0 of the default
theory. Some Dutch providers never exploit a threshold in their payment (Douven, Remmerswaal and
Zoutenbier 2015, CPB Discussion Paper 319); that all are so is the hypothesis.

Equation: q = n, within the floor of the contract, the guideline and what is covered. Accepts
whoever there is room for, grades honestly, opens no quarter without need, and makes no measurement
look better.
"""

from model.rules import rule


@rule
def sessions_needed(need: float, floor: float, ceiling: float) -> float:
    """Return exactly what is needed, sessions a year.

    Args:
        need: Patient-optimal sessions n.
        floor: Least share of need a quality clause demands.
        ceiling: Most sessions that can be given.
    """
    return min(ceiling, max(need, floor * need))


@rule
def prefers_other_mode(effect: float, sessions: float, need: float) -> bool:
    """Return whether another way of giving sessions is better for the patient.

    Only if a session does more that way and the patient does not get all that is needed
    (B' > 0); at need it makes no difference, and then sessions stay individual.

    Args:
        effect: Effect of the other kind relative to an individual session.
        sessions: Sessions a year that would be given.
        need: Patient-optimal sessions a year.
    """
    return effect > 1.0 and sessions < need
