"""Financial risk of a practice: the chance of a loss, and what a stop-loss would cede."""

import math

from model.rules import rule


@rule
def normal_probability(x: float) -> float:
    """Return the standard normal distribution function Phi(x)."""
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


@rule
def loss_probability(margin: float, sd: float, patients: int) -> float:
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
def ceded_cost(mean: float, cv: float, attachment: float) -> float:
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


@rule
def result_sd(open_part: float, stopped_part: float, cv: float, level: float) -> float:
    """Return the SD of a X + b max(0, X - L), X lognormal with mean 1, EUR.

    What varies in the result of a patient whose need differs from the mean by a factor X: so much
    per unit of need without limit, and what a stop-loss pays above a level (R2). With
    E1 = E[X; X > L], E2 = E[X^2; X > L] and P = P(X > L) the variance is
    a^2 Var X + b^2 (E2 - 2 L E1 + L^2 P - (E1 - L P)^2) + 2 a b (E2 - L E1 - E[X] (E1 - L P)).

    Args:
        open_part: a, EUR for the mean need; negative where more need costs money.
        stopped_part: b, EUR that the insurer pays per unit of need above the level.
        cv: Coefficient of variation of need between patients.
        level: L, in units of the mean need.
    """
    if cv <= 0.0:
        return 0.0
    if stopped_part == 0.0 or level <= 0.0:
        return abs(open_part + stopped_part) * cv
    s = math.sqrt(math.log(1.0 + cv * cv))
    d = (math.log(level) + 0.5 * s * s) / s
    above = 1.0 - normal_probability(d)
    first = 1.0 - normal_probability(d - s)
    second = (1.0 + cv * cv) * (1.0 - normal_probability(d - 2.0 * s))
    excess = first - level * above
    of_excess = second - 2.0 * level * first + level * level * above - excess * excess
    together = second - level * first - excess
    variance = (
        open_part * open_part * cv * cv
        + stopped_part * stopped_part * of_excess
        + 2.0 * open_part * stopped_part * together
    )
    return math.sqrt(max(0.0, variance))


@rule
def kept_result_sd(
    fee: float,
    cost: float,
    sessions: float,
    unit_cost: float,
    cv: float,
    attachment: float,
    stop_share: float,
) -> float:
    """Return the SD of a patient's result that a contract leaves to the practice, EUR a year.

    ``result_sd`` with a = (p - c) q and b = share x reference cost: what a stop-loss pays above its
    level is no risk of the practice. A risk corridor is in the fee (R3), and has its part of the
    stop-loss.

    Args:
        fee: Marginal revenue of one more session, p, EUR; without stop-loss.
        cost: Cost of a session, c, EUR.
        sessions: Sessions a year, q.
        unit_cost: Price of a session that the stop-loss reckons with, EUR.
        cv: Coefficient of variation of need between patients.
        attachment: Cost a year above which the insurer pays, EUR.
        stop_share: Share of that cost it pays; 0 for no stop-loss.
    """
    open_part, value = (fee - cost) * sessions, sessions * unit_cost
    if stop_share <= 0.0 or value <= 0.0:
        return result_sd(open_part, 0.0, cv, 0.0)
    return result_sd(open_part, stop_share * value, cv, attachment / value)
