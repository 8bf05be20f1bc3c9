"""What noise does to a KPI: reliability, the pull of a threshold, and shrinkage (K1 to K4)."""

import math

from model.contracts.risk import normal_probability
from model.rules import rule


@rule
def normal_density(x: float) -> float:
    """Return the standard normal density phi(x)."""
    return math.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi)


@rule
def reliability(patients: float, icc: float) -> float:
    """Return the reliability of a practice mean, n r / (1 + (n - 1) r) (K2).

    Args:
        patients: Patients measured, n.
        icc: Share of the differences between patients that lies between practices, r.
    """
    if patients <= 0.0:
        return 0.0
    return patients * icc / (1.0 + (patients - 1.0) * icc)


@rule
def passing_chance(mean: float, threshold: float, sd: float) -> float:
    """Return the chance that a noisy mean reaches a threshold, Phi((m - T) / sd)."""
    if sd <= 0.0:
        return 1.0 if mean >= threshold else 0.0
    return normal_probability((mean - threshold) / sd)


@rule
def threshold_pull(stake: float, mean: float, threshold: float, sd: float) -> float:
    """Return what one unit more of the true mean is worth under a threshold, EUR (K1).

    Stake x phi((T - m) / sd) / sd. With m = theta q this is the marginal incentive per session
    divided by theta: a noisy KPI barely pays for care.

    Args:
        stake: What is won at the threshold, EUR.
        mean: True mean of the indicator.
        threshold: Threshold T.
        sd: SD of the noise in the measured mean.
    """
    if sd <= 0.0:
        return 0.0
    return stake * normal_density((threshold - mean) / sd) / sd


@rule
def inflation(weight_on_profit: float, slope: float, gaming_cost: float) -> float:
    """Return by how much whoever measures inflates a paid measurement, z = a beta / g (K3).

    Args:
        weight_on_profit: a.
        slope: Pay per unit of the measurement, beta, EUR.
        gaming_cost: g, EUR per squared unit: inflating by z costs g z^2 / 2.
    """
    if gaming_cost <= 0.0:
        return 0.0
    return weight_on_profit * slope / gaming_cost


@rule
def effective_rho(rho: float, crowding: float, outcome_pay: float) -> float:
    """Return the weight on profit relative to patients under a KPI contract (K4).

    a / [(1 - a)(1 - chi M) + a beta] = rho / (1 - chi M + rho beta). Monitoring crowds out care
    for the patient, outcome pay puts it back; a KPI helps only if beta > chi M / rho.

    Args:
        rho: a / (1 - a).
        crowding: chi M, the share of patient orientation lost to monitoring.
        outcome_pay: beta, pay per euro of measured benefit.
    """
    return rho / (1.0 - crowding + rho * outcome_pay)


@rule
def crowded_rho(rho: float, crowding: float) -> float:
    """Return rho under monitoring without outcome pay, rho / (1 - chi M) (K4 with beta 0).

    K4 says what becomes of the weight on patients: how much care, for whom, in which mode. That a
    watched therapist minds misgrading, embellishing a measurement, teaching to the test and a
    quarter without need less as well, by the same a = rho / (1 + rho), is an assumption: the
    experiments cited show crowding out of care for the patient only.
    """
    return effective_rho(rho, crowding, 0.0)
