"""January: what last year's patients would bring a practice under the contract on offer.

A practice reckons with its own patients, and with what each of its therapists would plan for them:
how, and how many sessions, by the therapist's own theory. What it adds up is what the contract
brings above the regular one: money, the risk of it, and what patients gain or lose.
"""

from collections import namedtuple
from typing import TYPE_CHECKING

import numpy as np

from agents.behaviours.inertia import contract_in_mind
from agents.behaviours.target_income import lacking_share
from agents.behaviours.theory import (
    benefit_under,
    euro_under,
    money_under,
    patient_weight_under,
    risk_under,
    sessions_under,
)
from agents.joining import result_under
from model.codes import (
    GOLD_STAGES,
    HABIT_CONTRACT,
    INSURERS,
    INTENSIVE,
    MAINTENANCE,
    POLICY_CONTRACT,
    REGULAR_CONTRACT,
    TAPERING,
    TARGET_INCOME,
)
from model.contracts.incentives import stop_loss_session
from model.contracts.noise import crowded_rho
from model.contracts.quarter_bundle import FIRST_YEAR_QUARTERS
from model.contracts.risk import result_sd
from model.expectations import typical_sessions
from model.month.gaps import gap_in_quarter, gap_in_year
from model.month.income import income_of_quarter, income_of_year
from model.month.modes import choose_mode, usual_mode
from model.month.prices import MONTHS_PER_YEAR, room_to_negotiate
from model.parameters import ParameterSet
from model.physiotherapy import guideline_ceiling
from model.register import account_of
from model.rules import phase

if TYPE_CHECKING:
    from agents.drives import Drives
    from model.month import intake, modes, planning
    from model.rewards import Rewards
    from model.simulation import World
    from model.state import Care, Health, Person

#: A practice's patients of last year at each insurer, (practices x 10,): how many, and what the
#: offered contract is expected to bring for them above the regular one: in money that counts to
#: who treats them, EUR, its variance, and what it is worth that patients gain, EUR; for how many a
#: euro more would count; how much more insurers could pay, EUR a year.
Caseload = namedtuple("Caseload", "patients gain variance benefit euros room")


def empty_caseload(practices: int) -> Caseload:
    """Return a caseload without patients."""
    return Caseload(*(np.zeros(practices * len(INSURERS)) for _ in Caseload._fields))


def usual_years(p: ParameterSet, usual: np.ndarray) -> np.ndarray:
    """Return the sessions of a patient-year that a practice reckons with, (2, 3 weight classes).

    First row: a whole first year; second: a year of maintenance. As they were nationally last year:
    a practice knows the class of its patients, and next year's will be others. Where nothing is
    known of maintenance, the usual part of a first year.

    Args:
        p: Parameters.
        usual: Sessions of a quarter last year, by weight class and phase, (3, 3).
    """
    first = typical_sessions(p, usual)
    lasting = FIRST_YEAR_QUARTERS * usual[:, MAINTENANCE]
    return np.stack([first, np.where(lasting > 0.0, lasting, p.maintenance_ratio * first)])


def weigh_caseload(world: "World") -> Caseload:
    """Return what every practice's patients of last year would bring it under the contract."""
    caseload = empty_caseload(world.practices.count)
    constants = world.constants
    _weigh(
        world.rows, world.month, world.person, world.health, world.care, world.rewards,
        world.drives, usual_years(world.p, world.books.usual_sessions), constants["planning"],
        constants["intake"], constants["modes"], room_to_negotiate(world), caseload,
    )  # fmt: skip
    return caseload


@phase
def _most_planned(
    profile: int,
    lasting: bool,
    keeps_guideline: bool,
    most: float,
    planning: "planning.Constants",
    intake: "intake.Constants",
) -> float:
    """Return the most sessions a year that a therapist plans: less if the guideline is kept."""
    if not keeps_guideline:
        return most
    first_year = intake.guideline_maximum[profile]
    if not lasting:
        out: float = min(most, first_year)
        return out
    of_quarter = guideline_ceiling(
        first_year, FIRST_YEAR_QUARTERS, planning.shares, planning.maintenance_per_week
    )
    return min(most, FIRST_YEAR_QUARTERS * of_quarter)


