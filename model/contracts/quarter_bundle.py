"""The bundle: one amount per patient per quarter, whatever is delivered in it.

Quarters run on the patient's own clock (BR/REG-25147, article 1). The quarter is payable in the
month in which the least number of contacts is reached; no session is claimed beside it. Which
bundles can be billed was not found (article 4 could not be read), so there are four proposals, one
a file: flat, by weight class, by phase, and by both.
"""

from abc import ABC, abstractmethod
from typing import ClassVar, Self

import numpy as np
from pydantic import model_validator

from model.codes import INTENSIVE, MAINTENANCE, TAPERING
from model.contracts.clause import Activity, Clause, Euros
from model.contracts.outlook import Case, Outlook
from model.contracts.prices import Prices
from model.parameters import ParameterSet
from model.rules import rule

#: A quarter is three months from any date (BR/REG-25147, article 1).
MONTHS_PER_QUARTER = 3

#: Quarters of an episode before maintenance; the guideline's maxima are for a first year.
FIRST_YEAR_QUARTERS = 4


@rule
def phase_of(quarter: int, intensive_quarters: int) -> int:
    """Return the phase of a quarter of an episode: INTENSIVE, TAPERING or MAINTENANCE.

    Args:
        quarter: Quarters completed in the episode, 0 in the first.
        intensive_quarters: Quarters that count as intensive; the rest of the first year tapers.
    """
    if quarter >= FIRST_YEAR_QUARTERS:
        return MAINTENANCE
    return INTENSIVE if quarter < intensive_quarters else TAPERING


class QuarterBundle(Clause, ABC):
    """Pay one price for a quarter, by price group.

    Attributes:
        prices: EUR per price group, in the order of ``group_names``; left out, insurers set the
            prices that keep spending neutral at the sessions of the year before the contract.
    """

    pays_for_care: ClassVar[bool] = True
    per_patient: ClassVar[bool] = True
    prices: tuple[Euros, ...] | None = None

    @abstractmethod
    def groups(self) -> np.ndarray:
        """Return the price group of each kind of quarter, shape (3 weight classes, 3 phases)."""

    @abstractmethod
    def group_names(self) -> tuple[str, ...]:
        """Return what each price group is called, in the order of ``prices``."""

    @model_validator(mode="after")
    def _one_price_per_group(self) -> Self:
        names = self.group_names()
        if self.prices is not None and len(self.prices) != len(names):
            wanted = "1 amount" if len(names) == 1 else f"{len(names)} amounts"
            raise ValueError(f"prices needs {wanted} ({', '.join(names)}), not {len(self.prices)}")
        return self

    @property
    def pays_ahead(self) -> bool:
        """A bundle is paid when its quarter opens."""
        return True

    def admin_minutes(self, p: ParameterSet) -> float:
        """Return the time to keep and bill a quarter."""
        return p.admin_minutes_bundle_quarter

    def pay(self, activity: Activity, prices: Prices) -> np.ndarray:
        """Return the price of the quarter where one became payable, cents, shape (rows,)."""
        out: np.ndarray = activity.opened.astype(np.int64) * activity.price_of_quarter(prices)
        return out

    def expect(self, case: Case, outlook: Outlook) -> float:
        """Return quarters x price over the phases, EUR per patient-year."""
        price = outlook.prices.quarter[case.insurer, case.weight_class]
        return float(price @ np.array(case.quarters)) / 100.0
