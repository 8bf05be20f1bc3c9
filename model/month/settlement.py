"""Phase: bills are settled. Every euro gets its line in the ledger."""

from dataclasses import dataclass

import numpy as np

from model.codes import ALIVE, GOLD_STAGES, INSURERS
from model.contracts.bundle_quarter import MONTHS_PER_QUARTER, BundleQuarter
from model.contracts.clause import Activity
from model.contracts.prices import cents
from model.ledger import NOBODY, Framework, Party
from model.month.planning import FIRST_YEAR_QUARTERS
from model.parameters import ParameterSet
from model.rules import phase


@dataclass(frozen=True)
class Constants:
    """Amounts of this phase, in whole cents."""

    private_session: int
    admission: int
    attack: int
    other_care: np.ndarray


def constants(p: ParameterSet) -> Constants:
    """Collect the amounts this phase uses.

    Other COPD care (medicines, GP) is the mean cost per patient without its hospital part, which
    the model counts itself, times the weight of the GOLD stage.
    """
    rest = p.copd_care_cost_per_patient_quarter_2019 * (1.0 - p.hospital_share_of_copd_cost) / 3.0
    weights = [p[f"cost_weight_gold_{stage}"] for stage in GOLD_STAGES]
    return Constants(
        private_session=cents(p.session_tariff_private),
        admission=cents(p.cost_exacerbation_severe_2025),
        attack=cents(p.cost_exacerbation_moderate_2025),
        other_care=np.array([cents(rest * weight) for weight in weights]),
    )


def settle_bills(world) -> None:
    """Run the phase on a world."""
    _settle_physiotherapy(world)
    _settle_own_payments(world)
    _settle_lung_attacks(world)
    _settle_other_care(world)


def _settle_physiotherapy(world) -> None:
    """Settle the contract's clauses, then let the deductible fall on the patient."""
    care, person, tally, seen = world.care, world.person, world.tally, world.in_care
    billed = seen[(care.sessions[seen] > 0) | (care.intake[seen] > 0) | (care.opened[seen] > 0)]
    for number, contract in enumerate(world.contracts):
        who = billed[care.contract[billed] == number]
        if who.size == 0:
            continue
        # The quarter counter has already moved on where a quarter ended this month.
        quarter = care.quarter[who] - (care.quarter_month[who] == 0)
        activity = Activity(
            sessions=care.sessions[who],
            intake=care.intake[who],
            opened=care.opened[who],
            weight_class=care.weight_class[who],
            maintenance=(quarter >= FIRST_YEAR_QUARTERS).astype(np.int8),
        )
        practice, insurer = care.practice[who], person.insurer[who]
        paid = np.zeros(who.size, dtype=np.int64)
        later = np.zeros(who.size, dtype=np.int64)
        months_later = months_in_next_year(world.month, care.quarter_month[who])
        for clause, amount in contract.settle(activity, world.prices[number]).items():
            if clause == BundleQuarter.name:
                later = amount * months_later // MONTHS_PER_QUARTER
            world.ledger.post(
                world.month,
                clause,
                Framework.PARAMEDICAL,
                Party.INSURER,
                insurer,
                Party.PRACTICE,
                practice,
                who,
                insurer,
                amount,
            )
            paid += amount
        own = np.minimum(paid, care.deductible_left[who])
        care.deductible_left[who] -= own.astype(np.int32)
        world.ledger.post(
            world.month,
            "deductible",
            Framework.DEDUCTIBLE,
            Party.PATIENT,
            who,
            Party.INSURER,
            insurer,
            who,
            insurer,
            own,
        )
        tally.out_of_pocket[who] += own
        care.deferred[who] += later
        world.practice_deferred += np.bincount(practice, later, world.practices.count)
        _count(world, who, paid - later)
        _credit(world, practice, paid - later)


def months_in_next_year(month: int, quarter_month: np.ndarray) -> np.ndarray:
    """Return how many months of a running quarter fall in the next calendar year, 0 to 2.

    Args:
        month: Month number now.
        quarter_month: Month of the quarter that comes next (0 if the quarter ends now).
    """
    months_to_go = (MONTHS_PER_QUARTER - quarter_month) % MONTHS_PER_QUARTER
    return np.maximum(0, months_to_go - (11 - month % 12)).astype(np.int64)


