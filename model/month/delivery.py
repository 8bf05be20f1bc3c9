"""Phase: sessions are delivered. Patients attend or break off; whole sessions fall in months."""

import math
from collections import namedtuple

from model.codes import OUTSIDE, REGULAR_CONTRACT, TREATED
from model.contracts.bundle_quarter import MONTHS_PER_QUARTER
from model.month.planning import FIRST_YEAR_QUARTERS
from model.parameters import ParameterSet
from model.randomness import draw, stream
from model.rules import phase, rule

Constants = namedtuple(
    "Constants",
    "dropout_early dropout_late early_months dropout_per_ccq ccq_reference full_cost intake_ratio "
    "least_contacts minutes_session minutes_intake minutes_bundle",
)


EIGHT_WEEKS = 2  # months, rounded: the period of the drop-out studies
TWELVE_WEEKS = 3  # months, rounded: the length of a first programme


@rule
def dropout_chance(base, ccq, per_ccq, ccq_reference):
    """Return the monthly chance of breaking off: base x ratio ^ (CCQ - reference), at most 1.

    Drop-out rises with severity (clinical evidence, section 2.4).
    """
    return min(1.0, base * per_ccq ** (ccq - ccq_reference))


@rule
def sessions_upto(plan, month_of_quarter, rounding):
    """Return the whole sessions planned up to and including a month (0 to 2) of the quarter.

    floor(plan (m + 1) / 3 + u) with one u a quarter: whole sessions every month, and over many
    quarters exactly ``plan`` on average.
    """
    return math.floor(plan * (month_of_quarter + 1) / 3.0 + rounding)


def constants(p: ParameterSet) -> Constants:
    """Collect the parameters this phase uses."""
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
        minutes_bundle=p.admin_minutes_bundle_quarter,
    )


@phase
def register_quarter(i, care, least_contacts, claims_sessions, claims_quarters):
    """Enter a finished quarter, with all its sessions, in the register that prices are set from.

    Only whole quarters count (a quarter cut by New Year would look cheap), and only those that a
    bundle would pay. All sessions count, whoever paid: without maxima all of them are covered.
    Quarters cut short by death are left out.
    """
    if care.delivered[i] >= least_contacts:
        kind = 3 if care.quarter[i] >= FIRST_YEAR_QUARTERS else care.weight_class[i]
        claims_sessions[care.contract[i], kind] += care.delivered[i]
        claims_quarters[care.contract[i], kind] += 1


@phase
def _deliver(
    rows,
    month,
    person,
    health,
    care,
    tally,
    of_practice,
    c,
    maxima,
    claims_sessions,
    claims_quarters,
    load,
    cost_factor,
    luck_dropout,
):
    load[:] = 0.0
    for i in rows:
        if care.status[i] != TREATED:
            continue
        since = 3 * care.quarter[i] + care.quarter_month[i]
        if since > 0:
            base = c.dropout_early if since <= c.early_months else c.dropout_late
            chance = dropout_chance(base, health.ccq[i], c.dropout_per_ccq, c.ccq_reference)
            if draw(luck_dropout, i) < chance:
                care.status[i] = OUTSIDE
                # Nobody starts a new quarter inside a paid one.
                care.pause_until[i] = month - care.quarter_month[i] + MONTHS_PER_QUARTER
                register_quarter(i, care, c.least_contacts, claims_sessions, claims_quarters)
                tally.stopped[i] += 1
                tally.stopped_early[i] += since <= EIGHT_WEEKS
                tally.stopped_programme[i] += since <= TWELVE_WEEKS
                continue
        if month - care.treatment_year_start[i] >= 12:
            care.treatment_year_start[i] += 12
            care.covered_used[i] = 0
            care.first_year[i] = 0
        target = sessions_upto(care.plan[i], care.quarter_month[i], care.rounding[i])
        wanted = target - care.planned_so_far[i]
        care.planned_so_far[i] = target
        left = maxima[1 - care.first_year[i], care.filed_class[i]] - care.covered_used[i]
        covered = max(0, min(wanted, left))
        uncovered = wanted - covered if person.pays_above[i] == 1 else 0
        given = covered + uncovered
        contract = care.contract[i]
        care.sessions[i] = covered
        care.uncovered[i] = uncovered
        care.covered_used[i] += covered
        care.delivered[i] += given
        if given > 0:
            care.last_care[i] = month
        tally.sessions[i] += given
        practice = care.practice[i]
        cost = cost_factor[practice] * c.full_cost * (given + c.intake_ratio * care.intake[i])
        minutes = c.minutes_session * given + c.minutes_intake * care.intake[i]
        if (
            contract != REGULAR_CONTRACT
            and care.quarter_billed[i] == 0
            and care.delivered[i] >= c.least_contacts
        ):
            care.opened[i] = 1
            care.quarter_billed[i] = 1
            minutes += c.minutes_bundle
        tally.cost[i] += cost
        tally.admin[i] += minutes
        of_practice.cost[practice] += cost
        of_practice.admin[practice] += minutes
        of_practice.sessions[practice] += given
        load[practice] += care.plan[i] / 3.0
        care.quarter_month[i] += 1
        if care.quarter_month[i] == MONTHS_PER_QUARTER:
            register_quarter(i, care, c.least_contacts, claims_sessions, claims_quarters)
            care.quarter_month[i] = 0
            care.quarter[i] += 1


def deliver_sessions(world) -> None:
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
        world.constants["delivery"],
        world.maxima,
        world.claims.sessions,
        world.claims.quarters,
        world.load,
        world.practices.cost_factor,
        stream(seed, "break off", month),
    )
