"""Intake and examination, billed apart under both contracts (BR/REG-25147, article 4)."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from model.contracts.clause import Activity
from model.contracts.prices import Prices


class IntakeFee(BaseModel):
    """Pay the intake tariff once, in the month of the intake."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: ClassVar[str] = "intake_fee"
    clause: Literal["intake_fee"] = "intake_fee"

    def pay(self, activity: Activity, prices: Prices) -> np.ndarray:
        """Return intake x tariff, cents."""
        return activity.intake.astype(np.int64) * prices.intake
