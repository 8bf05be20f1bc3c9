"""Conduct: how each practice goes about it, and what it saw of its colleagues last year."""

from dataclasses import dataclass

import numpy as np

#: The decisions in which money can weigh more or less: the columns of a style.
STYLES = ("sessions", "acceptance", "grading")

#: Stands for a practice without patients in the last year: it has no kind of contract.
NO_KIND = -1


@dataclass
class Conduct:
    """Per practice; learned each December, read by ``agents.drives`` the next January.

    Attributes:
        style: How heavily money weighs in each of ``STYLES``, log of a multiplier on rho; 0 is as
            the therapists are. Shape (practices, 3).
        style_before: The style to go back to if the last change does not prove itself: the one
            before it, after the same year of norm pressure. Equal to ``style`` if none was made.
        tried: Whether the style was changed last December, and has still to prove itself.
        payoff: Margin per treated patient last year, EUR, at the mean practice's cost of a session
            (``agents.learning.comparable_margin``).
        kind: Contract under which most quarters of last year were planned, -1 for none.
        too_heavy_nearby: Share of neighbours' gradable quarters that was graded too heavy.
        caught_nearby: Share of neighbours in whose files an audit found something.
    """

    style: np.ndarray
    style_before: np.ndarray
    tried: np.ndarray
    payoff: np.ndarray
    kind: np.ndarray
    too_heavy_nearby: np.ndarray
    caught_nearby: np.ndarray

    @staticmethod
    def new(practices: int) -> "Conduct":
        """Return practices that have learned and seen nothing yet."""
        return Conduct(
            style=np.zeros((practices, len(STYLES))),
            style_before=np.zeros((practices, len(STYLES))),
            tried=np.zeros(practices, dtype=bool),
            payoff=np.zeros(practices),
            kind=np.full(practices, NO_KIND, dtype=np.int8),
            too_heavy_nearby=np.zeros(practices),
            caught_nearby=np.zeros(practices),
        )

    def copy(self) -> "Conduct":
        """Return conduct that continues from here."""
        return Conduct(**{name: array.copy() for name, array in vars(self).items()})
