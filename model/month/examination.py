"""Examination at intake: the true profile and entitlement class, and what the patient needs."""

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from model.codes import ENTITLEMENT_CLASSES, PROFILE_3
from model.disease import months_with
from model.entitlement import entitlement_class
from model.month.care_seeking import profile_of, walk_share_of
from model.parameters import ParameterSet
from model.physiotherapy import first_year_need, wanted_care_score
from model.rules import phase

if TYPE_CHECKING:
    from model.month import care_seeking, intake
    from model.simulation import World
    from model.state import Care, Health, Person


def class_shares(p: ParameterSet) -> np.ndarray:
    """Return the usual shares of the entitlement classes at intake, A to D, adding up to 1."""
    names = [name.lower() for name in ENTITLEMENT_CLASSES]
    shares = np.array([p[f"treated_class_{name}_share"] for name in names])
    out: np.ndarray = shares / shares.sum()
    return out


@phase
def assess(
    rows: np.ndarray,
    person: "Person",
    health: "Health",
    care: "Care",
    seeking: "care_seeking.Constants",
    c: "intake.Constants",
) -> None:
    """Measure the true profile and entitlement class of the listed rows."""
    for i in rows:
        care.profile[i] = max(PROFILE_3, profile_of(i, person, health, seeking))
        care.entitlement_class[i] = entitlement_class(
            months_with(health.attacks[i]),
            months_with(health.admissions[i]),
            health.ccq[i],
            walk_share_of(i, person, health, seeking),
            c.low_burden,
            c.high_burden,
            seeking.walk_cutoff,
        )


def class_scores(world: "World", rows: np.ndarray) -> np.ndarray:
    """Return the normal score of each person's entitlement class, with a place within the class.

    The classes are ranked A to D and take their usual shares of those in treatment, so that a
    wanted-care score that follows the class fully (r = 1) still has its own distribution.
    """
    share = world.class_shares
    below = np.concatenate([[0.0], np.cumsum(share)[:-1]])
    which = world.care.entitlement_class[rows]
    position = below[which] + world.person.class_luck[rows] * share[which]
    out: np.ndarray = ndtri(np.clip(position, 1e-12, 1.0 - 1e-12))
    return out


@phase
def set_need(
    rows: np.ndarray, scores: np.ndarray, person: "Person", care: "Care", c: "intake.Constants"
) -> None:
    """Fix the need for the episode of the listed rows."""
    for k in range(rows.size):
        i = rows[k]
        z = wanted_care_score(scores[k], person.need_luck[i], c.correlation)
        care.need[i] = first_year_need(
            c.guideline_maximum[care.profile[i]], c.need_share, c.need_sigma, z
        )
        care.wants_maintenance[i] = 1 if z > c.maintenance_threshold else 0
