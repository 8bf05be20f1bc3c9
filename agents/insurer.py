"""Insurers: they offer one contract per scenario and set its price each January."""

import math

import mesa
import numpy as np

from agents.behaviours.default import planned_sessions
from model.codes import INSURERS
from model.parameters import ParameterSet
from model.rules import rule

CENTS = 100.0  # in a euro


@rule
def neutral_price(sessions: float, quarters: float, tariff: float, factor: float) -> float:
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
def repriced(price: float, expected: float, ratchet: float) -> float:
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
def nash_price(least: float, most: float, power: float) -> float:
    """Return what two parties agree on by Nash bargaining, EUR: F = w least + (1 - w) most.

    This maximises (F - least)^(1 - w) (most - F)^w (Nash 1950, Econometrica 18:155): the surplus
    is shared by power.

    Args:
        least: Least that who is paid accepts.
        most: Most that who pays will pay, not below ``least``.
        power: w, power of who pays, 0 to 1.
    """
    return power * least + (1.0 - power) * most


@rule
def negotiated_price(
    most: float, bundle_sessions: float, tariff: float, cost: float, power: float
) -> float:
    """Return the quarter price of Nash bargaining between an insurer and practices at large, EUR.

    The insurer pays at most what the fee per session would cost; a typical practice accepts no less
    than leaves it the margin it has under the fee. The insurer's power is its market share
    (``nash_price``). This is the offer; a practice for which it is too low bargains on by itself
    (``negotiated_supplement``).

    Args:
        most: Neutral price, sessions x tariff.
        bundle_sessions: Sessions a quarter that the practice expects to give under the bundle.
        tariff: Session tariff.
        cost: Variable cost of a session.
        power: w, 0 to 1.
    """
    sessions = most / tariff
    least = min(most, sessions * (tariff - cost) + bundle_sessions * cost)
    return nash_price(least, most, power)


@rule
def negotiated_supplement(least: float, most: float, power: float) -> float:
    """Return what one practice that would refuse gets above the offer, EUR per patient-quarter.

    The practice bargains from what would just make it sign, the insurer from the difference between
    its limit and its offer, so the price lies between offer and limit. In whole cents, rounded
    down; 0 if there is nothing both can live with.

    Args:
        least: Supplement with which the practice would sign.
        most: Supplement with which the insurer pays as much as under the fee per session.
        power: w, power of the insurer.
    """
    if least > most:
        return 0.0
    return math.floor(CENTS * nash_price(least, most, power)) / CENTS


@rule
def relative_result(result: float, patients: int, of_all: float, patients_of_all: int) -> float:
    """Return an insurer's result per COPD patient against the mean of all insurers, EUR.

    Equalisation pays a share of the mean excess cost, so all make a loss on patients in treatment;
    what tells an insurer something about its own price is whether it does worse than the others.

    Args:
        result: Own result after risk equalisation, EUR.
        patients: Own patients in treatment.
        of_all: Result of all insurers together, EUR.
        patients_of_all: Patients of all insurers.
    """
    if patients <= 0 or patients_of_all <= 0:
        return 0.0
    return result / patients - of_all / patients_of_all


@rule
def next_price_factor(factor: float, result: float, won: int, step: float, band: float) -> float:
    """Return an insurer's own price against the price before, after what last year brought it.

    Who won COPD patients and does worse on them than other insurers, after risk equalisation, trims
    its price; who lost some and does better raises it. Never further than the band.

    Args:
        factor: Factor of last year, 1 is the price as set.
        result: Result per COPD patient in treatment against the mean insurer's, EUR.
        won: People with COPD who came less those who left, last January.
        step: Share by which a price moves.
        band: Most that the factor can differ from 1.
    """
    if result < 0.0 and won > 0:
        factor *= 1.0 - step
    elif result > 0.0 and won < 0:
        factor *= 1.0 + step
    return min(1.0 + band, max(1.0 - band, factor))


@rule
def in_offer_band(
    index: float,
    sd: float,
    measurements: float,
    lower: float,
    upper: float,
    score: float,
    least: float,
) -> bool:
    """Return whether a contract is offered to a practice with a treatment index (4.12, rule 4).

    With the benefit of the doubt: it is refused only if index + z sd / sqrt(n) lies below the band
    or index - z sd / sqrt(n) above it; with too few measurements nothing is said.

    Args:
        index: Mean index of the practice last year, 100 is the national mean.
        sd: National SD of one measurement.
        measurements: Measurements n of the practice.
        lower: Lower bound of the band.
        upper: Upper bound.
        score: z, normal score of the one-sided confidence.
        least: Fewest measurements on which a practice is judged.
    """
    if measurements < least:
        return True
    doubt = score * sd / math.sqrt(measurements)
    return index + doubt >= lower and index - doubt <= upper


@rule
def upcoded_share(gain: float, weight_on_profit: float, expected_loss: float, most: float) -> float:
    """Return the share that upcodes, u = a dF (1 - A D) / hmax, moral cost uniform to hmax (U1).

    Args:
        gain: Price step dF of claiming the heavier class, EUR a year.
        weight_on_profit: a.
        expected_loss: A D, expected loss per euro gained.
        most: hmax, EUR.
    """
    if most <= 0.0:
        return 0.0
    return min(1.0, max(0.0, weight_on_profit * gain * (1.0 - expected_loss) / most))


@rule
def moral_cost_most(
    share: float, gain: float, weight_on_profit: float, expected_loss: float
) -> float:
    """Return hmax for which a share upcodes: U1 turned round, a dF (1 - A D) / u, EUR."""
    return weight_on_profit * gain * (1.0 - expected_loss) / share


@rule
def estimated_share(
    found: int, audited: int, detection: float, before: float, weight: float
) -> float:
    """Return the share upcoded that insurers reckon with after a year of audits.

    Found / (audited x delta), weighed with what they expected as if that rested on so many audits:
    a few files without a finding do not prove that nobody upcodes.

    Args:
        found: Files found wrong.
        audited: Files audited.
        detection: delta, chance that an audit finds what is wrong.
        before: Share expected before.
        weight: Audited files that this expectation counts for.
    """
    return min(1.0, (found + weight * detection * before) / (detection * (audited + weight)))


@rule
def best_audit_rate(
    cost: float,
    gain: float,
    weight_on_profit: float,
    loss_per_audit: float,
    most: float,
    least: float,
) -> float:
    """Return the audit rate that costs an insurer least (U4).

    Minimises u dF (1 - A D) + kappa A with u of U1: A* = (1 / D) [1 - kappa hmax / (2 a dF^2 D)],
    not below the rate that shows that somebody looks, not above 1.

    Args:
        cost: kappa, cost of an audit, EUR.
        gain: dF, EUR a year.
        weight_on_profit: a.
        loss_per_audit: D = delta (1 + f), expected loss per euro gained if all files are audited.
        most: hmax, EUR.
        least: Lowest rate.
    """
    marginal = 2.0 * weight_on_profit * gain * gain * loss_per_audit
    if gain <= 0.0 or marginal <= 0.0:
        return least
    return min(1.0, max(least, (1.0 - cost * most / marginal) / loss_per_audit))


class Insurer(mesa.Agent):  # type: ignore[misc] # Mesa ships no types
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
