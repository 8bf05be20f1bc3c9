"""The last grading of a patient: which weight class was put on file, out of which, and why.

Noted right after the phase that graded, as plain numbers; the options are worked out by the rules
that the engine grades with.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from agents.behaviours.default import moral_cost, profit_weight, too_light_surplus
from agents.behaviours.inertia import contract_in_mind
from model.codes import (
    DEFAULT,
    DOWNGRADED,
    HEAVIEST,
    HONEST,
    PROFILE_3,
    PROFILE_4,
    PROFILE_5,
    REGULAR_CONTRACT,
    UPCODE_DETECTABLE,
    UPCODE_UNDETECTABLE,
)
from model.contracts.noise import crowded_rho
from model.contracts.quarter_bundle import FIRST_YEAR_QUARTERS
from model.month.care_seeking import walk_share_of


@dataclass(frozen=True)
class Graded:
    """What a therapist saw when a patient was graded; money in EUR a year.

    Attributes:
        month: Month of the grading.
        theory: What moves the therapist (``model.codes``).
        profile: True profile, 3 to 5.
        gains: What a year on file in each class brings above the true class, (3,).
        weight: Weight on profit, a.
        expected_loss: Share of a heavier class's gain that audits are expected to take back, A D.
        of_walk, of_steps: How far each test lies above its cut-off, in measurement SDs.
        own_cost, border_width: Moral cost at the border; distance at which it has doubled, SDs.
        hidden_share: Part of the gain that is left when a test is repeated until it is low.
        filed, code: Class on file from 0, and how it came about (``model.codes``).
    """

    month: int
    theory: int
    profile: int
    gains: tuple[float, ...]
    weight: float
    expected_loss: float
    of_walk: float
    of_steps: float
    own_cost: float
    border_width: float
    hidden_share: float
    filed: int
    code: int


@dataclass(frozen=True)
class Class:
    """One way to put a patient on file.

    Attributes:
        code: How it comes about (``model.codes``).
        filed: Class on file, from 0.
        gain: What it brings a year, EUR.
        cost: Moral cost, EUR a year.
        utility: What is weighed, EUR a year.
    """

    code: int
    filed: int
    gain: float
    cost: float
    utility: float


def graded_rows(world: Any, before: np.ndarray) -> np.ndarray:
    """Return whose running quarter was graded anew in this month's planning phase.

    Args:
        world: A world of which the planning phase of this month has run.
        before: Contract of everybody before that phase.
    """
    care, rows = world.care, np.asarray(world.in_care)
    quarter, contract = care.quarter[rows], care.contract[rows]
    regrades = world.rewards.regrade[contract, world.person.insurer[rows]] > 0.0
    anew = (contract != REGULAR_CONTRACT) & ((before[rows] == REGULAR_CONTRACT) | regrades)
    starts = (care.quarter_month[rows] == 0) & (quarter > 0) & (quarter < FIRST_YEAR_QUARTERS)
    return rows[anew & starts]


def see_grading(world: Any, row: int) -> Graded:
    """Return what was seen when a patient was graded, right after the phase that did it.

    Args:
        world: A world in the month of the grading.
        row: The patient.
    """
    care, person, rewards = world.care, world.person, world.rewards
    intake, seeking = world.constants["intake"], world.constants["care_seeking"]
    therapist, insurer = care.therapist[row], person.insurer[row]
    theory = world.drives.theory[therapist]
    seen = contract_in_mind(theory, world.contract_of[care.practice[row], insurer])
    rho = crowded_rho(world.drives.rho_grading[therapist], rewards.crowding[seen, insurer])
    walk = walk_share_of(row, person, world.health, seeking)
    profile = int(care.profile[row])
    return Graded(
        month=world.month, theory=int(theory), profile=profile,
        gains=tuple(float(x) for x in rewards.grading[seen, insurer, profile - PROFILE_3]),
        weight=float(profit_weight(rho)),
        expected_loss=float(rewards.expected_loss[seen, insurer]),
        of_walk=float((walk - seeking.walk_cutoff) / intake.walk_sd),
        of_steps=float((person.steps[row] - seeking.steps_cutoff) / intake.steps_sd),
        own_cost=float(world.drives.moral_cost[therapist]), border_width=intake.border_width,
        hidden_share=intake.hidden_share, filed=int(care.weight_class[row]),
        code=int(care.upcoded[row]),
    )  # fmt: skip


def classes(g: Graded) -> list[Class]:
    """Return the ways to put a patient on file with their utilities, the honest one first.

    U = a dF (1 - A D) - h where an audit can find it, a dF' - h where none can, 0 for the truth
    (``agents.behaviours.default.grading_choice``, ``too_light_surplus``). None where the theory is
    not the default one.
    """
    if g.theory != DEFAULT:
        return []
    honest = g.profile - PROFILE_3
    found = [Class(HONEST, honest, 0.0, 0.0, 0.0)]
    if max(g.gains) <= 0.0:
        return found
    if g.profile == PROFILE_5:
        for profile, distance in ((PROFILE_4, -g.of_steps), (PROFILE_3, -g.of_walk)):
            cost = moral_cost(g.own_cost, max(0.0, distance), g.border_width)
            gain = g.gains[profile - PROFILE_3]
            worth = too_light_surplus(gain, g.weight, cost)
            found.append(Class(DOWNGRADED, profile - PROFILE_3, gain, cost, worth))
        return found
    gain = g.gains[HEAVIEST]
    if gain <= 0.0:
        return found
    distance = max(0.0, g.of_steps if g.profile == PROFILE_4 else g.of_walk)
    cost = moral_cost(g.own_cost, distance, g.border_width)
    open_way = g.weight * gain * (1.0 - g.expected_loss) - cost
    found.append(Class(UPCODE_DETECTABLE, HEAVIEST, gain, cost, open_way))
    if distance <= 1.0:  # near enough to be called chance
        hidden = gain * g.hidden_share
        safe_way = g.weight * hidden - cost
        found.append(Class(UPCODE_UNDETECTABLE, HEAVIEST, hidden, cost, safe_way))
    return found


def best_class(g: Graded) -> Class | None:
    """Return the way with the highest utility; on a tie the truth, then what no audit finds."""
    order = {HONEST: 2, UPCODE_UNDETECTABLE: 1}
    return max(classes(g), key=lambda one: (one.utility, order.get(one.code, 0)), default=None)
