"""Coordination lump sum: a yearly amount per group of patients, for working together.

The experiment of the ministerial instruction of 19 April 2024 (3805336-1064180-PZO): a free
tariff, lump sums allowed, only with a contract, any provider may start in any month, until 1 May
2029, within the existing macro frameworks. It stands beside any other payment; double funding is
looked for in the ledger (``model.coordination``).
"""

from typing import ClassVar, Literal

import numpy as np

from model.contracts.clause import Clause, Euros, Filled, Share
from model.contracts.outlook import Case, Outlook


class CoordinationLumpSum(Clause):
    """Pay a practice a yearly amount for coordinating the care of its group of COPD patients.

    Attributes:
        amount: EUR a year per practice and insurer's contract share (12 monthly parts).
        start_rate: Share of practices that start each month (any may, at any time).
        paramedical_share: Share charged to the paramedical framework; the rest to other care.
    """

    levers: ClassVar[dict[str, str]] = {
        "amount": "coordination_lump_sum",
        "start_rate": "coordination_start_rate",
        "paramedical_share": "coordination_paramedical_share",
    }
    clause: Literal["coordination_lump_sum"] = "coordination_lump_sum"
    amount: Filled[Euros] = None
    start_rate: Filled[Share] = None
    paramedical_share: Filled[Share] = None

    def monthly_cents(self, insurer_share: np.ndarray) -> np.ndarray:
        """Return each insurer's monthly part for a practice, cents, shape (accounts,).

        Args:
            insurer_share: The insurer's share of the practice's patients, so that the parts of all
                insurers make up the amount.
        """
        return np.rint(100.0 * self.amount * insurer_share / 12.0).astype(np.int64)

    def expect(self, case: Case, outlook: Outlook) -> float:
        """Return the amount per patient once the practice has started, EUR.

        The same whatever is done for the patient, so it rewards neither sessions nor grading.
        """
        return self.amount / max(outlook.patients, 1.0)
