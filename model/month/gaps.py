"""Gaps: what practices lack of their usual income, and how much of it is felt with each patient.

Only target income looks at it. Each January a practice sets what its patients of last year bring at
need, honestly graded, beside what they brought under the fee of history
(``agents.behaviours.target_income.lacking_share``). With each patient it feels that share of what
the patient used to bring, less what grading and mode already add (``gap_felt``).
"""

from typing import TYPE_CHECKING

import numpy as np

from agents.behaviours.target_income import gap_felt, lacking_share
from model.codes import (
    GOLD_STAGES,
    HABIT_CONTRACT,
    MAINTENANCE,
    PROFILE_3,
    TARGET_INCOME,
    THEORIES,
)
from model.contracts.quarter_bundle import FIRST_YEAR_QUARTERS
from model.month.income import income_of_quarter, income_of_year, quarter_price, supplement_of
from model.month.modes import usual_mode
from model.physiotherapy import quarter_need
from model.rules import phase

if TYPE_CHECKING:
    from model.month import intake, modes, planning
    from model.rewards import Rewards
    from model.state import Care, Health, Person

if TYPE_CHECKING:
    from model.month import intake, modes
    from model.rewards import Rewards
    from model.simulation import World
    from model.state import Care, Health, Person

MONTHS_PER_YEAR = 12


@phase
def gap_in_year(
    theory: int, lacking: float, rewards: "Rewards", contract: int, insurer: int, true_class: int,
    weight_class: int, stage: int, usual: int, mode: int, need: float, cost: float, cost_cv: float,
    cost_ratio: np.ndarray,
) -> float:  # fmt: skip
    """Return the gap felt in a first treatment year, EUR; 0 for every other theory.

    Args:
        theory: The therapist's theory.
        lacking: Share of the usual income that the practice lacks.
        rewards: What each contract rewards, history's fee included.
        contract: Contract that the therapist reckons with.
        insurer: Insurer it is held with.
        true_class: True weight class.
        weight_class: Weight class on file, or about to be.
        stage: GOLD stage from 0.
        usual: Mode in which sessions were given before: individual or at home.
        mode: Mode in which they are given now.
        need: Sessions a year.
        cost: Variable cost of an individual session, EUR.
        cost_cv: Coefficient of variation of cost between patients.
        cost_ratio: Cost of a session by mode, shape (4,).
    """
    if theory != TARGET_INCOME or lacking <= 0.0:
        return 0.0
    before = income_of_year(
        rewards, HABIT_CONTRACT, insurer, true_class, stage, usual, need, cost, cost_cv, cost_ratio
    )
    honest = income_of_year(
        rewards, contract, insurer, true_class, stage, usual, need, cost, cost_cv, cost_ratio
    )
    now = income_of_year(
        rewards, contract, insurer, weight_class, stage, mode, need, cost, cost_cv, cost_ratio
    )
    return gap_felt(lacking, before, now - honest)


@phase
def gap_in_quarter(
    theory: int, lacking: float, rewards: "Rewards", contract: int, insurer: int, true_class: int,
    weight_class: int, usual: int, mode: int, need: float, price_due: float, price: float,
    cost: float, cost_ratio: np.ndarray,
) -> float:  # fmt: skip
    """Return the gap felt in a quarter as a yearly rate, EUR; 0 for every other theory.

    The arguments are those of ``gap_in_year``; ``need`` is a yearly rate too, ``price_due`` and
    ``price`` are what billing the quarter brings in the true class and in the one on file, EUR.
    """
    if theory != TARGET_INCOME or lacking <= 0.0:
        return 0.0
    before = income_of_quarter(
        rewards, HABIT_CONTRACT, insurer, true_class, usual, need, 0.0, cost, cost_ratio
    )
    honest = income_of_quarter(
        rewards, contract, insurer, true_class, usual, need, price_due, cost, cost_ratio
    )
    now = income_of_quarter(
        rewards, contract, insurer, weight_class, mode, need, price, cost, cost_ratio
    )
    return gap_felt(lacking, before, now - honest)


