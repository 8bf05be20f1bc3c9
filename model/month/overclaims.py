"""Overclaims: what a month's bill holds beyond an honest one, and what audits could learn of it."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from model.codes import HEAVIEST, MAINTENANCE, PROFILE_3, PROFILE_5, UPCODE_DETECTABLE
from model.contracts.clause import Activity
from model.contracts.contract import Contract, Settlement
from model.contracts.period_tariff import PeriodTariff
from model.contracts.prices import Prices

if TYPE_CHECKING:
    from model.simulation import World


def overclaims(
    world: "World",
    contract: Contract,
    prices: Prices,
    activity: Activity,
    settled: Settlement,
    who: np.ndarray,
) -> np.ndarray:
    """Return what was paid beyond an honest bill, as far as an audit can find it, cents.

    A class graded too heavy: the difference with the true class. A quarter opened without need: all
    that was paid for it.
    """
    care = world.care
    wrong = (care.upcoded[who] == UPCODE_DETECTABLE) & (activity.phase != MAINTENANCE)
    out = np.where(care.extended[who] == 1, settled.care, 0)
    if wrong.any():
        true_class = np.clip(care.profile[who] - PROFILE_3, 0, None)
        honest = contract.settle(replace(activity, weight_class=true_class), prices).care
        out = np.where(wrong & (care.extended[who] == 0), settled.care - honest, out)
    return np.maximum(out, 0)


def note_gradable(
    world: "World", contract: Contract, prices: Prices, activity: Activity, who: np.ndarray
) -> None:
    """Note who is paid by a class that could be too heavy, and of whom it findably is.

    That is where the heaviest class would bring more this month than the true one: not in a
    maintenance quarter (where no class counts, with need or without), nor in a month in which
    nothing that hangs on the class is paid.
    """
    care, tally = world.care, world.tally
    lighter = (care.profile[who] < PROFILE_5) & (activity.phase != MAINTENANCE)
    lighter &= (activity.opened > 0) | (contract.find(PeriodTariff) is not None)
    if not lighter.any():
        return
    true_class = np.clip(care.profile[who] - PROFILE_3, 0, None)
    bills = (
        contract.settle(replace(activity, weight_class=filed), prices).care
        for filed in (true_class, np.full_like(true_class, HEAVIEST))
    )
    honest, heaviest = bills
    gradable = lighter & (heaviest > honest)
    tally.gradable[who[gradable]] = 1
    tally.too_heavy[who[gradable & (care.upcoded[who] == UPCODE_DETECTABLE)]] = 1
