"""Insurers: they offer one contract per scenario and set its price each January."""

import mesa
import numpy as np

from model.codes import INSURERS
from model.rules import rule


@rule
def neutral_price(sessions, quarters, tariff, factor):
    """Return the quarter price that keeps spending neutral if behaviour stays as it was, EUR.

    Mean sessions a quarter in the reference year x session tariff x price factor (clinical
    evidence, section 4.12, rule 1: set F so that expected spending equals last year's).

    Args:
        sessions: Sessions delivered in quarters of this kind in the reference year.
        quarters: Such quarters opened in that year.
        tariff: Session tariff, EUR.
        factor: Lever: 1 is neutral.
    """
    if quarters <= 0:
        return 0.0
    return factor * tariff * sessions / quarters


@rule
def repriced(price, expected, ratchet):
    """Return next year's quarter price, EUR: (1 - r) old + r x what last year's sessions cost.

    r is the ratchet (0 to 1): with a full ratchet a practice loses next year what it saves now.
    """
    return (1.0 - ratchet) * price + ratchet * expected


class Insurer(mesa.Agent):
    """An insurer, known by size only: A is the largest.

    Attributes:
        number: Row number, 0 for the largest.
        offers: Whether it offers the scenario's contract.
    """

    def __init__(self, model: mesa.Model, number: int) -> None:
        super().__init__(model)
        self.number = number
        self.offers = False

    @property
    def name(self) -> str:
        """Letter of the insurer."""
        return INSURERS[self.number]

    def set_quarter_prices(
        self,
        old: np.ndarray | None,
        sessions: np.ndarray,
        quarters: np.ndarray,
        tariff: float,
        factor: float,
        ratchet: float,
        unseen: float,
    ) -> np.ndarray:
        """Return quarter prices per price group, EUR, from last year's pooled claims.

        Insurers share one claims register (as Vektis does), so all see the same figures.

        Args:
            old: Prices of last year, or None in the first year of the contract.
            sessions: Last year's sessions per price group.
            quarters: Last year's quarters per price group.
            tariff: Session tariff of the new year, EUR.
            factor: Price lever, 1 is neutral.
            ratchet: Share of last year's change in sessions that the price follows.
            unseen: Price if the register is empty, EUR. A group without claims gets the mean price
                of all quarters in the first year, and keeps its price later.
        """
        expected = np.array(
            [neutral_price(s, q, tariff, factor) for s, q in zip(sessions, quarters, strict=True)]
        )
        seen = quarters > 0
        if old is None:
            pooled = neutral_price(float(sessions.sum()), float(quarters.sum()), tariff, factor)
            return np.where(seen, expected, pooled if quarters.sum() > 0 else factor * unseen)
        new = [repriced(o, e, ratchet) for o, e in zip(old, expected, strict=True)]
        return np.where(seen, new, old)
