"""Pro rata: a patient who breaks off inside a paid quarter is paid for up to that month."""

from typing import ClassVar, Literal

import numpy as np

from model.contracts.clause import Activity, Clause, Share
from model.contracts.outlook import Case, Outlook
from model.contracts.prices import Prices
from model.contracts.quarter_bundle import MONTHS_PER_QUARTER
from model.parameters import ParameterSet


class ProRata(Clause):
    """Take back the price of the unused months of a quarter.

    Without it, opening a quarter and losing the patient pays as much as treating for three months.

    Attributes:
        share: Share of the unused months that goes back.
    """

    priced_in: ClassVar[bool] = True
    clause: Literal["pro_rata"] = "pro_rata"
    share: Share = 1.0

    def admin_minutes(self, p: ParameterSet) -> float:
        """Return the time to account for who breaks off, and when, in the file."""
        return p.admin_minutes_file_rule

    def pay(self, activity: Activity, prices: Prices) -> np.ndarray:
        """Return minus price x share x unused months / 3, cents, shape (rows,)."""
        price = activity.price_of_quarter(prices)
        out: np.ndarray = -np.rint(
            price * self.share * activity.unused / MONTHS_PER_QUARTER
        ).astype(np.int64)
        return out

    def expect(self, case: Case, outlook: Outlook) -> float:
        """Return minus chance of breaking off x share x what is then unused of a mean quarter."""
        quarters = np.array(case.quarters)
        if quarters.sum() <= 0.0:
            return 0.0
        by_phase = outlook.prices.quarter[case.insurer, case.weight_class] / 100.0
        price = float(by_phase @ quarters / quarters.sum())
        return -case.dropout * self.share * outlook.unused_share * price
