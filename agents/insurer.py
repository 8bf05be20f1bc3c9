"""Insurers: they offer one contract per scenario and set its price each January."""

import mesa
import numpy as np

from agents.behaviours.default import planned_sessions
from model.codes import INSURERS
from model.parameters import ParameterSet
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


def expected_bundle_sessions(sessions: float, p: ParameterSet) -> float:
    """Return the sessions a quarter that a practice expects to give under a bundle.

    What a typical therapist (median motives and norm) plans when a session brings nothing more.

    Args:
        sessions: Sessions a quarter under the fee per session.
        p: Parameters.
    """
    yearly = planned_sessions(
        4.0 * sessions, p.altruism_rho_median, p.norm_median, 0.0, p.variable_cost_per_session,
        p.benefit_curvature_k, 0.0, 0.0, 0.0, p.sessions_most_per_year,
    )  # fmt: skip
    return 0.25 * yearly


@rule
def negotiated_price(most, bundle_sessions, tariff, cost, power):
    """Return the quarter price of Nash bargaining between insurer and practice, EUR.

    The insurer pays at most what the fee per session would cost; the practice accepts no less than
    leaves it the margin it has under the fee. Maximising (F - least)^(1 - w) (most - F)^w gives
    F = w least + (1 - w) most: the insurer's power w is its market share, the practice keeps the
    rest.

    Args:
        most: Neutral price, sessions x tariff.
        bundle_sessions: Sessions a quarter that the practice expects to give under the bundle.
        tariff: Session tariff.
        cost: Variable cost of a session.
        power: w, 0 to 1.
    """
    sessions = most / tariff
    least = min(most, sessions * (tariff - cost) + bundle_sessions * cost)
    return power * least + (1.0 - power) * most


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
        beside: float = 0.0,
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
            beside: What other clauses are expected to pay per quarter, EUR; not paid twice.
        """
        expected = np.array(
            [neutral_price(s, q, tariff, factor) for s, q in zip(sessions, quarters, strict=True)]
        )
        seen = quarters > 0
        if old is None:
            pooled = neutral_price(float(sessions.sum()), float(quarters.sum()), tariff, factor)
            return np.where(seen, expected, pooled if quarters.sum() > 0 else factor * unseen)
        left = np.maximum(0.0, expected - beside)
        new = [repriced(o, e, ratchet) for o, e in zip(old, left, strict=True)]
        return np.where(seen, new, old)
