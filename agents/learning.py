"""Learning: practices try styles, keep what pays, and copy colleagues who earn more (Model C).

Clinical evidence, section 4.4: choice by logit of the payoff, imitation of better-paid peers, the
pull of the norm, and a little innovation. A style is how heavily money weighs in a decision: the
log of a multiplier on rho, so 0 is the therapist's own weight and a style changes nothing where
incentives are neutral.
"""

import math

import numpy as np

from model.rules import rule


@rule
def logit_choice(utilities: np.ndarray, precision: float, u: float) -> int:
    """Return the option chosen: P(option) proportional to exp(lambda U) (4.4).

    Precision -> infinity takes the best (C1), -> 0 any option alike; with Model A on a fine grid
    the choice is normal round the optimum with variance 1 / (lambda (1 - a) k) (C2).

    Args:
        utilities: Utility of each option, EUR, array of shape (options,).
        precision: lambda, per EUR.
        u: Luck in (0, 1): the options share the interval in their order.
    """
    best = utilities.max()
    weights = np.exp(precision * (utilities - best))
    left = u * weights.sum()
    for option in range(utilities.size):
        left -= weights[option]
        if left < 0.0:
            return option
    return utilities.size - 1


@rule
def prefers(payoff: float, other: float, precision: float, u: float) -> bool:
    """Return whether the other of two payoffs is chosen, by logit with a precision per EUR."""
    return logit_choice(np.array([payoff, other]), precision, u) == 1


@rule
def imitation_chance(payoff: float, other: float, precision: float) -> float:
    """Return the chance of copying a colleague who earns more: tanh(lambda (other - payoff) / 2).

    Twice the logit less one: zero where both earn the same, and proportional to the difference
    where that is small, as in imitation that leads to replicator dynamics (Schlag 1998, J Econ
    Theory 78:130). Who earns less is never copied.

    Args:
        payoff: Own margin per patient, EUR a year (``comparable_margin``).
        other: The colleague's.
        precision: lambda, per EUR.
    """
    return math.tanh(0.5 * precision * max(0.0, other - payoff))


@rule
def imitates(payoff: float, other: float, precision: float, u: float) -> bool:
    """Return whether a practice copies a colleague; ``u`` is luck in (0, 1)."""
    return u < imitation_chance(payoff, other, precision)


@rule
def comparable_margin(
    revenue: float, cost: float, usual_cost: float, cost_factor: float, patients: int
) -> float:
    """Return a margin per patient that can be set beside a colleague's, EUR a year.

    Rent and wages that happen to be high or low are no style: sessions and intakes count at what
    they cost the mean practice, so the margin is revenue - cost + (factor - 1) x usual cost.

    Args:
        revenue: Received this year, cents.
        cost: Own full cost, cents: cost factor x usual cost, and the time that clauses took.
        usual_cost: What its sessions and intakes would have cost the mean practice, cents.
        cost_factor: Own cost of a session against the mean practice.
        patients: Patients treated.
    """
    margin = revenue - cost + (cost_factor - 1.0) * usual_cost
    return margin / 100.0 / max(1, patients)


@rule
def drifted(style: float, pull: float, step: float, bound: float) -> float:
    """Return a style after a year of norm pressure and a step of its own, within bounds.

    Args:
        style: Log of the multiplier on rho in one decision.
        pull: Part of the style that the norm undoes in a year.
        step: What the practice changes of its own accord.
        bound: Largest style either way.
    """
    return min(bound, max(-bound, (1.0 - pull) * style + step))


@rule
def weight_in_style(rho: float, style: float) -> float:
    """Return rho as a style moves it: rho x exp(style)."""
    return rho * math.exp(style)
