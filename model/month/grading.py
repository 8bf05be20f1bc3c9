"""Grading: the weight class and the entitlement class that are put on file."""

from typing import TYPE_CHECKING

import numpy as np

from agents.behaviours.default import moral_cost
from agents.behaviours.theory import grading_under, too_light_under
from model.codes import (
    CLASS_B2,
    DOWNGRADED,
    HEAVIEST,
    HONEST,
    PROFILE_3,
    PROFILE_4,
    PROFILE_5,
    UPCODE_DETECTABLE,
    UPCODE_UNDETECTABLE,
)
from model.month.care_seeking import walk_share_of
from model.rules import phase

if TYPE_CHECKING:
    from model.month import care_seeking, intake
    from model.state import Care, Health, Person, PracticeTally, Tally


@phase
def grade(
    i: int,
    person: "Person",
    health: "Health",
    care: "Care",
    seeking: "care_seeking.Constants",
    c: "intake.Constants",
    rho: float,
    own_cost: float,
    gains: np.ndarray,
    expected_loss: float,
    theory: int,
    gap: float,
) -> tuple[int, int]:
    """Return the weight class put on file and how it came about (a code of ``model.codes``).

    Profile 5 needs both tests low, 3 only activity, 4 only walking. A therapist may score one of
    the two tests wrongly: the other test low turns 3 or 4 into 5; one of the two high turns 5 into
    3 or 4. The closer the true test lies to its cut-off, the lower the moral cost.

    ``gains`` is what a year on file in each class brings above the true class, EUR, shape (3 true,
    3 on file); ``expected_loss`` the share of a heavier class's gain that audits are expected to
    take back; ``gap`` the income gap that target income fills.
    """
    profile = care.profile[i]
    honest = profile - PROFILE_3
    if max(gains[honest, 0], gains[honest, 1], gains[honest, 2]) <= 0.0:
        return honest, HONEST
    walk_share = walk_share_of(i, person, health, seeking)
    of_walk = (walk_share - seeking.walk_cutoff) / c.walk_sd
    of_steps = (person.steps[i] - seeking.steps_cutoff) / c.steps_sd
    if profile == PROFILE_5:
        return _too_light(honest, gains[honest], theory, rho, -of_walk, -of_steps, own_cost, gap, c)
    distance = max(0.0, of_steps if profile == PROFILE_4 else of_walk)
    choice = _too_heavy(
        gains[honest, HEAVIEST], theory, rho, distance, expected_loss, own_cost, gap, c
    )
    return (honest, HONEST) if choice == HONEST else (HEAVIEST, choice)


@phase
def _too_heavy(
    gain: float,
    theory: int,
    rho: float,
    distance: float,
    expected_loss: float,
    own_cost: float,
    gap: float,
    c: "intake.Constants",
) -> int:
    """Return how a patient comes to be on file in the heaviest class, or HONEST.

    Within one measurement SD of the cut-off the test can be repeated until it is low: no audit can
    tell that from chance, but it takes time.
    """
    if gain <= 0.0:
        return HONEST
    cost = moral_cost(own_cost, distance, c.border_width)
    hidden = gain * c.hidden_share if distance <= 1.0 else 0.0
    return grading_under(theory, gain, hidden, rho, expected_loss, cost, gap)


@phase
def _too_light(
    honest: int,
    gains: np.ndarray,
    theory: int,
    rho: float,
    below_walk: float,
    below_steps: float,
    own_cost: float,
    gap: float,
    c: "intake.Constants",
) -> tuple[int, int]:
    """Return the class and the code of a patient of profile 5: a lighter class if that pays.

    The better of the two ways is taken, the lesser change (activity scored high) on a tie.
    """
    filed, best = honest, 0.0
    for profile, distance in ((PROFILE_4, below_steps), (PROFILE_3, below_walk)):
        lighter = profile - PROFILE_3
        cost = moral_cost(own_cost, max(0.0, distance), c.border_width)
        surplus = too_light_under(theory, gains[lighter], rho, cost, gap)
        if surplus > best:
            filed, best = lighter, surplus
    return filed, HONEST if filed == honest else DOWNGRADED


@phase
def count_grading(
    i: int, practice: int, care: "Care", tally: "Tally", of_practice: "PracticeTally"
) -> bool:
    """Count a quarter that is paid by the class on file; return whether that class is too heavy."""
    filed = care.upcoded[i]
    if filed == DOWNGRADED:
        tally.downgraded[i] += 1
    if filed == UPCODE_UNDETECTABLE:
        tally.unprovable[i] += 1
    if care.profile[i] < PROFILE_5:
        of_practice.gradable[practice] += 1.0
    heavy = filed in (UPCODE_DETECTABLE, UPCODE_UNDETECTABLE)
    of_practice.too_heavy[practice] += heavy
    return heavy


@phase
def class_on_file(
    true_class: int,
    first_year: bool,
    wanted: float,
    maxima: np.ndarray,
    u: float,
    upgrade_share: float,
) -> int:
    """Return the entitlement class on file: B2 instead of A or B1 if the maximum would bind."""
    year = 0 if first_year else 1
    own, higher = maxima[year, true_class], maxima[year, CLASS_B2]
    if true_class < CLASS_B2 and higher > own and wanted > own and u < upgrade_share:
        return CLASS_B2
    return true_class
