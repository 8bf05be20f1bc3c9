"""Peers: how colleagues nearby, and audits of them, change what misgrading costs one's conscience.

Clinical evidence, section 4.7 (G1 to G3). In the data agencies that share more patients raise
their billing together (O'Malley, Bubolz and Skinner 2023, Soc Sci Med), and colleagues of a
physician who was excluded bill less afterwards (Chen, Shin and Jena 2018).
"""

from agents.insurer import moral_cost_most
from model.rules import rule


@rule
def moral_cost_among_peers(own: float, psi: float, share: float) -> float:
    """Return the moral cost of misgrading among peers, EUR a year: h = max(0, h0 - psi u) (G1, G2).

    Args:
        own: The therapist's cost if nobody nearby misgrades, h0, EUR a year.
        psi: Fall of the cost if everybody nearby does, EUR a year.
        share: Share of what peers could have graded too heavy that they did, u.
    """
    return max(0.0, own - psi * share)


@rule
def after_audits_nearby(own: float, fear: float, caught_share: float) -> float:
    """Return the moral cost of misgrading after audits nearby, EUR a year: h0 (1 + fear x share).

    Args:
        own: The therapist's cost, EUR a year.
        fear: Rise, as a share, if every neighbour was caught.
        caught_share: Share of neighbours in whose files an audit found something last year.
    """
    return own * (1.0 + fear * caught_share)


@rule
def peer_pull(
    psi_share: float, share_at_border: float, weight_on_profit: float, price_step: float
) -> float:
    """Return psi, EUR a year: a share of the highest moral cost of a uniform distribution.

    That cost is hmax of U1 without audits (``agents.insurer.moral_cost_most``); the social
    multiplier is then 1 / (1 - psi / hmax) (G1).
    """
    return psi_share * moral_cost_most(share_at_border, price_step, weight_on_profit, 0.0)


@rule
def neighbour(place: int, count: int, which: int) -> int:
    """Return the place of a neighbour on the ring of the practices of a region.

    Counted outward, one side and the other in turn: +1, -1, +2, -2 and so on. The first
    ``count`` - 1 of them are all the others, each once.

    Args:
        place: Own place in the region, 0 to ``count`` - 1.
        count: Practices in the region.
        which: Number of the neighbour, 0 for the nearest.
    """
    steps = which // 2 + 1
    return (place + steps) % count if which % 2 == 0 else (place - steps) % count
