"""Careers: therapists leave or retire, posts stand empty for a while, newcomers arrive."""

import math

import numpy as np

from model.rules import rule


@rule
def leaving_chance(base: float, satisfaction: float, reference: float, slope: float) -> float:
    """Return the chance that a therapist leaves or retires within the year, 0 to 1.

    base x exp(-slope (S - S0)): as now where satisfaction is as now, more often below it. That
    discontent drives therapists out is known as a direction only (of owners 26 % want to sell and
    31 % consider it, medischondernemen.nl 2026); the slope is assumed.

    Args:
        base: Chance at the reference, per year.
        satisfaction: Index of ``agents.therapist.job_satisfaction``, 0 to 100.
        reference: Index at which the base chance holds.
        slope: Relative rise of the chance per point of satisfaction lost.
    """
    return min(1.0, base * math.exp(-slope * (satisfaction - reference)))


@rule
def vacancies_in_balance(leaving: float, filling: float) -> float:
    """Return the share of posts that stands empty when as many leave as arrive.

    Each year a filled post falls empty with chance l, then every empty post is filled with chance
    f: v = (v + (1 - v) l)(1 - f), so v = l (1 - f) / (f + l (1 - f)).

    Args:
        leaving: Yearly chance of leaving, l.
        filling: Yearly chance that an empty post is filled, f.
    """
    empty = leaving * (1.0 - filling)
    return empty / (filling + empty) if filling + empty > 0.0 else 0.0


@rule
def working_share(filled: float | np.ndarray, cover: float) -> float | np.ndarray:
    """Return the part of a practice's capacity that is there: filled posts, and cover of the rest.

    Args:
        filled: Share of its posts that are filled, 0 to 1.
        cover: Part of an empty post's work that colleagues and locums do, 0 to 1.
    """
    return filled + cover * (1.0 - filled)
