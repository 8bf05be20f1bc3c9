"""Drives: what moves each therapist this year, as columns that the month reads.

Made each January from the therapist's own traits. Whatever changes a therapist (a theory, a style
that spreads, colleagues, an audit next door, a newcomer) changes it here, once a year, so that
every phase reads the same numbers.
"""

from collections import namedtuple
from collections.abc import Mapping

import numpy as np

from model.codes import THEORIES

#: One value per therapist; therapist t works in practice t // per_practice.
#: rho_sessions, rho_acceptance, rho_grading: weight on profit over patient benefit when deciding
#: how much to treat, whom to accept, and how to grade (and what to write down); norm: strength of
#: the professional norm, EUR per session; moral_cost: of misgrading at the border, EUR a year;
#: keeps_guideline: whether need ends at the guideline's ceilings; theory: what decides at all
#: (``agents.behaviours.theory``).
Drives = namedtuple(
    "Drives", "rho_sessions rho_acceptance rho_grading norm moral_cost keeps_guideline theory"
)


def theories_of(luck: np.ndarray, shares: Mapping[str, float]) -> np.ndarray:
    """Return the theory of each therapist (``model.codes``), shape of ``luck``.

    Args:
        luck: Place of each therapist between 0 and 1, fixed for life.
        shares: Share of therapists by name of theory, adding up to 1.
    """
    upto = np.cumsum([shares.get(name, 0.0) for name in THEORIES])
    chosen = np.searchsorted(upto, luck, side="right")
    last = max(number for number, name in enumerate(THEORIES) if shares.get(name, 0.0) > 0.0)
    return np.minimum(chosen, last).astype(np.int8)


def drives(people, theory_luck: np.ndarray, theories: Mapping[str, float]) -> Drives:
    """Return what moves each therapist.

    Args:
        people: Who works in the practices now (``model.people.People``).
        theory_luck: Place of each post among the theories, 0 to 1.
        theories: Share of therapists by name of theory, adding up to 1.
    """
    return Drives(
        rho_sessions=people.rho,
        rho_acceptance=people.rho,
        rho_grading=people.rho,
        norm=people.norm,
        moral_cost=people.own_moral_cost,
        keeps_guideline=people.keeps_guideline,
        theory=theories_of(theory_luck, theories),
    )
