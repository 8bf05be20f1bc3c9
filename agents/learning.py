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
def logit_choice(utilities, precision, u):
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
def prefers(payoff, other, precision, u):
    """Return whether the other of two payoffs is chosen, by logit with a precision per EUR."""
    return logit_choice(np.array([payoff, other]), precision, u) == 1


@rule
def imitates(payoff, other, precision, u):
    """Return whether a practice copies a colleague: only who earns more, by logit of the payoffs.

    Args:
        payoff: Own margin per patient, EUR a year.
        other: The colleague's.
        precision: lambda, per EUR.
        u: Luck in (0, 1).
    """
    return other > payoff and prefers(payoff, other, precision, u)


@rule
def drifted(style, pull, step, bound):
    """Return a style after a year of norm pressure and a step of its own, within bounds.

    Args:
        style: Log of the multiplier on rho in one decision.
        pull: Part of the style that the norm undoes in a year.
        step: What the practice changes of its own accord.
        bound: Largest style either way.
    """
    return min(bound, max(-bound, (1.0 - pull) * style + step))


@rule
def weight_in_style(rho, style):
    """Return rho as a style moves it: rho x exp(style)."""
    return rho * math.exp(style)