@phase
def _gap(
    theory: int, rewards: "Rewards", contract: int, insurer: int, kind: int, stage: int,
    lasting: bool, usual: int, mode: int, need: float, intake: "intake.Constants",
    modes: "modes.Constants",
) -> float:  # fmt: skip
    """Return the gap felt in a patient-year at need, EUR; for target income only.

    What the practice would lack over all its patients is not known before contracts are signed: it
    reckons with each patient as if all others were alike.
    """
    if theory != TARGET_INCOME:
        return 0.0
    cost, ratio = intake.cost, modes.cost_ratio
    if lasting:
        price = rewards.quarter[contract, insurer, kind, MAINTENANCE]
        lacking = lacking_share(
            income_of_quarter(
                rewards, HABIT_CONTRACT, insurer, kind, usual, need, 0.0, cost, ratio
            ),
            income_of_quarter(rewards, contract, insurer, kind, usual, need, price, cost, ratio),
        )
        return gap_in_quarter(
            theory, lacking, rewards, contract, insurer, kind, kind, usual, mode, need, price,
            price, cost, ratio,
        )  # fmt: skip
    cv = intake.cost_cv
    lacking = lacking_share(
        income_of_year(rewards, HABIT_CONTRACT, insurer, kind, stage, usual, need, cost, cv, ratio),
        income_of_year(rewards, contract, insurer, kind, stage, usual, need, cost, cv, ratio),
    )
    return gap_in_year(
        theory, lacking, rewards, contract, insurer, kind, kind, stage, usual, mode, need, cost,
        cv, ratio,
    )  # fmt: skip


@phase
def _year_under(
    contract: int, i: int, person: "Person", health: "Health", care: "Care", rewards: "Rewards",
    drives: "Drives", need: float, planning: "planning.Constants", intake: "intake.Constants",
    modes: "modes.Constants",
) -> tuple[float, float, float, float, float]:  # fmt: skip
    """Return a patient-year under a contract as the patient's therapist would fill it.

    Sessions and their mode are planned with the contract that the therapist has in mind; the money
    is that of the contract that holds.

    Returns:
        Money that counts, EUR; patient benefit, EUR; what of the money goes up and down with need,
        EUR; what a stop-loss pays of more need, EUR; from which multiple of need (0 without).
    """
    insurer, therapist = person.insurer[i], care.therapist[i]
    kind, stage = care.weight_class[i], health.gold[i] - GOLD_STAGES[0]
    lasting = care.quarter[i] >= FIRST_YEAR_QUARTERS
    theory = drives.theory[therapist]
    seen = contract_in_mind(theory, contract)
    own_rho = crowded_rho(drives.rho_sessions[therapist], rewards.crowding[seen, insurer])
    most = min(planning.most, intake.patient_limit * need)
    ceiling = _most_planned(
        care.profile[i], lasting, drives.keeps_guideline[therapist], most, planning, intake
    )
    usual = usual_mode(person.mode_luck[i], modes)
    gap = _gap(
        theory, rewards, seen, insurer, kind, stage, lasting, usual, usual, need, intake, modes
    )
    mode = choose_mode(
        person.mode_luck[i], rewards.session[seen, insurer, kind], planning.cost,
        min(need, ceiling), need, own_rho, planning.curvature, modes, theory, gap, intake.decay,
    )  # fmt: skip
    if mode != usual:
        gap = _gap(
            theory, rewards, seen, insurer, kind, stage, lasting, usual, mode, need, intake, modes
        )
    cost = planning.cost * modes.cost_ratio[mode]
    more = rewards.session[seen, insurer, kind, mode] + stop_loss_session(
        need, rewards.reference[seen, insurer, mode], intake.cost_cv,
        rewards.attachment[seen, insurer], rewards.stop_share[seen, insurer],
    )  # fmt: skip
    sessions = sessions_under(
        theory, need, own_rho, drives.norm[therapist], more, cost, planning.curvature,
        rewards.outcome_pay[seen, insurer, kind], rewards.floor[seen, insurer], ceiling, most, gap,
        planning.cost, intake.decay,
    )  # fmt: skip

    fixed = rewards.fixed[contract, insurer, kind, stage]
    if lasting:
        fixed = FIRST_YEAR_QUARTERS * rewards.quarter[contract, insurer, kind, MAINTENANCE]
    fee = rewards.session[contract, insurer, kind, mode]
    reference = rewards.reference[contract, insurer, mode]
    attachment = rewards.attachment[contract, insurer]
    stop_share = rewards.stop_share[contract, insurer]
    benefit = benefit_under(
        theory, modes.effect[mode] * sessions, need, planning.curvature, planning.cost, intake.decay
    )
    at_need = benefit_under(theory, need, need, planning.curvature, planning.cost, intake.decay)
    # Outcomes are measured, and paid, in a first quarter only.
    outcome_pay = 0.0 if lasting else rewards.outcome_pay[contract, insurer, kind]
    result = result_under(
        fixed, fee, cost, sessions, outcome_pay, benefit - at_need, reference, intake.cost_cv,
        attachment, stop_share,
    )  # fmt: skip
    result_at_need = result_under(
        fixed, fee, cost, need, outcome_pay, 0.0, reference, intake.cost_cv, attachment, stop_share
    )
    stopped, level = 0.0, 0.0
    if stop_share > 0.0 and sessions > 0.0:
        stopped, level = stop_share * sessions * reference, attachment / (sessions * reference)
    money = money_under(theory, result, result_at_need, gap)
    return money, benefit, (fee - cost) * sessions, stopped, level


