"""Phase: sessions are delivered. Patients attend or break off; whole sessions fall in months."""

import math
from collections import namedtuple
from typing import TYPE_CHECKING

import numpy as np

from agents.attending import (
    attendance,
    completion_ratio,
    dropout_chance,
    quintiles_below_middle,
)
from model.codes import (
    DIGITAL,
    GROUP,
    HEAVIEST,
    HOME,
    INDIVIDUAL,
    MODES,
    OUTSIDE,
    REGULAR_CONTRACT,
    TREATED,
)
from model.contracts.quarter_bundle import MONTHS_PER_QUARTER, phase_of
from model.disease import months_with
from model.parameters import ParameterSet
from model.population import income_shares
from model.randomness import draw, stream
from model.register import ADMISSIONS, DROPOUT, HEAVY_CLASS, TREATMENT_INDEX, account_of, record
from model.rules import phase, rule

if TYPE_CHECKING:
    from model.month import modes
    from model.register import Register
    from model.rewards import Rewards
    from model.simulation import World
    from model.state import Care, Health, Person, PracticeTally, Tally

Constants = namedtuple(
    "Constants",
    "dropout_early dropout_late early_months dropout_per_ccq ccq_reference full_cost intake_ratio "
    "least_contacts minutes_session minutes_intake intensive_quarters dropout_per_income "
    "income_typical dropout_mode attendance_per_ccq attendance_per_income ccq_typical "
    "below_typical attendance_margin",
)

ClaimColumns = namedtuple("ClaimColumns", "sessions value quarters")

#: Column quarter_billed: not yet, paid, or reached but not paid for (warranty).
BILLED, NOT_PAYABLE = 1, 2

#: Sessions of a life are counted up to here (the column is small).
LIFETIME_MOST = 32_000

#: The last three months of a twelve-month history (``model.state``, column admissions).
QUARTER_BITS = 0b111


EIGHT_WEEKS = 2  # months, rounded: the period of the drop-out studies
TWELVE_WEEKS = 3  # months, rounded: the length of a first programme


@rule
def sessions_upto(plan: float, month_of_quarter: int, rounding: float) -> int:
    """Return the whole sessions planned up to and including a month (0 to 2) of the quarter.

    floor(plan (m + 1) / 3 + u) with one u a quarter: whole sessions every month, and over many
    quarters exactly ``plan`` on average.
    """
    return math.floor(plan * (month_of_quarter + 1) / 3.0 + rounding)


def constants(p: ParameterSet) -> Constants:
    """Collect the parameters this phase uses."""
    shares = income_shares(p)
    below = np.array([quintiles_below_middle(income) for income in range(shares.size)])
    of_mode = np.ones(len(MODES))
    of_mode[DIGITAL] = completion_ratio(p.completion_digital, p.completion_centre)
    return Constants(
        dropout_early=p.dropout_early,
        dropout_late=p.dropout_late,
        early_months=int(p.dropout_early_months),
        dropout_per_ccq=p.dropout_per_ccq,
        ccq_reference=p.ccq_baseline_gold3,
        full_cost=100.0 * p.full_cost_per_session,
        intake_ratio=p.intake_to_session_tariff_ratio,
        least_contacts=int(p.bundle_min_contacts_to_claim),
        minutes_session=p.admin_minutes_session,
        minutes_intake=p.admin_minutes_intake,
        intensive_quarters=int(p.intensive_quarters),
        dropout_per_income=p.dropout_per_income_quintile,
        income_typical=float(shares @ p.dropout_per_income_quintile**below),
        dropout_mode=of_mode,
        attendance_per_ccq=p.attendance_per_ccq,
        attendance_per_income=p.attendance_per_income_quintile,
        ccq_typical=p.treated_ccq_typical,
        below_typical=float(shares @ below),
        attendance_margin=p.attendance_margin,
    )


