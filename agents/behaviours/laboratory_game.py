"""Model B: the payment game of laboratory experiments, as a test of the professional norm.

Structure of the experimental literature (clinical evidence, section 4.3): the pull toward need is
the same rule, ``toward_need``, that therapists in the simulation use.
"""

from agents.behaviours.default import toward_need


def game_sessions(need: float, fee: float, altruism: float, most: float = 10.0) -> float:
    """Return the services chosen in the game U = L + p q - q^2 / 10 - x |q - q*|, q in [0, 10].

    Without altruism the choice is 5 p; altruism x draws it 5 x toward need.

    Args:
        need: Patient-optimal services q* (3, 5 or 7 in the game).
        fee: Payment per service p (2 fee-for-service, 0 capitation, 1 mixed).
        altruism: x, altruism times marginal benefit.
        most: Upper bound of the game.
    """
    return min(most, max(0.0, toward_need(5.0 * fee, need, 5.0 * altruism)))
