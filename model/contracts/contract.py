"""A contract: clauses that add up, and what they reward."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from model.contracts.bundle_quarter import BundleQuarter
from model.contracts.clause import Activity, Clause
from model.contracts.fee_per_session import FeePerSession
from model.contracts.intake_fee import IntakeFee
from model.contracts.prices import QUARTER_KINDS, Prices

#: Every clause a scenario can name. A new clause is one new file and one word here.
AnyClause = Annotated[FeePerSession | IntakeFee | BundleQuarter, Field(discriminator="clause")]


@dataclass(frozen=True)
class Incentives:
    """What a contract rewards, in EUR: read off its clauses, never typed in.

    Attributes:
        session: One more covered session in a month.
        intake: One intake.
        quarter: One quarter opened, by kind, shape (4,).
    """

    session: float
    intake: float
    quarter: np.ndarray


class Contract:
    """A list of clauses between a practice and an insurer."""

    def __init__(self, clauses: tuple[Clause, ...]) -> None:
        if len({clause.name for clause in clauses}) < len(clauses):
            raise ValueError("A contract cannot have the same clause twice.")
        self.clauses = clauses

    @property
    def bundle(self) -> BundleQuarter | None:
        """The bundle clause, if there is one."""
        return next((c for c in self.clauses if isinstance(c, BundleQuarter)), None)

    def settle(self, activity: Activity, prices: Prices) -> dict[str, np.ndarray]:
        """Return cents per clause name, each of shape (rows,). Clauses add up in any order."""
        return {clause.name: clause.pay(activity, prices) for clause in self.clauses}

    def worth(self, activity: Activity, prices: Prices) -> int:
        """Return the total of all clauses over all rows, cents."""
        return int(sum(amount.sum() for amount in self.settle(activity, prices).values()))

    def incentives(self, prices: Prices) -> Incentives:
        """Ask the contract for its marginal euros: price one more of each thing."""
        nothing = self.worth(Activity.of_one(), prices)

        def gain(**more: int) -> float:
            return (self.worth(Activity.of_one(**more), prices) - nothing) / 100

        kinds = [
            gain(opened=1, weight_class=min(k, 2), maintenance=int(k == 3))
            for k in range(len(QUARTER_KINDS))
        ]
        return Incentives(gain(sessions=1), gain(intake=1), np.array(kinds))


#: What every practice has unless it signs something else.
REGULAR = Contract((IntakeFee(), FeePerSession()))
