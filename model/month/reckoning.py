"""Phase (December): the year is reckoned up. Audits, KPIs, risk sharing, clawback, equalisation."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from model import register as registers
from model.codes import ALIVE, INSURERS, NO_ACCOUNT, POLICY_CONTRACT, TREATED
from model.contracts.audit import Audit
from model.contracts.contract import Contract
from model.contracts.macro_clawback import MacroClawback, levies
from model.contracts.prices import cents
from model.contracts.stop_loss import StopLoss
from model.contracts.year import Accounts, Files
from model.expectations import MINUTES_PER_HOUR, full_minute_cost, minute_cost
from model.ledger import NOBODY, Framework, Party
from model.month.settlement import count_care, count_other_care, credit, post_both_ways
from model.randomness import draw, draws, stream
from model.register import account_of
from model.risk_equalisation import equalise
from model.share_out import share_out

if TYPE_CHECKING:
    from model.simulation import World


def reckon_year(world: "World") -> None:
    """Run the phase on a world."""
    if world.policy_holds and world.policy.offers_contract:
        contract = world.contracts[POLICY_CONTRACT]
        patients = _patients(world)
        ceded = _settle_files(world, contract, patients)
        _settle_accounts(world, contract, patients, ceded)
        _claw_back(world, contract)
    if not world.policy_holds:
        world.books.reference_spending = int(world.tally.paramedical.sum())
    world.insurer_years.append(equalise(world))


def _patients(world: "World") -> np.ndarray:
    """Return the rows of everybody of whom a quarter under the policy's contract ran this year.

    Whatever contract the last quarter of the year was under: who switched in January to an insurer
    that does not offer it, or went on at a practice that has left it, still has a file.
    """
    return np.flatnonzero((world.care.policy_account >= 0) & _cared_for(world))


def _cared_for(world: "World") -> np.ndarray:
    """Return for everybody whether there was or was paid any physiotherapy this year."""
    result: np.ndarray = (world.tally.paramedical != 0) | (world.tally.sessions > 0)
    return result


def note_running_quarters(world: "World") -> None:
    """Note, in January, whose quarter under the policy's contract runs on into the new year.

    Also of those who left or died, as long as part of what was paid falls in this year. To be
    called before what was paid ahead is counted. Where another contract has just taken the place of
    one, nobody: what began under the former is not judged any more.
    """
    care = world.care
    if world.former is not None and world.month == world.contract_month:
        care.policy_account[:] = NO_ACCOUNT
        return
    runs = (care.status == TREATED) & (care.quarter_month > 0) | (care.deferred != 0)
    runs &= care.contract == POLICY_CONTRACT
    care.policy_account[~runs] = NO_ACCOUNT


def files_of(world: "World", rows: np.ndarray) -> Files:
    """Return the patient-years of the listed rows.

    A file lies with the practice and the insurer of the last quarter under the contract, which need
    not be those of December, and holds what was done under it. Who had two of them in a year (by
    switching insurer) has one file, with the second.
    """
    practice, insurer = np.divmod(world.care.policy_account[rows], len(INSURERS))
    return Files(
        practice=practice,
        insurer=insurer,
        cost=world.tally.policy_value[rows],
        overclaim=world.tally.overclaim[rows],
        luck_audit=draws(stream(world.seed, "audit file", world.month), rows),
        luck_detect=draws(stream(world.seed, "audit finds", world.month), rows),
        watched=world.books.watched[practice, insurer].astype(np.int8),
    )


def _settle_files(world: "World", contract: Contract, rows: np.ndarray) -> np.ndarray:
    """Settle audits and stop-loss, patient by patient; return stop-loss per account, cents."""
    ceded = np.zeros(world.contract_of.size, dtype=np.int64)
    if rows.size == 0:
        return ceded
    files, stop = files_of(world, rows), contract.find(StopLoss)
    settled = contract.settle_files(files)
    for clause, amount in settled.items():
        post_both_ways(world, clause, files.practice, files.insurer, rows, amount)
        count_care(world, rows, amount)
        credit(world, files.practice, amount)
        if stop is not None and clause == stop.name:
            np.add.at(ceded, world.care.policy_account[rows], amount)
    audit = contract.find(Audit)
    if audit is not None:
        caught = settled[audit.name] < 0
        np.add.at(world.practice_tally.caught, files.practice[caught], 1.0)
        learn_from_files(world, audit, files, rows)
        _pay_for_audits(world, audit, files, rows)
    return ceded


def learn_from_files(world: "World", audit: Audit, files: Files, rows: np.ndarray) -> None:
    """Count the audited files that say how many upcode, and those in which it was found.

    They are the files on which a lot fell, watched or not (those audited only because a practice is
    watched are no sample), and that were paid by a class that could be too heavy: an audit repeats
    both tests, so it sees which. A quarter opened without need is asked back too, but says nothing
    about the class.
    """
    tally, books = world.tally, world.books
    sampled = audit.sampled(files) & (tally.gradable[rows] > 0)
    books.audited = int(sampled.sum())
    books.found = int((sampled & audit.finds(files) & (tally.too_heavy[rows] > 0)).sum())


def _pay_for_audits(world: "World", audit: Audit, files: Files, rows: np.ndarray) -> None:
    """Let insurers pay their auditors, and practices the time it takes them."""
    checked = audit.audited(files)
    who, insurer, practice = rows[checked], files.insurer[checked], files.practice[checked]
    world.ledger.post(
        world.month, "audit_cost", Framework.INSURER_RESULT, Party.INSURER, insurer,
        Party.ADMINISTRATION, np.int32(0), who, insurer,
        np.full(who.size, audit.insurer_cost_cents, dtype=np.int64),
    )  # fmt: skip
    own = cents(audit.practice_cost)
    world.tally.cost[who] += own
    np.add.at(world.practice_tally.cost, practice, own)
    minutes = audit.minutes(full_minute_cost(world.p))
    world.tally.admin[who] += minutes
    np.add.at(world.practice_tally.admin, practice, minutes)


def accounts_of(
    world: "World", contract: Contract, rows: np.ndarray, ceded: np.ndarray
) -> Accounts:
    """Return the practice-years under the policy's contract, one row per practice and insurer."""
    books = world.books
    signed = (world.contract_of == POLICY_CONTRACT).ravel()
    measured = books.register.count.sum(axis=0) > 0
    kept = sum((amount != 0 for amount in books.withheld.values()), np.zeros(signed.size, bool))
    known = (books.quarters > 0) | (books.revenue != 0) | measured
    # What was withheld is judged even where the contract has ended since.
    mine = np.flatnonzero((signed & known) | kept)
    practice, insurer = mine // len(INSURERS), mine % len(INSURERS)
    account, size = world.care.policy_account[rows], signed.size
    group = world.practices.groups(contract.terms.pooled_practices)
    years = [books.register, *books.before]
    care, target = (
        np.rint(100.0 * getattr(books.register, part)[registers.CARE_COST, mine]).astype(np.int64)
        for part in ("total", "expected")
    )
    before = books.last_revenue[mine] / np.maximum(books.last_quarters[mine], 1.0)
    return Accounts(
        practice=practice,
        insurer=insurer,
        pools={
            "contract": np.arange(mine.size),
            "practice": practice,
            "group": group[practice],
            "region": world.practices.region[practice].astype(np.int64),
        },
        patients=np.bincount(account, minlength=size)[mine],
        revenue=books.revenue[mine],
        revenue_before=before,
        quarters=books.quarters[mine],
        reference_cost=books.reference_value[mine],
        care_cost=care,
        target_cost=target,
        measured=registers.tallies(years, mine),
        icc=world.p.kpi_icc_practice,
        ceded=ceded[mine],
        withheld={
            kpi.name: books.withheld.get(kpi.name, np.zeros(size, dtype=np.int64))[mine]
            for kpi in contract.kpis
        },
    )