@phase
def register_quarter(
    i: int,
    health: "Health",
    care: "Care",
    register: "Register",
    usual: np.ndarray,
    least_contacts: float,
    intensive_quarters: int,
    broken_off: float,
    claims: ClaimColumns,
    tariff_ratio: np.ndarray,
) -> None:
    """Enter a finished quarter in the registers: of claims, for prices, and of indicators.

    Only whole quarters count (a quarter cut by New Year would look cheap), and only those that a
    bundle would pay. All sessions count, whoever paid: without maxima all of them are covered.
    Quarters cut short by death are left out. A quarter is registered with the insurer that pays it,
    which is not the patient's own any more if it ran over New Year and the patient switched.

    ``usual`` are the sessions of such a quarter nationally last year, by weight class and phase,
    (3, 3); ``broken_off`` is 1 if the patient broke off.
    """
    kind, part = care.weight_class[i], phase_of(care.quarter[i], intensive_quarters)
    gold, account = health.gold[i], account_of(care.practice[i], care.payer[i])
    record(register, DROPOUT, account, kind, gold, broken_off)
    record(register, HEAVY_CLASS, account, kind, gold, 1.0 if kind == HEAVIEST else 0.0)
    admitted = months_with(health.admissions[i] & QUARTER_BITS)
    record(register, ADMISSIONS, account, kind, gold, float(admitted))
    if usual[kind, part] > 0.0:
        index = 100.0 * care.delivered[i] / usual[kind, part]
        record(register, TREATMENT_INDEX, account, kind, gold, index)
    if care.delivered[i] >= least_contacts:
        contract, insurer = care.contract[i], care.payer[i]
        value = care.delivered[i] * tariff_ratio[care.mode[i]]
        claims.sessions[contract, insurer, kind, part] += care.delivered[i]
        claims.value[contract, insurer, kind, part] += value
        claims.quarters[contract, insurer, kind, part] += 1.0


