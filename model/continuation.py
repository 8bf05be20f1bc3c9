"""Branching while a policy is in force: the same contract goes on, or another takes its place.

Contracts run from January, so that is when one can be changed. What both worlds share is all that
has happened; agents' standing (who offers, who drew the contract, what the regulator decided) goes
on with the contract. Where another contract takes its place it is offered anew, as in its first
year: prices come from last year's claims under any contract, and what was agreed under the old one
(a plan to improve, a loss of contract) ends with it. A quarter that has begun is finished and paid
under the contract and at the prices with which it began; it is not judged any more.
"""

from collections import namedtuple
from typing import TYPE_CHECKING

from model.codes import POLICY_CONTRACT, REGULAR_CONTRACT
from model.contracts.audit import Audit
from model.contracts.contract import Contract
from model.contracts.kpi import Kpi

if TYPE_CHECKING:
    from model.simulation import World

#: contract: One that has ended. prices: Of its last year. minutes: Administration of a quarter.
#: supplement: What practices had negotiated above its price, cents.
Former = namedtuple("Former", "contract prices minutes supplement")

MONTHS_PER_YEAR = 12


def check_month(world: "World") -> None:
    """Refuse to branch where contracts are running.

    Raises:
        ValueError: The policy is in force and it is not January.
    """
    if world.month > world.policy_month and world.month % MONTHS_PER_YEAR:
        raise ValueError("Contracts run from January: only then can a policy be changed.")


def take_over(world: "World", history: "World") -> None:
    """Let a new world go on where another stands in a January under a policy.

    Args:
        world: The new world; its state has been copied and its agents made.
        history: The world that it branches from.
    """
    world.former = history.former
    if world.policy.same_contract(history.policy):
        _go_on(world, history)
    else:
        _start_anew(world, history)
    world.set_quarter_minutes()


def _go_on(world: "World", history: "World") -> None:
    """Take over the standing of agents, and let a changed price lever move the prices."""
    world.contract_month = history.contract_month
    for mine, theirs in zip(world.insurers, history.insurers, strict=True):
        mine.offers = theirs.offers
    for mine, theirs in zip(world.practice_agents, history.practice_agents, strict=True):
        mine.willing = theirs.willing
    world.regulator.stopped = history.regulator.stopped
    world.regulator.price_factor = history.regulator.price_factor
    audit = history.contracts[-1].find(Audit)
    if audit is not None and audit.targeted:
        world.contracts = tuple(one.audited_at(audit.rate) for one in world.contracts)
    before = history.p.bundle_price_factor
    if world.bundle_prices is not None and world.p.bundle_price_factor != before:
        world.bundle_prices = world.bundle_prices * (world.p.bundle_price_factor / before)


def _start_anew(world: "World", history: "World") -> None:
    """End the contract that is in force; the phase of January opens the other one."""
    world.contract_month = world.month
    world.contract_of[:] = REGULAR_CONTRACT
    for standing in (world.books.lost, world.books.watched, world.books.missed):
        standing[:] = 0
    world.barred_until[:] = 0
    world.supplement[:] = 0
    world.offer_factor[:] = 1.0
    world.bundle_prices, world.side_payment = None, 0.0
    if history.policy.offers_contract and history.month > history.contract_month:
        ended = history.contracts[POLICY_CONTRACT]
        world.former = Former(
            Contract(tuple(one for one in ended.clauses if not isinstance(one, Kpi))),
            history.prices[POLICY_CONTRACT],
            ended.admin_minutes(history.p),
            history.supplement.copy(),
        )