@phase
def gap_before_grading(
    i: int,
    person: "Person",
    health: "Health",
    care: "Care",
    theory: int,
    lacking: float,
    keeps_guideline: bool,
    rewards: "Rewards",
    contract: int,
    insurer: int,
    c: "intake.Constants",
    modes: "modes.Constants",
) -> float:
    """Return the gap felt in a first year at the true weight class, EUR.

    What misgrading may fill under target income. ``c`` are the constants of the intake.
    """
    if theory != TARGET_INCOME:
        return 0.0
    need = care.need[i]
    if keeps_guideline:
        need = min(need, c.guideline_maximum[care.profile[i]])
    usual, honest = usual_mode(person.mode_luck[i], modes), care.profile[i] - PROFILE_3
    return gap_in_year(
        theory, lacking, rewards, contract, insurer, honest, honest,
        health.gold[i] - GOLD_STAGES[0], usual, usual, need, c.cost, c.cost_cv, modes.cost_ratio,
    )  # fmt: skip


# --- January


def note_what_is_lacking(world: "World") -> None:
    """Let therapists know what their practice lacks this year, once contracts are signed."""
    if world.theories.get(THEORIES[TARGET_INCOME], 0.0) <= 0.0:
        return
    per_practice, constants = world.practices.per_practice, world.constants
    usual, at_need = np.zeros((2, world.practices.count))
    _add_up(
        world.rows, world.month, world.person, world.health, world.care, world.contract_of,
        world.rewards, world.drives.keeps_guideline, world.supplement, constants["planning"],
        constants["intake"], constants["modes"], usual, at_need,
    )  # fmt: skip
    _share_out(usual, at_need, per_practice, world.drives.lacking)


@phase
def _add_up(
    rows: int, month: int, person: "Person", health: "Health", care: "Care",
    contract_of: np.ndarray, rewards: "Rewards", keeps_guideline: np.ndarray,
    supplement: np.ndarray, planning: "planning.Constants", c: "intake.Constants",
    modes: "modes.Constants", usual_income: np.ndarray, at_need: np.ndarray,
) -> None:  # fmt: skip
    """Add up per practice what last year's patients brought at need, and what they bring now.

    A patient counts for a whole year: a first one, or one of maintenance. Who was treated without
    need earned nothing by need.
    """
    for i in range(rows):
        practice = care.treated_by[i]
        if practice < 0 or care.last_care[i] < month - MONTHS_PER_YEAR or care.extended[i] == 1:
            continue
        insurer, honest = person.insurer[i], care.profile[i] - PROFILE_3
        contract, stage = contract_of[practice, insurer], health.gold[i] - GOLD_STAGES[0]
        usual = usual_mode(person.mode_luck[i], modes)
        above = supplement_of(supplement, contract, practice, insurer)
        if care.quarter[i] >= FIRST_YEAR_QUARTERS:
            need = 4.0 * quarter_need(
                care.need[i], care.quarter[i], planning.shares, planning.maintenance_ratio
            )
            price = quarter_price(rewards, contract, insurer, honest, MAINTENANCE, above)
            usual_income[practice] += income_of_quarter(
                rewards, HABIT_CONTRACT, insurer, honest, usual, need, 0.0, c.cost,
                modes.cost_ratio,
            )  # fmt: skip
            at_need[practice] += income_of_quarter(
                rewards, contract, insurer, honest, usual, need, price, c.cost, modes.cost_ratio
            )
            continue
        need = care.need[i]
        if keeps_guideline[care.therapist[i]]:
            need = min(need, c.guideline_maximum[care.profile[i]])
        usual_income[practice] += income_of_year(
            rewards, HABIT_CONTRACT, insurer, honest, stage, usual, need, c.cost, c.cost_cv,
            modes.cost_ratio,
        )  # fmt: skip
        at_need[practice] += FIRST_YEAR_QUARTERS * above + income_of_year(
            rewards, contract, insurer, honest, stage, usual, need, c.cost, c.cost_cv,
            modes.cost_ratio,
        )  # fmt: skip


@phase
def _share_out(
    usual: np.ndarray, at_need: np.ndarray, per_practice: int, lacking: np.ndarray
) -> None:
    """Write to each therapist what the practice lacks."""
    for t in range(lacking.size):
        practice = t // per_practice
        lacking[t] = lacking_share(usual[practice], at_need[practice])
