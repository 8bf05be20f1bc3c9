"""Financial risk of a practice: the chance of a loss, and what a stop-loss would cede."""

import math

from model.rules import rule


@rule
def normal_probability(x):
    """Return the standard normal distribution function Phi(x)."""
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


@rule
def loss_probability(margin, sd, patients):
    """Return the chance that a practice loses money on n independent patients (R1).

    Phi(-(F - mu) sqrt(n) / sd). Small practices need more than a small margin.

    Args:
        margin: Mean revenue minus mean cost per patient, F - mu, EUR.
        sd: SD of that margin between patients, EUR; 0 means no risk.
        patients: Number of patients n.
    """
    if sd <= 0.0:
        return 0.0 if margin >= 0.0 else 1.0
    return normal_probability(-margin * math.sqrt(patients) / sd)


@rule
def ceded_cost(mean, cv, attachment):
    """Return the expected cost per patient above a stop-loss L, lognormal cost, EUR (R2).

    E[X] - E[min(X, L)], with E[min(X, L)] = e^(m + s^2/2) Phi((ln L - m - s^2) / s)
    + L (1 - Phi((ln L - m) / s)).

    Args:
        mean: Mean cost per patient.
        cv: Coefficient of variation of cost.
        attachment: Stop-loss level L.
    """
    s = math.sqrt(math.log(1.0 + cv * cv))
    m = math.log(mean) - 0.5 * s * s
    below = mean * normal_probability((math.log(attachment) - m - s * s) / s)
    above = attachment * (1.0 - normal_probability((math.log(attachment) - m) / s))
    return mean - below - above
