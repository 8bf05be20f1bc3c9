"""Change cap: revenue per patient-quarter can move only so much from one year to the next."""

from typing import Literal

import numpy as np

from model.contracts.clause import Clause, Share
from model.contracts.outlook import Case, Outlook
from model.contracts.year import Accounts


class ChangeCap(Clause):
    """Limit the yearly change of revenue per patient-quarter, up and down.

    Contracts must deal with undesirable financial effects for providers (letter of 20 June 2024).
    At the cap nothing extra is earned or lost; nothing happens if the year before is not known.

    Attributes:
        most: Largest change, as a share of the year before.
    """

    clause: Literal["change_cap"] = "change_cap"
    most: Share

    def settle_accounts(self, accounts: Accounts) -> np.ndarray:
        """Return what brings revenue back to the nearest bound, cents, shape (accounts,)."""
        same = accounts.revenue_before * accounts.quarters
        bounded = np.clip(accounts.revenue, (1.0 - self.most) * same, (1.0 + self.most) * same)
        change = np.rint(bounded - accounts.revenue).astype(np.int64)
        return np.where(same > 0, change, 0)

    def expect(self, case: Case, outlook: Outlook) -> float:
        """Return the same for the case, EUR."""
        same = outlook.revenue_before * sum(case.quarters)
        if same <= 0.0:
            return 0.0
        bounded = min(max(case.revenue, (1.0 - self.most) * same), (1.0 + self.most) * same)
        return bounded - case.revenue
