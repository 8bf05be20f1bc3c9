"""A small world in December, for tests of the reckoning."""

import numpy as np

from model.codes import INSURERS, POLICY_CONTRACT
from model.contracts.flat_bundle import FlatBundle
from model.contracts.intake_fee import IntakeFee
from model.contracts.year import Accounts
from model.month import reckoning
from model.parameters import load_registry
from model.policy import Policy
from model.population import Size
from model.schedule import MONTH
from model.simulation import Span, World

P = load_registry().values()
SPAN = Span(2024, 2025, 2026)
DECEMBER_2025, DECEMBER_2026 = 23, 35
#: Prices that cannot move, so that only the clause in question does.
BUNDLE = (IntakeFee(), FlatBundle(prices=(300.0, 150.0)))
#: Nobody can give up less than none of the patients: a bar that every practice misses.
UNREACHABLE = {"indicator": "dropout", "at_most": -1.0, "minimum_patients": 1.0}


def world(*clauses, p=P, policy=None, until=DECEMBER_2025, patients=300) -> World:
    """A world of 300 patients under the flat bundle and more clauses, up to a December."""
    policy = policy or Policy(clauses=(*BUNDLE, *clauses))
    return World(p, policy, 1, Size.of_treated(p, patients), SPAN).run(until)


def before_reckoning(w: World) -> World:
    """Run this month up to the reckoning, so that a test can look at the tallies."""
    for column in ("intake", "sessions", "uncovered", "opened", "unused"):
        getattr(w.care, column)[:] = 0
    for part in MONTH:
        if part.name == "reckoning":
            return w
        if part.due(w.month):
            part.run(w)
    raise AssertionError("There is no reckoning.")


def lines(w: World, clause: str, year: int | None = None):
    """Return the ledger's lines of a clause, of one calendar year if it is given."""
    found = w.ledger.readable()
    found = found[found["clause"] == clause]
    return found if year is None else found[found["month"] // 12 == year - SPAN.first_year]


def patient_years(w: World) -> np.ndarray:
    """Return the rows of everybody who had a quarter under the contract this year."""
    return np.flatnonzero((w.care.policy_account >= 0) & (w.tally.paramedical != 0))


def accounts_of(w: World) -> Accounts:
    """Return the practice-years that are reckoned up."""
    return reckoning.accounts_of(
        w, w.contracts[POLICY_CONTRACT], patient_years(w), np.zeros(w.contract_of.size, np.int64)
    )


def numbers(accounts: Accounts, where=True) -> np.ndarray:
    """Return practice x 10 + insurer of the accounts, of those where something holds."""
    number = accounts.practice * len(INSURERS) + accounts.insurer
    return number[np.broadcast_to(where, number.shape)]


def measured(w: World, accounts: Accounts, indicator: str) -> tuple[np.ndarray, np.ndarray]:
    """Return count and total of an indicator in the practice of each account."""
    now = accounts.measured[indicator][0]
    return tuple(
        np.bincount(accounts.practice, part, w.practices.count)[accounts.practice]
        for part in (now.count, now.total)
    )


def by_account(w: World, clause: str) -> dict[int, int]:
    """Return cents per account in the ledger, negative if the practice pays."""
    found = lines(w, clause)
    received = found["payee"] == "practice"
    practice = found["payee_id"].where(received, found["payer_id"])
    cents = found["cents"].where(received, -found["cents"])
    return cents.groupby(practice * 10 + found["insurer"]).sum().to_dict()
