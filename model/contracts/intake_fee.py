"""Intake and examination, billed apart under every contract (BR/REG-25147, article 4)."""

from typing import ClassVar, Literal

import numpy as np

from model.contracts.clause import Activity, Clause
from model.contracts.outlook import Case, Outlook
from model.contracts.prices import Prices


class IntakeFee(Clause):
    """Pay the intake tariff once, in the month of the intake."""

    pays_for_care: ClassVar[bool] = True
    clause: Literal["intake_fee"] = "intake_fee"

    def pay(self, activity: Activity, prices: Prices) -> np.ndarray:
        """Return intake x tariff, cents, shape (rows,)."""
        return activity.intake.astype(np.int64) * prices.intake

    def expect(self, case: Case, outlook: Outlook) -> float:
        """Return intakes x tariff, EUR per patient-year."""
        return case.intakes * outlook.prices.intake / 100.0
