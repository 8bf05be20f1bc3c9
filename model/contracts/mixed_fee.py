"""Mixed fee: part of the session tariff, beside a bundle."""

from typing import ClassVar, Literal

import numpy as np

from model.contracts.clause import Activity, Clause, Share
from model.contracts.outlook import Case, Outlook
from model.contracts.prices import Prices


class MixedFee(Clause):
    """Pay a share of the session tariff for each session, beside a bundle.

    A fee p below the cost c of a session makes the bundle pay a little for care. With weight rho on
    profit relative to patients, care is optimal at p* = c (1 - 1/rho) (T1; Ellis and McGuire 1986,
    J Health Econ 5:129): nothing if rho is 1, half the cost if rho is 2. Where motives differ one
    fee cannot suit all; the best is p* = c (1 - E[rho] / E[rho^2]) (A5).

    Attributes:
        share: Share of the session tariff.
    """

    pays_for_care: ClassVar[bool] = True
    clause: Literal["mixed_fee"] = "mixed_fee"
    share: Share

    def _fee(self, prices: Prices) -> np.ndarray:
        """Return the fee of one session by mode, whole cents, shape (4,)."""
        return np.rint(self.share * prices.session).astype(np.int64)

    def pay(self, activity: Activity, prices: Prices) -> np.ndarray:
        """Return sessions x fee of the mode, cents, shape (rows,)."""
        out: np.ndarray = activity.sessions.astype(np.int64) * self._fee(prices)[activity.mode]
        return out

    def expect(self, case: Case, outlook: Outlook) -> float:
        """Return sessions x fee of the mode, EUR per patient-year."""
        return case.sessions * float(self._fee(outlook.prices)[case.mode]) / 100.0
