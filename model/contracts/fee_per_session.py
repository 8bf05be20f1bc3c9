"""Fee per session: the regular payment, one tariff for every covered session."""

from typing import ClassVar, Literal

import numpy as np

from model.contracts.clause import Activity, Clause
from model.contracts.outlook import Case, Outlook
from model.contracts.prices import Prices


class FeePerSession(Clause):
    """Pay the tariff of the mode for each covered session delivered in the month.

    Above the cost of a session every session more is profit, so it rewards volume.
    """

    pays_for_care: ClassVar[bool] = True
    clause: Literal["fee_per_session"] = "fee_per_session"

    def pay(self, activity: Activity, prices: Prices) -> np.ndarray:
        """Return sessions x tariff of the mode, cents, shape (rows,)."""
        out: np.ndarray = activity.sessions.astype(np.int64) * prices.session[activity.mode]
        return out

    def expect(self, case: Case, outlook: Outlook) -> float:
        """Return sessions x tariff of the mode, EUR per patient-year."""
        return case.sessions * float(outlook.prices.session[case.mode]) / 100.0