def _settle_accounts(
    world: "World", contract: Contract, rows: np.ndarray, ceded: np.ndarray
) -> None:
    """Settle KPIs and risk sharing, practice by practice, and see who is watched or loses."""
    accounts = accounts_of(world, contract, rows, ceded)
    if accounts.count == 0:
        return
    for clause, amount in contract.settle_accounts(accounts).items():
        nobody = np.full(accounts.count, NOBODY, dtype=np.int32)
        post_both_ways(world, clause, accounts.practice, accounts.insurer, nobody, amount)
        _spread(world, rows, accounts, amount, count_care)
        credit(world, accounts.practice, amount)
    mine = account_of(accounts.practice, accounts.insurer)
    _spread(world, rows, accounts, world.books.lump_sums[mine], count_care)
    _spread(world, rows, accounts, world.books.other_lump_sums[mine], count_other_care)
    _follow_up(world, contract, accounts)


def _spread(
    world: "World",
    rows: np.ndarray,
    accounts: Accounts,
    amount: np.ndarray,
    count: Callable[..., None],
) -> None:
    """Count an account's amount on its patients, in proportion to what was paid for each.

    The ledger keeps the practice's own line; this only says in whose care the money counts. What
    belongs to an account whose patients have all gone elsewhere is spread over everybody.
    """
    if not amount.any():
        return
    number = np.full(world.contract_of.size, -1, dtype=np.int64)
    number[account_of(accounts.practice, accounts.insurer)] = np.arange(accounts.count)
    group = number[world.care.policy_account[rows]]
    has_patients = np.zeros(accounts.count, dtype=bool)
    has_patients[group[group >= 0]] = True
    weight = np.maximum(world.tally.paramedical, 0)
    own, group = rows[group >= 0], group[group >= 0]
    count(world, own, share_out(np.where(has_patients, amount, 0), weight[own], group))
    rest = np.array([amount[~has_patients].sum()])
    if rest.any():
        everybody = _everybody(world, rows)
        nobodys = share_out(rest, weight[everybody], np.zeros(everybody.size, dtype=np.int64))
        count(world, everybody, nobodys)


