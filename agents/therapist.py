"""Therapists: what drives them, and how content they are with their work."""

from collections import namedtuple

import mesa

from model.codes import THEORIES
from model.rules import rule

Satisfaction = namedtuple("Satisfaction", "base autonomy admin admin_free mismatch loss gaming")


@rule
def job_satisfaction(
    autonomy: float,
    admin_hours: float,
    mismatch: float,
    loss_chance: float,
    gaming_share: float,
    c: Satisfaction,
) -> float:
    """Return the job-satisfaction index, 0 to 100: an index, not a forecast.

    S = base + w_a autonomy - w_h max(0, hours - free) - w_m mismatch - w_l P(loss) - w_g gaming
    (clinical evidence, section 3.6, all weights assumed).

    Args:
        autonomy: Freedom the contract leaves, 0 to 1.
        admin_hours: Hours of administration a week.
        mismatch: Mean absolute gap between plan and need, share of need.
        loss_chance: Chance of a loss on these patients (``loss_probability``).
        gaming_share: Share of patient-quarters on file in too heavy a class.
        c: ``Satisfaction`` weights.
    """
    index = (
        c.base
        + c.autonomy * autonomy
        - c.admin * max(0.0, admin_hours - c.admin_free)
        - c.mismatch * 100.0 * mismatch
        - c.loss * loss_chance
        - c.gaming * gaming_share
    )
    out: float = min(100.0, max(0.0, index))
    return out


class Therapist(mesa.Agent):  # type: ignore[misc] # Mesa ships no types
    """A post for a therapist who treats COPD, and who holds it: reads its row of the people.

    Attributes:
        number: Row number; works in practice ``number // per_practice``.
    """

    def __init__(self, model: mesa.Model, number: int) -> None:
        super().__init__(model)
        self.number = number

    @property
    def practice(self) -> int:
        """Row of the practice."""
        out: int = self.number // self.model.practices.per_practice
        return out

    @property
    def rho(self) -> float:
        """Weight on profit over patient benefit."""
        return float(self.model.people.rho[self.number])

    @property
    def norm(self) -> float:
        """Strength of the professional norm, EUR per session of deviation."""
        return float(self.model.people.norm[self.number])

    @property
    def theory(self) -> str:
        """Theory of behaviour that moves the therapist this year (``agents.behaviours``)."""
        return THEORIES[self.model.drives.theory[self.number]]

    @property
    def own_moral_cost(self) -> float:
        """Moral cost of misgrading a borderline patient, EUR a year."""
        return float(self.model.people.own_moral_cost[self.number])
