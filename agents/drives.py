"""Drives: what moves each therapist this year, as columns that the month reads.

Made each January from the therapist's own traits. Whatever changes a therapist (a theory, a style
that spreads, colleagues, an audit next door, a newcomer) changes it here, once a year, so that
every phase reads the same numbers.
"""

from collections import namedtuple

#: One value per therapist; therapist t works in practice t // per_practice.
#: rho_sessions, rho_acceptance, rho_grading: weight on profit over patient benefit when deciding
#: how much to treat, whom to accept, and how to grade (and what to write down); norm: strength of
#: the professional norm, EUR per session; moral_cost: of misgrading at the border, EUR a year;
#: keeps_guideline: whether need ends at the guideline's ceilings.
Drives = namedtuple(
    "Drives", "rho_sessions rho_acceptance rho_grading norm moral_cost keeps_guideline"
)


def drives(people) -> Drives:
    """Return what moves each therapist, from ``model.people.People``."""
    return Drives(
        rho_sessions=people.rho,
        rho_acceptance=people.rho,
        rho_grading=people.rho,
        norm=people.norm,
        moral_cost=people.own_moral_cost,
        keeps_guideline=people.keeps_guideline,
    )
