"""Risk corridor: profits and losses outside a band are shared with the insurer."""

import math
from typing import ClassVar, Literal

import numpy as np

from model.codes import INSURERS
from model.contracts.clause import Clause, Share
from model.contracts.noise import normal_density, passing_chance
from model.contracts.outlook import Case, Outlook
from model.contracts.year import Accounts
from model.share_out import share_out


class RiskCorridor(Clause):
    """Leave a practice only a share g of the result outside a band round break-even.

    The result is revenue, and what a stop-loss pays, minus sessions at the reference price. Outside
    the band one session more costs the practice g c instead of c, so the corridor is a hidden mixed
    payment with an effective fee of (1 - g) c x the chance of being outside (R3).

    Attributes:
        width: Half the band, as a share of revenue, w.
        kept: Share of the result outside the band that stays with the practice, g.
        pool: Whose results are taken together: one contract, or the group that contracts jointly.
            Never of different insurers.
    """

    priced_in: ClassVar[bool] = True
    clause: Literal["risk_corridor"] = "risk_corridor"
    width: Share
    kept: Share
    pool: Literal["contract", "group"] = "contract"

    def settle_accounts(self, accounts: Accounts) -> np.ndarray:
        """Return minus (1 - g) x the result outside the band, cents, shape (accounts,).

        A pool's amount is shared out over its accounts in proportion to revenue.
        """
        pair = accounts.pools[self.pool].astype(np.int64) * len(INSURERS) + accounts.insurer
        pairs, pool = np.unique(pair, return_inverse=True)
        # A year of repayments can end below zero; it then has no band and no weight.
        revenue = np.bincount(pool, accounts.revenue, pairs.size)
        covered = revenue + np.bincount(pool, accounts.ceded, pairs.size)
        result = covered - np.bincount(pool, accounts.reference_cost, pairs.size)
        band = self.width * np.maximum(revenue, 0.0)
        outside = result - np.clip(result, -band, band)
        total = -np.rint((1.0 - self.kept) * outside).astype(np.int64)
        return share_out(total, np.maximum(accounts.revenue, 0), pool)

    def expect(self, case: Case, outlook: Outlook) -> float:
        """Return the expected settlement of the mean patient, plus the slope times the difference.

        The result per patient of a pool of n patients is taken as normal, with the mean margin and
        SD cv x mean cost / sqrt(n). The slope in the margin is -(1 - g) x chance outside the band.
        """
        # In a group a practice's own result is one among several, and so is what it gets back.
        members = outlook.pool_size["group"] if self.pool == "group" else 1.0
        patients = outlook.patients * outlook.pool_size["contract"] * members
        if patients <= 0.0:
            return 0.0
        cost = outlook.sessions * outlook.reference_cost
        mean, band = outlook.margin, self.width * max(0.0, outlook.margin + cost)
        sd = outlook.cost_cv * cost / math.sqrt(patients)
        outside = passing_chance(mean, band, sd) + passing_chance(-mean, band, sd)
        excess = _expected_excess(mean, band, sd) - _expected_excess(-mean, band, sd)
        more = case.revenue + case.ceded - outlook.reference_value(case) - mean
        return -(1.0 - self.kept) * (excess + min(1.0, outside) * more / members)


def _expected_excess(mean: float, level: float, sd: float) -> float:
    """Return E[max(0, X - level)] for normal X: (m - L) Phi(z) + sd phi(z), z = (m - L) / sd."""
    if sd <= 0.0:
        return max(0.0, mean - level)
    spread = sd * normal_density((mean - level) / sd)
    return (mean - level) * passing_chance(mean, level, sd) + spread