def _everybody(world: "World", rows: np.ndarray) -> np.ndarray:
    """Return the rows in whose care counts what no patient of its account is left to bear.

    Everybody with a file under the contract (``rows``). In a small world nobody may have one: then
    everybody cared for this year, or, in a year without any care, everybody alive.
    """
    if rows.size:
        return rows
    cared_for = np.flatnonzero(_cared_for(world))
    return cared_for if cared_for.size else np.flatnonzero(world.health.alive == ALIVE)


def _follow_up(world: "World", contract: Contract, accounts: Accounts) -> None:
    """Watch, set on a plan, or end the contract of practices that missed a KPI."""
    books = world.books
    books.watched[:] = False
    on_plan = np.zeros(accounts.count, dtype=bool)
    for kpi in contract.kpis:
        if kpi.consequence not in ("audit", "improvement_plan", "loss_of_contract"):
            continue
        missed = kpi.verdict(accounts).missed
        practice, insurer = accounts.practice[missed], accounts.insurer[missed]
        if kpi.consequence == "audit":
            books.watched[practice, insurer] = True
        elif kpi.consequence == "loss_of_contract":
            books.lost[practice, insurer] = True
        else:
            on_plan |= missed
    _plan_or_end(world, accounts, on_plan)


def _plan_or_end(world: "World", accounts: Accounts, missed: np.ndarray) -> None:
    """Start an improvement plan after a first year missed, end the contract after a second."""
    books = world.books
    before = books.missed[accounts.practice, accounts.insurer]
    now = np.where(missed, before + 1, 0).astype(np.int8)
    books.missed[accounts.practice, accounts.insurer] = now
    first, again = now == 1, now >= 2
    minutes = MINUTES_PER_HOUR * world.p.admin_hours_improvement_plan
    planned = np.unique(accounts.practice[first])
    world.practice_tally.admin[planned] += minutes
    world.practice_tally.cost[planned] += 100.0 * minutes * minute_cost(world.p)
    books.lost[accounts.practice[again], accounts.insurer[again]] = True


def _claw_back(world: "World", contract: Contract) -> None:
    """Recover an overrun of the framework from all practices, if the ministry does so."""
    clause = contract.find(MacroClawback)
    world.books.overrun_rate = 0.0
    if clause is None:
        return
    spent = int(world.tally.paramedical.sum())
    overrun = max(0, spent - world.macro_ceiling())
    turnover = world.books.revenue.reshape(world.contract_of.shape)
    total = max(1, int(turnover.sum()))
    world.books.overrun_rate = clause.probability * overrun / total
    if draw(stream(world.seed, "macro clawback", world.month), 0) >= clause.probability:
        return
    amount = levies(overrun, turnover.ravel())
    practice, insurer = np.divmod(np.arange(amount.size), len(INSURERS))
    world.ledger.post(
        world.month, clause.name, Framework.PARAMEDICAL, Party.PRACTICE, practice,
        Party.GOVERNMENT, np.int32(0), np.int32(NOBODY), insurer, amount,
    )  # fmt: skip
    credit(world, practice, -amount)
    paid = np.flatnonzero(world.tally.paramedical > 0)
    spread = share_out(
        np.array([amount.sum()]), world.tally.paramedical[paid], np.zeros(paid.size, np.int64)
    )
    count_care(world, paid, -spread)
