"""Phase: bills are settled. Every euro gets its line in the ledger."""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from model.codes import GOLD_STAGES, POLICY_CONTRACT, TREATED
from model.contracts.audit import Audit
from model.contracts.clause import Activity
from model.contracts.contract import Contract
from model.contracts.period_tariff import PeriodTariff
from model.contracts.prices import Prices, cents
from model.contracts.quarter_bundle import MONTHS_PER_QUARTER, phase_of
from model.ledger import Framework, Party
from model.month.other_care import settle_other_care
from model.month.overclaims import note_gradable, overclaims
from model.parameters import ParameterSet
from model.register import CARE_COST, account_of, record
from model.rules import phase

if TYPE_CHECKING:
    from model.register import Register
    from model.simulation import World
    from model.state import Care, Tally


@dataclass(frozen=True)
class Constants:
    """Amounts of this phase, in whole cents."""

    private_session: int
    admission: int
    attack: int
    other_care: np.ndarray
    hospital_month: int


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
        hospital_month=cents(p.hospital_session_cost * p.hospital_sessions_per_month),
    )


def settle_bills(world: "World") -> None:
    """Run the phase on a world."""
    _settle_physiotherapy(world)
    _settle_own_payments(world)
    settle_other_care(world)
    _note_care_cost(world)


def _settle_physiotherapy(world: "World") -> None:
    """Settle the contract's clauses, then let the deductible fall on the patient."""
    care, seen = world.care, world.in_care
    billed = seen[
        (care.sessions[seen] > 0) | (care.intake[seen] > 0) | (care.opened[seen] > 0)
        | (care.unused[seen] > 0)
    ]  # fmt: skip
    for number, contract, prices, ended in _contracts_to_settle(world):
        of_contract = billed
        if contract.find(PeriodTariff) is not None:  # paid for whoever is in care, session or not
            of_contract = np.union1d(billed, seen[care.status[seen] == TREATED])
        who = of_contract[care.contract[of_contract] == number]
        if world.former is not None and number == POLICY_CONTRACT:
            who = who[_began_before(world, who, world.contract_month) == ended]
        if who.size:
            supplement = world.supplement
            if ended:
                assert world.former is not None
                supplement = world.former.supplement
            _settle_contract(world, contract, prices, supplement, who)


def _contracts_to_settle(world: "World") -> list[tuple[int, Contract, Prices, bool]]:
    """Return number, contract, prices and whether it has ended, of each contract with bills."""
    out = [(n, contract, world.prices[n], False) for n, contract in enumerate(world.contracts)]
    former = world.former
    if former is not None and world.month < world.contract_month + MONTHS_PER_QUARTER:
        out.append((POLICY_CONTRACT, former.contract, former.prices, True))
    return out


def _began_before(world: "World", who: np.ndarray, month: int) -> np.ndarray:
    """Return for the listed patients whether their quarter began before a month."""
    result: np.ndarray = world.month - activity_of(world, who).quarter_month < month
    return result


def _settle_contract(
    world: "World",
    contract: Contract,
    prices: Prices,
    supplement: np.ndarray,
    who: np.ndarray,
) -> None:
    """Settle a month of one contract for the listed patients."""
    care, tally = world.care, world.tally
    practice, insurer = care.practice[who], care.payer[who]
    activity = activity_of(world, who, supplement)
    settled = contract.settle(activity, prices)
    for clause, amount in settled.paid.items():
        post_both_ways(world, clause, practice, insurer, who, amount)
    kept = np.zeros(who.size, dtype=np.int64)
    for kpi, amount in settled.withheld.items():
        post_both_ways(world, f"withheld_{kpi}", practice, insurer, who, -amount)
        world.books.withhold(kpi, practice, insurer, amount)
        kept += amount
    _recover_deductible(world, who, insurer, settled.care)
    months_later = months_in_next_year(world.month, care.quarter_month[who])
    later = settled.ahead * months_later // MONTHS_PER_QUARTER
    later += unused_next_year(world.month, activity.unused, settled.refund)
    _enter(
        who, practice, insurer, settled.care + settled.refund - later, later, kept, care, tally,
        world.books.revenue, world.practice_deferred, world.practice_tally.revenue,
    )  # fmt: skip
    if contract.per_patient:
        tally.overclaim[who] += overclaims(world, contract, prices, activity, settled, who)
        if contract.find(Audit) is not None:
            note_gradable(world, contract, prices, activity, who)