@phase
def _room_of_year(room: np.ndarray, lasting: bool, intensive_quarters: int) -> float:
    """Return how far an insurer's limit lies above its offer for a patient-year, EUR.

    ``room`` is that of one weight class, EUR per quarter by phase, (3,).
    """
    if lasting:
        out: float = FIRST_YEAR_QUARTERS * room[MAINTENANCE]
        return out
    tapering = FIRST_YEAR_QUARTERS - intensive_quarters
    out = intensive_quarters * room[INTENSIVE] + tapering * room[TAPERING]
    return out


@phase
def _weigh(
    rows: int, month: int, person: "Person", health: "Health", care: "Care", rewards: "Rewards",
    drives: "Drives", years: np.ndarray, planning: "planning.Constants", intake: "intake.Constants",
    modes: "modes.Constants", room: np.ndarray, caseload: Caseload,
) -> None:  # fmt: skip
    """Add up what last year's patients would bring under the offered contract above the regular."""
    for i in range(rows):
        practice, insurer = care.treated_by[i], person.insurer[i]
        if practice < 0 or care.last_care[i] < month - MONTHS_PER_YEAR:
            continue
        therapist = care.therapist[i]
        theory = drives.theory[therapist]
        need = years[
            1 if care.quarter[i] >= FIRST_YEAR_QUARTERS else 0, care.weight_class[i]
        ]  # fmt: skip
        regular, benefit_regular, varies_regular, _, _ = _year_under(
            REGULAR_CONTRACT, i, person, health, care, rewards, drives, need, planning, intake,
            modes,
        )  # fmt: skip
        offered, benefit, varies, stopped, level = _year_under(
            POLICY_CONTRACT, i, person, health, care, rewards, drives, need, planning, intake,
            modes,
        )  # fmt: skip
        sd = result_sd(varies - varies_regular, stopped, intake.cost_cv, level)
        account = account_of(practice, insurer)
        caseload.patients[account] += 1.0
        caseload.euros[account] += euro_under(theory, offered)
        caseload.room[account] += _room_of_year(
            room[insurer, care.weight_class[i]], care.quarter[i] >= FIRST_YEAR_QUARTERS,
            planning.intensive_quarters,
        )  # fmt: skip
        caseload.gain[account] += offered - regular
        caseload.variance[account] += risk_under(theory, sd) ** 2
        caseload.benefit[account] += patient_weight_under(
            theory, drives.rho_sessions[therapist]
        ) * (benefit - benefit_regular)