@phase
def _deliver(
    rows: np.ndarray,
    month: int,
    person: "Person",
    health: "Health",
    care: "Care",
    tally: "Tally",
    of_practice: "PracticeTally",
    register: "Register",
    reference_value: np.ndarray,
    usual: np.ndarray,
    c: Constants,
    modes: "modes.Constants",
    maxima: np.ndarray,
    self_paid: int,
    rewards: "Rewards",
    quarter_minutes: np.ndarray,
    claims: ClaimColumns,
    tariff_ratio: np.ndarray,
    reference_tariff: np.ndarray,
    load: np.ndarray,
    cost_factor: np.ndarray,
    luck_dropout: np.uint64,
) -> None:
    load[:] = 0.0
    for i in rows:
        if care.status[i] != TREATED:
            continue
        contract, insurer = care.contract[i], care.payer[i]
        # Under the fee too: the price of a bundle comes from quarters that a bundle would pay.
        least_contacts = max(c.least_contacts, rewards.least_contacts[contract, insurer])
        since = 3 * care.quarter[i] + care.quarter_month[i]
        if since > 0:
            base = c.dropout_early if since <= c.early_months else c.dropout_late
            chance = dropout_chance(
                base, health.ccq[i], c.dropout_per_ccq, c.ccq_reference,
                quintiles_below_middle(person.income[i]), c.dropout_per_income, c.income_typical,
                c.dropout_mode[care.mode[i]],
            )  # fmt: skip
            if draw(luck_dropout, i) < chance:
                care.status[i] = OUTSIDE
                # Nobody starts a new quarter inside a paid one.
                care.pause_until[i] = month - care.quarter_month[i] + MONTHS_PER_QUARTER
                if care.quarter_month[i] > 0:
                    if care.quarter_billed[i] == BILLED:
                        care.unused[i] = MONTHS_PER_QUARTER - care.quarter_month[i]
                    register_quarter(
                        i, health, care, register, usual, least_contacts,
                        c.intensive_quarters, 1.0, claims, tariff_ratio,
                    )  # fmt: skip
                tally.stopped[i] += 1
                tally.stopped_early[i] += since <= EIGHT_WEEKS
                tally.stopped_programme[i] += since <= TWELVE_WEEKS
                continue
        if month - care.treatment_year_start[i] >= 12:
            care.treatment_year_start[i] += 12
            care.covered_used[i] = 0
            care.first_year[i] = 0
        if care.quarter_month[i] == 0:
            care.attends[i] = attendance(
                health.ccq[i], c.attendance_per_ccq, c.ccq_typical,
                quintiles_below_middle(person.income[i]), c.attendance_per_income, c.below_typical,
                c.attendance_margin,
            )  # fmt: skip
        attended = care.attends[i] * care.plan[i]
        target = sessions_upto(attended, care.quarter_month[i], care.rounding[i])
        wanted = target - care.planned_so_far[i]
        care.planned_so_far[i] = target
        left = maxima[1 - care.first_year[i], care.filed_class[i]] - care.covered_used[i]
        # The first sessions of a condition may be for the patient's own account.
        own = max(0, min(wanted, self_paid - care.lifetime_sessions[i]))
        covered = max(0, min(wanted - own, left))
        uncovered = own + (wanted - own - covered if person.pays_above[i] == 1 else 0)
        given = covered + uncovered
        mode = care.mode[i]
        care.sessions[i] = covered
        care.uncovered[i] = uncovered
        care.covered_used[i] += covered
        care.delivered[i] += given
        care.lifetime_sessions[i] = min(LIFETIME_MOST, care.lifetime_sessions[i] + given)
        if given > 0:
            care.last_care[i] = month
        tally.sessions[i] += given
        if mode == GROUP:
            tally.grouped[i] += given
        elif mode == DIGITAL:
            tally.digital[i] += given
        practice = care.practice[i]
        value = given * reference_tariff[mode]
        reference_value[account_of(practice, insurer)] += value
        if contract != REGULAR_CONTRACT:
            tally.policy_value[i] += value
        usual_cost = c.full_cost * (
            modes.cost_ratio[mode] * given + c.intake_ratio * care.intake[i]
        )
        cost = cost_factor[practice] * usual_cost
        minutes = c.minutes_session * given + c.minutes_intake * care.intake[i]
        if (
            contract != REGULAR_CONTRACT
            and care.quarter_billed[i] == 0
            and care.delivered[i] >= least_contacts
        ):
            # A relapse within the warranty is treated, but not paid for again.
            payable = month >= care.warranty_until[i]
            care.opened[i] = 1 if payable else 0
            care.quarter_billed[i] = BILLED if payable else NOT_PAYABLE
            minutes += quarter_minutes[contract]
        tally.cost[i] += cost
        tally.admin[i] += minutes
        of_practice.cost[practice] += cost
        of_practice.usual_cost[practice] += usual_cost
        of_practice.admin[practice] += minutes
        of_practice.sessions[practice] += given
        load[practice] += modes.cost_ratio[mode] * care.plan[i] / 3.0
        care.quarter_month[i] += 1
        if care.quarter_month[i] == MONTHS_PER_QUARTER:
            register_quarter(
                i, health, care, register, usual, least_contacts, c.intensive_quarters,
                0.0, claims, tariff_ratio,
            )  # fmt: skip
            care.quarter_month[i] = 0
            care.quarter[i] += 1


def reference_tariff(tariffs: np.ndarray) -> np.ndarray:
    """Return what a session of each mode counts for in the year's reckoning, cents, (4,).

    Its own tariff; but a session at home counts as one in the practice.
    """
    by_mode = tariffs.copy()
    by_mode[HOME] = tariffs[INDIVIDUAL]
    return by_mode


def tariff_ratio(tariffs: np.ndarray) -> np.ndarray:
    """Return the session tariff of each mode against that of an individual session, (4,)."""
    individual = float(tariffs[INDIVIDUAL])
    return tariffs / individual if individual > 0.0 else np.ones(tariffs.size)


def deliver_sessions(world: "World") -> None:
    """Run the phase on a world; also renews each practice's load for the next intake."""
    month, seed = world.month, world.seed
    _deliver(
        world.in_care,
        month,
        world.person,
        world.health,
        world.care,
        world.tally,
        world.practice_tally,
        world.books.register,
        world.books.reference_value,
        world.books.usual_sessions,
        world.constants["delivery"],
        world.constants["modes"],
        world.maxima,
        world.self_paid,
        world.rewards,
        world.quarter_minutes,
        ClaimColumns(world.claims.sessions, world.claims.value, world.claims.quarters),
        tariff_ratio(world.prices[REGULAR_CONTRACT].session),
        reference_tariff(world.prices[REGULAR_CONTRACT].session),
        world.load,
        world.practices.cost_factor,
        stream(seed, "break off", month),
    )