def bring_forward(world) -> None:
    """Count, in January, the parts of last year's quarters that fall in this year.

    A bundle is paid when its quarter opens. Spending is counted in the year in which the care
    falls, so that the switch from paying afterwards to paying beforehand is no spending.
    """
    who = np.flatnonzero(world.care.deferred)
    _count(world, who, world.care.deferred[who])
    world.practice_tally.revenue[:] += world.practice_deferred
    world.care.deferred[:] = 0
    world.practice_deferred[:] = 0


def _count(world, who: np.ndarray, amount: np.ndarray) -> None:
    """Count an amount as this year's paramedical spending on these persons."""
    for column in (world.tally.paramedical, world.tally.total_care, world.tally.revenue):
        column[who] += amount


def _settle_own_payments(world) -> None:
    """Settle sessions above the maximum: supplementary cover if there is any, else the patient."""
    care, person, tally = world.care, world.person, world.tally
    who = world.in_care[care.uncovered[world.in_care] > 0]
    amount = care.uncovered[who].astype(np.int64) * world.constants["settlement"].private_session
    covered = person.supplementary[who] == 1
    for party, mask in ((Party.SUPPLEMENTARY, covered), (Party.PATIENT, ~covered)):
        row = who[mask]
        payer = person.insurer[row] if party is Party.SUPPLEMENTARY else row
        world.ledger.post(
            world.month,
            "above_maximum",
            Framework.OUTSIDE,
            party,
            payer,
            Party.PRACTICE,
            care.practice[row],
            row,
            person.insurer[row],
            amount[mask],
        )
    tally.out_of_pocket[who[~covered]] += amount[~covered]
    tally.total_care[who] += amount
    tally.revenue[who] += amount
    _credit(world, care.practice[who], amount)


def _credit(world, practice: np.ndarray, amount: np.ndarray) -> None:
    """Add amounts to the revenue of practices this year (whole cents, exact as floats)."""
    world.practice_tally.revenue[:] += np.bincount(
        practice, weights=amount, minlength=world.practices.count
    )


def _settle_lung_attacks(world) -> None:
    """Settle admissions (hospital) and other lung attacks (GP, medicines)."""
    health, rows, c = world.health, world.rows, world.constants["settlement"]
    struck = np.flatnonzero(health.struck[:rows])
    admitted = health.struck[struck] == 2
    for row, clause, framework, payee, amount in (
        (struck[admitted], "admission", Framework.HOSPITAL, Party.HOSPITAL, c.admission),
        (
            struck[~admitted],
            "lung_attack",
            Framework.OTHER_CURATIVE,
            Party.OTHER_PROVIDERS,
            c.attack,
        ),
    ):
        insurer = world.person.insurer[row]
        world.ledger.post(
            world.month,
            clause,
            framework,
            Party.INSURER,
            insurer,
            payee,
            np.int32(0),
            row,
            insurer,
            np.full(row.size, amount, dtype=np.int64),
        )
        world.tally.total_care[row] += amount


def _settle_other_care(world) -> None:
    """Settle the steady cost of COPD care outside physiotherapy, one line per insurer."""
    by_insurer = _other_care(
        world.rows,
        world.health,
        world.person,
        world.tally,
        world.constants["settlement"].other_care,
        len(INSURERS),
    )
    number = np.arange(len(INSURERS))
    world.ledger.post(
        world.month,
        "other_copd_care",
        Framework.OTHER_CURATIVE,
        Party.INSURER,
        number,
        Party.OTHER_PROVIDERS,
        np.int32(0),
        np.int32(NOBODY),
        number,
        by_insurer,
    )


@phase
def _other_care(rows, health, person, tally, by_stage, insurers):
    """Add the month's amount to everyone alive; return the sum per insurer, cents."""
    total = np.zeros(insurers, dtype=np.int64)
    for i in range(rows):
        if health.alive[i] == ALIVE:
            amount = by_stage[health.gold[i] - GOLD_STAGES[0]]
            tally.total_care[i] += amount
            total[person.insurer[i]] += amount
    return total