@phase
def _enter(
    who: np.ndarray,
    practice: np.ndarray,
    insurer: np.ndarray,
    now: np.ndarray,
    later: np.ndarray,
    kept: np.ndarray,
    care: "Care",
    tally: "Tally",
    books_revenue: np.ndarray,
    deferred: np.ndarray,
    revenue: np.ndarray,
) -> None:
    """Enter a month's payments: in the books, and on patients and practices.

    The books hold what was paid for this year's care, refunds taken off; patients and practices
    what is left after what insurers keep until KPIs are judged. Whole cents.
    """
    for k in range(who.size):
        i, at = who[k], practice[k]
        books_revenue[account_of(at, insurer[k])] += now[k]
        care.deferred[i] += later[k]
        deferred[at] += later[k]
        received = now[k] - kept[k]
        tally.paramedical[i] += received
        tally.total_care[i] += received
        tally.revenue[i] += received
        care.month_cost[i] += received
        revenue[at] += received


def activity_of(world: "World", who: np.ndarray, supplement: np.ndarray | None = None) -> Activity:
    """Return what was done this month for the listed patients, as their bills say.

    Args:
        world: A world.
        who: Rows of patients.
        supplement: Negotiated above the price of a bundle quarter by practice and insurer, cents;
            None for what holds now.
    """
    negotiated = world.supplement if supplement is None else supplement
    out = np.empty((len(fields(Activity)), who.size), dtype=np.int64)
    activity = Activity(*out)
    _read_activity(
        who, world.care, negotiated, int(world.p.intensive_quarters), activity.insurer,
        activity.sessions, activity.mode, activity.intake, activity.opened, activity.weight_class,
        activity.phase, activity.quarter_month, activity.unused, activity.in_care,
        activity.supplement,  # type: ignore[arg-type] # an array here
    )  # fmt: skip
    return activity


@phase
def _read_activity(
    who: np.ndarray,
    care: "Care",
    negotiated: np.ndarray,
    intensive_quarters: int,
    insurer: np.ndarray,
    sessions: np.ndarray,
    mode: np.ndarray,
    intake: np.ndarray,
    opened: np.ndarray,
    weight_class: np.ndarray,
    phase_now: np.ndarray,
    quarter_month: np.ndarray,
    unused: np.ndarray,
    in_care: np.ndarray,
    supplement: np.ndarray,
) -> None:
    for k in range(who.size):
        i = who[k]
        # The quarter counter has already moved on where a quarter ended this month.
        ended = care.quarter_month[i] == 0
        # Who breaks off has not lived this month of the quarter.
        lived = 0 if care.unused[i] > 0 else 1
        insurer[k] = care.payer[i]
        sessions[k] = care.sessions[i]
        mode[k] = care.mode[i]
        intake[k] = care.intake[i]
        opened[k] = care.opened[i]
        weight_class[k] = care.weight_class[i]
        phase_now[k] = phase_of(care.quarter[i] - ended, intensive_quarters)
        quarter_month[k] = (care.quarter_month[i] - lived) % MONTHS_PER_QUARTER
        unused[k] = care.unused[i]
        in_care[k] = care.status[i] == TREATED
        supplement[k] = negotiated[care.practice[i], care.payer[i]]


def post_both_ways(
    world: "World",
    clause: str,
    practice: np.ndarray,
    insurer: np.ndarray,
    who: np.ndarray,
    amount: np.ndarray,
) -> None:
    """Post paramedical amounts from insurer to practice; negative ones the other way round."""
    there, back = (Party.INSURER, insurer), (Party.PRACTICE, practice)
    some_back = who.size > 0 and int(amount.min()) < 0
    for payer, payee, cents_paid in (
        (there, back, np.maximum(amount, 0) if some_back else amount),
        (back, there, np.maximum(-amount, 0) if some_back else None),
    ):
        if cents_paid is not None:
            world.ledger.post(
                world.month, clause, Framework.PARAMEDICAL, *payer, *payee, who, insurer,
                cents_paid,
            )  # fmt: skip


