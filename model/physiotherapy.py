"""Exercise therapy: what sessions do, and how many a patient needs.

Dose, decay and maintenance follow section 2.3 of the clinical evidence; the split of a first year
over its quarters follows policy evidence section 1.3.
"""

import math

import numpy as np

from model.codes import PROFILE_3, PROFILE_4, PROFILE_5, PROFILE_ADVICE
from model.parameters import ParameterSet
from model.rules import rule


def first_year_shares(p: ParameterSet) -> np.ndarray:
    """Return the shares of a first year's sessions in its four quarters, adding up to 1."""
    shares = np.array([p[f"first_year_session_share_q{quarter}"] for quarter in (1, 2, 3, 4)])
    out: np.ndarray = shares / shares.sum()
    return out


def first_calendar_share(shares: np.ndarray) -> float:
    """Return the mean share of a first year's sessions in the calendar year in which it starts.

    A year that starts on any day with equal chance, its sessions even within each quarter: the mean
    of the running sum of the shares over the year.
    """
    upto = np.concatenate([[0.0], np.cumsum(shares)])
    return float(np.mean(0.5 * (upto[1:] + upto[:-1])))


@rule
def session_effect(sessions: float, tau: float) -> float:
    """Return g(n) = 1 - exp(-n / tau): the share of the remaining effect won in one month.

    Args:
        sessions: Sessions attended in the month (weighted by their relative effect).
        tau: Sessions that close 63 % of the gap (12, range 8-20).
    """
    return 1.0 - math.exp(-sessions / tau)


@rule
def next_training(training: float, sessions: float, retention: float, tau: float) -> float:
    """Return next month's training state, h' = d h + (1 - h) g(n).

    Limits: n = 0 halves h in six months at d = 2^(-1/6); constant n gives h* = g / (1 - d + g).
    """
    if sessions <= 0:
        return retention * training
    return retention * training + (1.0 - training) * session_effect(sessions, tau)


@rule
def monthly_retention(half_life_months: float) -> float:
    """Return d = 2^(-1 / half-life), the share of the training state kept over a month."""
    out: float = 2.0 ** (-1.0 / half_life_months)
    return out


@rule
def guideline_profile(
    walk_share: float, steps: float, walk_cutoff: float, steps_cutoff: float
) -> int:
    """Return the KNGF 2020 profile from capacity and activity (3, 4, 5; 2 means advice only).

    Args:
        walk_share: 6-minute walk, share of the predicted distance.
        steps: Steps a day.
        walk_cutoff: Capacity below this share is low (0.70).
        steps_cutoff: Activity below this is low (5,000).
    """
    low_capacity = walk_share < walk_cutoff
    low_activity = steps < steps_cutoff
    if low_capacity and low_activity:
        return PROFILE_5
    if low_capacity:
        return PROFILE_4
    if low_activity:
        return PROFILE_3
    return PROFILE_ADVICE


@rule
def wanted_care_score(class_score: float, own_score: float, correlation: float) -> float:
    """Return z = r s + sqrt(1 - r^2) e, the normal score of the care a patient wants.

    r says how closely wanted sessions follow the entitlement class. It decides the entitlement
    test (policy evidence, end of section 3.4); nobody knows it, so it is an uncertainty.
    """
    return correlation * class_score + math.sqrt(1.0 - correlation * correlation) * own_score


@rule
def first_year_need(
    guideline_maximum: float, share_of_maximum: float, sigma: float, score: float
) -> float:
    """Return the patient-optimal sessions of the first year, lognormal round the profile's mean.

    Args:
        guideline_maximum: Ceiling of the profile (42, 62 or 70 sessions).
        share_of_maximum: Mean need as a share of that ceiling.
        sigma: SD of the log of need within a profile.
        score: Value of ``wanted_care_score``.
    """
    return guideline_maximum * share_of_maximum * math.exp(sigma * score - 0.5 * sigma * sigma)


@rule
def quarter_need(
    first_year: float, quarter: int, shares: np.ndarray, maintenance_ratio: float
) -> float:
    """Return the patient-optimal sessions of one quarter of the episode.

    Args:
        first_year: Need of the first year, sessions.
        quarter: Quarters completed (0 to 3: first year; 4 and up: maintenance).
        shares: Share of the first year's need in its four quarters.
        maintenance_ratio: A maintenance year's need as a share of the first year's.
    """
    if quarter < 4:
        out: float = first_year * shares[quarter]
        return out
    return 0.25 * first_year * maintenance_ratio


@rule
def guideline_ceiling(
    first_year_maximum: float, quarter: int, shares: np.ndarray, maintenance_per_week: float
) -> float:
    """Return the most sessions the KNGF guideline allows in one quarter.

    First year: the profile's maximum, spread as need is; after that once a week (13 a quarter).

    Args:
        first_year_maximum: 42, 62 or 70 sessions by profile.
        quarter: Quarters completed in the episode.
        shares: Share of the first year in its four quarters.
        maintenance_per_week: Maintenance sessions a week (1).
    """
    if quarter < 4:
        out: float = first_year_maximum * shares[quarter]
        return out
    return 13.0 * maintenance_per_week


@rule
def walk_distance(
    of_stage: float,
    offset: float,
    gain_reference: float,
    training: float,
    training_reference: float,
) -> float:
    """Return the true 6-minute walk, m: stage + person + gain from training.

    Args:
        of_stage: Mean of the stage (``along_fev1``).
        offset: Personal deviation.
        gain_reference: Gain after a completed first programme (43.93 m, McCarthy 2015).
        training: Training state h.
        training_reference: h after that programme.
    """
    return max(0.0, of_stage + offset + gain_reference * training / training_reference)
