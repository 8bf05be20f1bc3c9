"""Shared savings: a practice shares in what its patients' care costs less than a benchmark."""

import math
from typing import ClassVar, Literal

import numpy as np

from model.contracts.clause import Clause, Filled, Share
from model.contracts.noise import normal_density
from model.contracts.outlook import Case, Outlook
from model.contracts.risk import normal_probability
from model.contracts.year import Accounts


class SharedSavings(Clause):
    """Pay a share of the saving on all care cost, take back a share of a loss.

    Lung attacks avoided are paid for, and so are sessions not given. A saving counts from a minimum
    on, because cost differs by chance between small practices. Without a share of losses that
    chance is paid for: a practice that saves nothing on average still gains.

    Attributes:
        share: Share of a saving that goes to the practice.
        minimum_rate: Smallest saving or loss that counts, as share of the target.
        loss_share: Share of a loss that the practice repays.
        most: Most that is paid or repaid, as share of the target.
    """

    levers: ClassVar[dict[str, str]] = {
        "minimum_rate": "shared_savings_minimum_rate",
        "most": "shared_savings_most",
    }
    priced_in: ClassVar[bool] = True
    clause: Literal["shared_savings"] = "shared_savings"
    share: Share
    minimum_rate: Filled[Share] = None
    loss_share: Share = 0.0
    most: Filled[Share] = None

    def settle_accounts(self, accounts: Accounts) -> np.ndarray:
        """Return share x saving, or minus loss share x loss, cents, shape (accounts,)."""
        target = np.maximum(accounts.target_cost, 0.0)
        saving = target - accounts.care_cost
        # As a quotient, so that a saving of exactly the minimum counts whatever the target.
        rate = saving / np.maximum(target, 1.0)
        share = np.where(saving > 0.0, self.share, self.loss_share)
        amount = np.where(np.abs(rate) >= self.minimum_rate, share * saving, 0.0)
        most = self.most * target  # without a target nothing can be shared
        return np.rint(np.clip(amount, -most, most)).astype(np.int64)

    def expect(self, case: Case, outlook: Outlook) -> float:
        """Return the expected amount where nothing is saved, plus the slope times this saving.

        The mean saving per patient of n patients is normal round zero with SD care_sd / sqrt(n).
        Care cost is the practice's revenue plus admissions; milder attacks are taken as they are.
        """
        if outlook.patients <= 0.0:
            return 0.0
        # A hair of noise keeps the formula defined without any; a minimum then shuts everything.
        sd = max(outlook.care_sd, 1e-6) / math.sqrt(outlook.patients)
        gain, gain_slope = self._one_side(self.share, sd, outlook.benchmark)
        loss, loss_slope = self._one_side(self.loss_share, sd, outlook.benchmark)
        saving = outlook.benchmark - case.revenue - case.admissions * outlook.admission_cost
        return gain - loss + (gain_slope + loss_slope) * saving

    def _one_side(self, share: float, sd: float, target: float) -> tuple[float, float]:
        """Return the mean amount on one side of zero, EUR, and its slope in the mean saving.

        Paid is g x from the minimum x = m up to the ceiling x = M, then g M, for normal x round
        zero. With z = m / sd and Z = M / sd the mean is g [sd (phi(z) - phi(Z)) + M Phi(-Z)].
        One euro more of mean saving raises what is shared, and also the chance of reaching the
        minimum, where the amount jumps by g m (K1): g [Phi(-z) - Phi(-Z) + z phi(z)].
        """
        if share <= 0.0:
            return 0.0, 0.0
        minimum, ceiling = self.minimum_rate * target, self.most * target / share
        top = max(minimum, ceiling)
        at_minimum, above_top = normal_density(minimum / sd), normal_probability(-top / sd)
        mean = sd * (at_minimum - normal_density(top / sd)) + ceiling * above_top
        slope = normal_probability(-minimum / sd) - above_top
        slope += min(minimum, ceiling) / sd * at_minimum
        return share * mean, share * slope
