"""Drives: what moves each therapist this year, as columns that the month reads.

Made each January from the therapist's own traits. Whatever changes a therapist (a theory, a style
that spreads, colleagues, an audit next door, a newcomer) changes it here, once a year, so that
every phase reads the same numbers.
"""

from collections import namedtuple
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from agents.behaviours.default import profit_weight
from agents.learning import weight_in_style
from agents.peers import after_audits_nearby, moral_cost_among_peers, peer_pull
from model.codes import THEORIES
from model.parameters import ParameterSet
from model.rules import phase

if TYPE_CHECKING:
    from model.conduct import Conduct
    from model.people import People
    from model.practices import Practices

#: One value per therapist; therapist t works in practice t // per_practice.
#: rho_sessions, rho_acceptance, rho_grading: weight on profit over patient benefit when deciding
#: how much to treat, whom to accept, and how to grade (and what to write down); norm: strength of
#: the professional norm, EUR per session; moral_cost: of misgrading at the border, EUR a year;
#: keeps_guideline: whether need ends at the guideline's ceilings; theory: what decides at all
#: (``agents.behaviours.theory``); lacking: share of its usual income that the practice lacks, known
#: once contracts are signed (``model.month.gaps``; target income only).
Drives = namedtuple(
    "Drives",
    "rho_sessions rho_acceptance rho_grading norm moral_cost keeps_guideline theory lacking",
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


def drives(
    people: "People",
    conduct: "Conduct",
    practices: "Practices",
    theories: Mapping[str, float],
    p: ParameterSet,
) -> Drives:
    """Return what moves each therapist this year.

    Args:
        people: Who works in the practices now (``model.people.People``).
        conduct: Styles of practices and what they saw last year (``model.conduct.Conduct``).
        practices: Posts per practice, and the place of each post among the theories.
        theories: Share of therapists by name of theory, adding up to 1.
        p: Parameters.
    """
    weight = np.empty((3, people.rho.size))
    moral_cost = np.empty(people.rho.size)
    _move(
        people.rho, people.own_moral_cost, practices.per_practice, conduct.style,
        conduct.too_heavy_nearby, conduct.caught_nearby, psi_of(p), p.audit_fear, weight,
        moral_cost,
    )  # fmt: skip
    return Drives(
        rho_sessions=weight[0],
        rho_acceptance=weight[1],
        rho_grading=weight[2],
        norm=people.norm,
        moral_cost=moral_cost,
        keeps_guideline=people.keeps_guideline,
        theory=theories_of(practices.theory_luck, theories),
        lacking=np.zeros(people.rho.size),
    )


def psi_of(p: ParameterSet) -> float:
    """Return how far the moral cost falls if all colleagues nearby misgrade, EUR a year."""
    return peer_pull(
        p.peer_moral_cost_psi_share,
        p.upcode_share_at_border,
        profit_weight(p.altruism_rho_median),
        p.upcode_reference_step,
    )


@phase
def _move(
    rho: np.ndarray,
    own_cost: np.ndarray,
    per_practice: int,
    style: np.ndarray,
    too_heavy: np.ndarray,
    caught: np.ndarray,
    psi: float,
    fear: float,
    weight: np.ndarray,
    moral_cost: np.ndarray,
) -> None:
    """Fill in the weights (3, therapists) and the moral cost of each therapist."""
    for t in range(rho.size):
        practice = t // per_practice
        for decision in range(style.shape[1]):
            weight[decision, t] = weight_in_style(rho[t], style[practice, decision])
        feared = after_audits_nearby(own_cost[t], fear, caught[practice])
        moral_cost[t] = moral_cost_among_peers(feared, psi, too_heavy[practice])
