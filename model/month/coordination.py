"""Phase: lump sums for coordinating groups of patients are paid, where a contract has them."""

from typing import TYPE_CHECKING

import numpy as np

from model.codes import INSURERS, POLICY_CONTRACT, TREATED
from model.contracts.coordination_lump_sum import CoordinationLumpSum
from model.coordination import starts
from model.ledger import NOBODY, Framework, Party
from model.month.settlement import credit
from model.randomness import draws, stream
from model.register import account_of

if TYPE_CHECKING:
    from model.simulation import World


def pay_coordination(world: "World") -> None:
    """Run the phase on a world: practices with a contract may start in any month until the end."""
    if not (world.policy_holds and world.policy.offers_contract):
        return
    clause = world.contracts[POLICY_CONTRACT].find(CoordinationLumpSum)
    if clause is None or world.month >= last_month(world):
        return
    luck = draws(stream(world.seed, "start coordination", world.month), world.practices.count)
    signed = (world.contract_of == POLICY_CONTRACT).any(axis=1)
    luck = np.where(signed, luck, 1.0)
    books = world.books
    books.coordination_from = starts(
        luck, books.coordination_from, world.month, clause.start_rate
    ).astype(np.int16)
    _pay(world, clause)


def last_month(world: "World") -> int:
    """Return the month number in which the experiment has ended."""
    p = world.p
    years = int(p.coordination_experiment_end_year) - world.span.first_year
    return 12 * years + int(p.coordination_experiment_end_month) - 1


def _pay(world: "World", clause: CoordinationLumpSum) -> None:
    """Pay each insurer's part for the patients a practice treats this month.

    A month's amount and no part of a quarter, so it is paid by the insurer one has this month.
    """
    care = world.care
    rows = world.in_care[care.status[world.in_care] == TREATED]
    account = account_of(care.practice[rows], world.person.insurer[rows])
    patients = np.bincount(account, minlength=world.contract_of.size)
    of_practice = patients.reshape(-1, len(INSURERS)).sum(axis=1)
    started = world.books.coordination_from <= world.month
    signed = (world.contract_of == POLICY_CONTRACT).ravel()
    paid = np.flatnonzero(signed & np.repeat(started, len(INSURERS)) & (patients > 0))
    practice, insurer = paid // len(INSURERS), paid % len(INSURERS)
    share = patients[paid] / of_practice[practice]
    amount = clause.monthly_cents(share)
    paramedical = np.rint(clause.paramedical_share * amount).astype(np.int64)
    for framework, part in (
        (Framework.PARAMEDICAL, paramedical),
        (Framework.OTHER_CURATIVE, amount - paramedical),
    ):
        world.ledger.post(
            world.month, clause.name, framework, Party.INSURER, insurer, Party.PRACTICE, practice,
            np.int32(NOBODY), insurer, part,
        )  # fmt: skip
    world.books.lump_sums[paid] += paramedical
    world.books.other_lump_sums[paid] += amount - paramedical
    credit(world, practice, amount)
