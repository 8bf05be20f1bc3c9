"""The two budget tests (design, section 2), never mixed.

- Entitlement test: what lifting the session maxima costs, against the amount added for it.
- Neutrality test: what the policy costs against fee per session without maximum, against zero.
Both together against the amount added is the framework test.
"""

from dataclasses import dataclass

import numpy as np

from model.parameters import ParameterSet


def framework(years: list[int], p: ParameterSet) -> np.ndarray:
    """Return the amount added to the paramedical framework per year, EUR, shape (years,).

    EUR 173,000 in 2025, rising to EUR 347,000 from 2027 (letter of 20 June 2024); 2026 is our
    interpolation. Before 2025 nothing was added.
    """
    steps = {2025: p.entitlement_budget_2025, 2026: p.entitlement_budget_2026}
    later = p.entitlement_budget_2027_structural
    return np.array(
        [steps.get(year, later if year > max(steps) else 0.0) for year in years], dtype=float
    )


@dataclass(frozen=True)
class BudgetTest:
    """Both tests in one world (one seed, one parameter draw); arrays of shape (years,), EUR.

    Attributes:
        years: Years of the policy window.
        framework: Amount added per year.
        entitlement: Spending without maximum minus spending with the maxima of 2021-2024.
        neutrality: Spending under the policy minus spending without maximum.
    """

    years: list[int]
    framework: np.ndarray
    entitlement: np.ndarray
    neutrality: np.ndarray

    @property
    def together(self) -> np.ndarray:
        """Spending under the policy minus spending with the maxima of 2021-2024."""
        out: np.ndarray = self.entitlement + self.neutrality
        return out

    @property
    def entitlement_fits(self) -> bool:
        """Whether lifting the maxima costs no more than was added, over the window."""
        return bool(self.entitlement.sum() <= self.framework.sum())

    @property
    def neutral(self) -> bool:
        """Whether the policy costs no more than fee per session, over the window."""
        return bool(self.neutrality.sum() <= 0.0)

    @property
    def within_framework(self) -> bool:
        """Whether policy and lifted maxima together cost no more than was added."""
        return bool(self.together.sum() <= self.framework.sum())

    def agrees_with_ministry(self, least: float, most: float) -> bool:
        """Whether lifting the maxima costs a yearly mean between the ministry's two amounts."""
        return bool(least <= self.entitlement.mean() <= most)


def budget_test(
    years: list[int],
    spending_capped: np.ndarray,
    spending_open: np.ndarray,
    spending_policy: np.ndarray,
    p: ParameterSet,
) -> BudgetTest:
    """Return both tests from paramedical spending per year (EUR, shape (years,)) in three worlds.

    Args:
        years: Calendar years.
        spending_capped: Fee per session with the maxima of 2021-2024.
        spending_open: Fee per session without maximum.
        spending_policy: The policy.
        p: Parameters, for the framework.
    """
    return BudgetTest(
        years=list(years),
        framework=framework(years, p),
        entitlement=np.asarray(spending_open) - np.asarray(spending_capped),
        neutrality=np.asarray(spending_policy) - np.asarray(spending_open),
    )
