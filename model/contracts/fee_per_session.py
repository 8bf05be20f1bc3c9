"""Fee per session: the regular payment, one tariff for every covered session."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from model.contracts.clause import Activity
from model.contracts.prices import Prices


class FeePerSession(BaseModel):
    """Pay the session tariff for each covered session delivered in the month."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: ClassVar[str] = "fee_per_session"
    clause: Literal["fee_per_session"] = "fee_per_session"

    def pay(self, activity: Activity, prices: Prices) -> np.ndarray:
        """Return sessions x tariff, cents."""
        return activity.sessions.astype(np.int64) * prices.session
