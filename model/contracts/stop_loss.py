"""Stop-loss: the insurer pays what one patient costs above an agreed amount."""

from typing import ClassVar, Literal

import numpy as np

from model.contracts.clause import Clause, Euros, Share
from model.contracts.outlook import Case, Outlook
from model.contracts.risk import ceded_cost
from model.contracts.year import Files


class StopLoss(Clause):
    """Reimburse cost per patient-year above an attachment point.

    Cost is counted at the reference cost per session. Above the attachment a session is paid for,
    so the clause carries risk and pays for volume at once (R2).

    Attributes:
        attachment: Cost per patient-year that stays with the practice, EUR.
        share: Share of the cost above it that the insurer pays.
    """

    priced_in: ClassVar[bool] = True
    clause: Literal["stop_loss"] = "stop_loss"
    attachment: Euros
    share: Share = 1.0

    def settle_files(self, files: Files) -> np.ndarray:
        """Return share x cost above the attachment, cents, shape (files,)."""
        above = np.maximum(files.cost - 100.0 * self.attachment, 0.0)
        return np.rint(self.share * above).astype(np.int64)

    def expect(self, case: Case, outlook: Outlook) -> float:
        """Return share x expected cost above the attachment, lognormal cost, EUR.

        A first year is cut by New Year: only its larger part f is held against the attachment, so
        f x E[max(0, X - L / f)].
        """
        part = outlook.first_calendar_share
        mean, attachment = outlook.reference_value(case), self.attachment / part
        if min(mean, outlook.cost_cv, attachment) <= 0.0:  # no logarithm, but no doubt either
            return self.share * part * max(0.0, mean - attachment)
        return self.share * part * ceded_cost(mean, outlook.cost_cv, attachment)
