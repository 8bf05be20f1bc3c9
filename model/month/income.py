"""Income: what a patient's need brings a practice under a contract, at variable cost."""

from typing import TYPE_CHECKING

import numpy as np

from agents.insurer import CENTS
from model.codes import POLICY_CONTRACT
from model.contracts.incentives import stop_loss_pay
from model.rules import phase

if TYPE_CHECKING:
    from model.rewards import Rewards

if TYPE_CHECKING:
    from model.rewards import Rewards


@phase
def income_of_year(
    rewards: "Rewards",
    contract: int,
    insurer: int,
    weight_class: int,
    stage: int,
    mode: int,
    need: float,
    cost: float,
    cost_cv: float,
    cost_ratio: np.ndarray,
) -> float:
    """Return what a first treatment year at need brings above its variable cost, EUR.

    Args:
        rewards: What each contract rewards, history's fee included.
        contract: Number of the contract.
        insurer: Insurer it is held with.
        weight_class: Weight class on file, or about to be.
        stage: GOLD stage from 0.
        mode: Mode in which sessions are given.
        need: Sessions a year.
        cost: Variable cost of an individual session, EUR.
        cost_cv: Coefficient of variation of cost between patients.
        cost_ratio: Cost of a session by mode, shape (4,).
    """
    fee = rewards.session[contract, insurer, weight_class, mode]
    ceded = stop_loss_pay(
        need, rewards.reference[contract, insurer, mode], cost_cv,
        rewards.attachment[contract, insurer], rewards.stop_share[contract, insurer],
    )  # fmt: skip
    fixed = rewards.fixed[contract, insurer, weight_class, stage]
    out: float = fixed + (fee - cost * cost_ratio[mode]) * need + ceded
    return out


@phase
def income_of_quarter(
    rewards: "Rewards",
    contract: int,
    insurer: int,
    weight_class: int,
    mode: int,
    need: float,
    price: float,
    cost: float,
    cost_ratio: np.ndarray,
) -> float:
    """Return what a quarter at need brings above its variable cost, as a yearly rate, EUR.

    The arguments are those of ``income_of_year``; ``need`` is a yearly rate too, ``price`` what
    billing the quarter brings, EUR.
    """
    fee = rewards.session[contract, insurer, weight_class, mode]
    out: float = 4.0 * price + (fee - cost * cost_ratio[mode]) * need
    return out


@phase
def quarter_price(
    rewards: "Rewards",
    contract: int,
    insurer: int,
    weight_class: int,
    phase_of_care: int,
    supplement: float,
) -> float:
    """Return what billing a quarter brings, EUR: the price, and the supplement if there is one.

    Args:
        rewards: What each contract rewards.
        contract: Contract that a therapist reckons with.
        insurer: Insurer it is held with.
        weight_class: Weight class.
        phase_of_care: Phase of the quarter.
        supplement: Negotiated above the price of a bundle quarter, EUR.
    """
    price = rewards.quarter[contract, insurer, weight_class, phase_of_care]
    out: float = price + supplement if price > 0.0 else price
    return out


@phase
def supplement_of(supplement: np.ndarray, contract: int, practice: int, insurer: int) -> float:
    """Return what a practice negotiated above the price of a bundle quarter, EUR.

    Args:
        supplement: By practice and insurer, cents.
        contract: Contract that a therapist reckons with.
        practice: Practice.
        insurer: Insurer.
    """
    return supplement[practice, insurer] / CENTS if contract == POLICY_CONTRACT else 0.0