def _recover_deductible(
    world: "World", who: np.ndarray, insurer: np.ndarray, paid: np.ndarray
) -> None:
    """Let patients pay their deductible to the insurer, as far as it is still open."""
    care = world.care
    own = np.minimum(np.maximum(paid, 0), care.deductible_left[who])
    care.deductible_left[who] -= own.astype(np.int32)
    world.ledger.post(
        world.month, "deductible", Framework.DEDUCTIBLE, Party.PATIENT, who, Party.INSURER, insurer,
        who, insurer, own,
    )  # fmt: skip
    world.tally.out_of_pocket[who] += own


def unused_next_year(month: int, unused: np.ndarray, amount: np.ndarray) -> np.ndarray:
    """Return the part of a refund of unused months that belongs to the next calendar year, cents.

    Args:
        month: Month number now; the first unused month.
        unused: Unused months, this one included.
        amount: Refund, negative cents.
    """
    next_year = np.maximum(0, unused.astype(np.int64) - (12 - month % 12))
    result: np.ndarray = amount * next_year // np.maximum(unused, 1)
    return result


def months_in_next_year(month: int, quarter_month: np.ndarray) -> np.ndarray:
    """Return how many months of a running quarter fall in the next calendar year, 0 to 2.

    Args:
        month: Month number now.
        quarter_month: Month of the quarter that comes next (0 if the quarter ends now).
    """
    months_to_go = (MONTHS_PER_QUARTER - quarter_month) % MONTHS_PER_QUARTER
    result: np.ndarray = np.maximum(0, months_to_go - (11 - month % 12)).astype(np.int64)
    return result


def bring_forward(world: "World") -> None:
    """Count, in January, the parts of last year's quarters that fall in this year.

    A bundle is paid when its quarter opens. Spending is counted in the year in which the care
    falls, so that the switch from paying afterwards to paying beforehand is no spending. It stays
    with the account that paid it.
    """
    who = np.flatnonzero(world.care.deferred != 0)
    count_care(world, who, world.care.deferred[who])
    world.care.month_cost[who] += world.care.deferred[who]
    world.books.earn(world.care.treated_by[who], world.care.payer[who], world.care.deferred[who])
    world.practice_tally.revenue[:] += world.practice_deferred
    world.care.deferred[:] = 0
    world.practice_deferred[:] = 0


def count_care(world: "World", who: np.ndarray, amount: np.ndarray) -> None:
    """Count an amount as this year's paramedical spending on these persons."""
    for column in (world.tally.paramedical, world.tally.total_care, world.tally.revenue):
        column[who] += amount


def count_other_care(world: "World", who: np.ndarray, amount: np.ndarray) -> None:
    """Count an amount that practices earn outside the paramedical framework."""
    for column in (world.tally.total_care, world.tally.revenue):
        column[who] += amount


def _settle_own_payments(world: "World") -> None:
    """Settle sessions above the maximum: supplementary cover if there is any, else the patient.

    They are no part of a bundle quarter, so the cover of the insurer one has now pays them.
    """
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
    credit(world, care.practice[who], amount)


def credit(world: "World", practice: np.ndarray, amount: np.ndarray) -> None:
    """Add amounts to the revenue of practices this year (whole cents, exact as floats)."""
    world.practice_tally.revenue[:] += np.bincount(
        practice, weights=amount, minlength=world.practices.count
    )


def _note_care_cost(world: "World") -> None:
    """Note what each treated patient's care cost this month, for shared savings.

    Savings are shared under the contract that pays the running quarter.
    """
    _note(
        world.in_care,
        world.health.gold,
        world.care,
        world.books.register,
    )


@phase
def _note(rows: np.ndarray, gold: np.ndarray, care: "Care", register: "Register") -> None:
    for i in rows:
        if care.status[i] == TREATED:
            account = account_of(care.practice[i], care.payer[i])
            euros = care.month_cost[i] / 100.0
            record(register, CARE_COST, account, care.weight_class[i], gold[i], euros)
