"""Rewards: what each contract brings a practice at each insurer, read off its clauses."""

from typing import TYPE_CHECKING

import numpy as np

from model import expectations
from model.codes import REGULAR_CONTRACT
from model.contracts.incentives import Incentives, incentives

if TYPE_CHECKING:
    from .model import ReferenceModel

# What a contract rewards is asked of the clauses by pure code that the engine uses as well
# (``model.expectations``, ``model.contracts.incentives``). What goes into the question, last year's
# measurements, turnover and prices, is the reference's own.


def read_rewards(model: "ReferenceModel") -> None:
    """Ask, in January, what every contract rewards this year, with last year's figures."""
    books = model.books
    norms, care = books.norms(), books.care_norm()
    answer = expectations.response(
        model.p, norms, books.usual_by_phase(), np.array(books.class_mix)
    )
    regular_margin = 0.0
    model.rewards = []
    for number, contract in enumerate(model.contracts):
        known = expectations.outlook(
            contract,
            model.prices[number],
            norms,
            care,
            answer,
            model.p,
            overrun_rate=books.overrun_rate,
            revenue_before=books.revenue_per_quarter(),
            regular_margin=regular_margin,
        )
        if number == REGULAR_CONTRACT:
            regular_margin = known.margin
        model.rewards.append(
            [
                incentives(contract, insurer.number, known, answer, model.p.crowding_chi_m)
                for insurer in model.insurers
            ]
        )


def remember(model: "ReferenceModel") -> None:
    """Keep what the regular contract rewards, until the policy holds."""
    if model.month < model.policy_month or not model.habit:
        model.habit = list(model.rewards[REGULAR_CONTRACT])


def rewards_for(model: "ReferenceModel", contract: int, insurer: int) -> Incentives:
    """Return what a contract rewards at an insurer this year."""
    return model.rewards[contract][insurer]


def least_contacts(model: "ReferenceModel", contract: int) -> float:
    """Return the contacts from which something may be billed: one, where a session is."""
    return 1.0 if contract == REGULAR_CONTRACT else contacts_of_bundle(model, contract)


def contacts_of_bundle(model: "ReferenceModel", contract: int) -> float:
    """Return the contacts from which a bundle would pay a quarter: the stricter of two rules."""
    agreed = model.contracts[contract].terms.least_contacts
    return float(max(int(model.p.bundle_min_contacts_to_claim), agreed))
