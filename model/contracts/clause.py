"""What a clause is: given a month of activity, it says how many cents each row is worth.

A contract is a list of clauses, and clauses add up. A new payment idea is one new file beside this
one and one line in a scenario.
"""

from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np

from model.contracts.prices import Prices


@dataclass(frozen=True)
class Activity:
    """A month of care, one row per patient under the contract; all arrays of shape (rows,).

    Attributes:
        sessions: Covered sessions delivered this month.
        intake: 1 where an intake was done this month.
        opened: 1 where a bundle quarter became payable this month.
        weight_class: Weight class on file, 0 to 2.
        maintenance: 1 where the quarter is a maintenance quarter.
    """

    sessions: np.ndarray
    intake: np.ndarray
    opened: np.ndarray
    weight_class: np.ndarray
    maintenance: np.ndarray

    @staticmethod
    def of_one(
        sessions: int = 0,
        intake: int = 0,
        opened: int = 0,
        weight_class: int = 0,
        maintenance: int = 0,
    ) -> "Activity":
        """Return a table of one row, to ask a contract what one patient-month is worth."""
        return Activity(
            *(np.array([x]) for x in (sessions, intake, opened, weight_class, maintenance))
        )


class Clause(Protocol):
    """One clause of a contract."""

    name: ClassVar[str]

    def pay(self, activity: Activity, prices: Prices) -> np.ndarray:
        """Return whole cents per row, shape (rows,), never negative.

        Args:
            activity: A month of care.
            prices: Prices in force this year (tariffs and bundle prices).
        """
        ...
