"""The books: what insurers keep of every practice, from one January to the next.

Measurements, amounts and standing (watched, on an improvement plan, contract lost) per practice and
insurer. They are what contracts are settled on; nobody's true state is in them.
"""

from dataclasses import dataclass

import numpy as np

from model.codes import INSURERS, INTENSIVE, PHASES, TAPERING, WEIGHT_CLASSES
from model.contracts.outlook import Norm
from model.register import (
    CARE_COST,
    Register,
    account_of,
    cell_means,
    empty_register,
    norm_of,
    norms,
)

#: Years of measurements that a KPI may take together, this one included.
YEARS_KEPT = 3

#: Stands for a practice that has not started with paid coordination.
NEVER = 32_000


@dataclass
class Books:
    """A year's books; arrays by account are of shape (practices x 10,).

    Attributes:
        register: This year's measurements (``model.register``).
        before: Those of the years before, newest first.
        revenue: Paid by the insurer for care of this year, cents.
        quarters: Patient-quarters started.
        last_revenue, last_quarters: The same in the year before.
        reference_value: Sessions delivered this year at the session tariff of their mode, cents.
        withheld: Per KPI, what was withheld this year, cents.
        watched, lost: Practices under closer audit; contracts that end in January: (practices, 10).
        missed: Years in a row that a KPI with an improvement plan was missed, (practices, 10).
        lump_sums, other_lump_sums: Paid for coordination this year and charged to the paramedical
            framework, or to other care, cents.
        coordination_from: Month in which a practice started with paid coordination, (practices,).
        class_mix: Share of each weight class in last year's first-year quarters.
        usual_sessions: Sessions of a quarter nationally last year, by weight class and phase.
        overrun_rate: Levy per euro of turnover after an overrun of the framework last year.
        reference_spending: Paramedical spending of the last year before the policy, cents.
        audited, found: Files that insurers learn from this year: audited because a lot fell on
            them, and paid by a class that could have been too heavy; and those where it was found
            to be.
        moral_cost_most: Highest moral cost of upcoding as insurers estimate it, EUR (hmax of U1).
    """

    register: Register
    before: list[Register]
    revenue: np.ndarray
    quarters: np.ndarray
    last_revenue: np.ndarray
    last_quarters: np.ndarray
    reference_value: np.ndarray
    withheld: dict[str, np.ndarray]
    lump_sums: np.ndarray
    other_lump_sums: np.ndarray
    watched: np.ndarray
    lost: np.ndarray
    missed: np.ndarray
    coordination_from: np.ndarray
    class_mix: np.ndarray
    usual_sessions: np.ndarray
    overrun_rate: float = 0.0
    reference_spending: int = 0
    audited: int = 0
    found: int = 0
    moral_cost_most: float = 0.0

    @staticmethod
    def empty(practices: int) -> "Books":
        """Return books without entries."""
        accounts = practices * len(INSURERS)
        standing = (practices, len(INSURERS))
        return Books(
            register=empty_register(practices),
            before=[],
            revenue=np.zeros(accounts, dtype=np.int64),
            quarters=np.zeros(accounts),
            last_revenue=np.zeros(accounts, dtype=np.int64),
            last_quarters=np.zeros(accounts),
            reference_value=np.zeros(accounts, dtype=np.int64),
            withheld={},
            lump_sums=np.zeros(accounts, dtype=np.int64),
            other_lump_sums=np.zeros(accounts, dtype=np.int64),
            watched=np.zeros(standing, dtype=bool),
            lost=np.zeros(standing, dtype=bool),
            missed=np.zeros(standing, dtype=np.int8),
            coordination_from=np.full(practices, NEVER, dtype=np.int16),
            class_mix=np.full(len(WEIGHT_CLASSES), 1.0 / len(WEIGHT_CLASSES)),
            usual_sessions=np.zeros((len(WEIGHT_CLASSES), len(PHASES))),
        )

    @property
    def practices(self) -> int:
        """Number of practices."""
        return self.coordination_from.size

    def copy(self) -> "Books":
        """Return books that continue from here; closed years are shared, they never change."""
        changed = {
            name: value.copy()
            for name, value in vars(self).items()
            if isinstance(value, np.ndarray)
        }
        return Books(
            register=Register(*(array.copy() for array in self.register)),
            before=list(self.before),
            withheld={name: amount.copy() for name, amount in self.withheld.items()},
            overrun_rate=self.overrun_rate,
            reference_spending=self.reference_spending,
            audited=self.audited,
            found=self.found,
            moral_cost_most=self.moral_cost_most,
            **changed,
        )

    def earn(self, practice: np.ndarray, insurer: np.ndarray, cents: np.ndarray) -> None:
        """Enter what insurers pay practices for care of this year; arrays of shape (rows,)."""
        np.add.at(self.revenue, account_of(practice, insurer), cents)

    def withhold(
        self, kpi: str, practice: np.ndarray, insurer: np.ndarray, cents: np.ndarray
    ) -> None:
        """Enter what is withheld until a KPI is judged; arrays of shape (rows,)."""
        kept = self.withheld.setdefault(kpi, np.zeros_like(self.revenue))
        np.add.at(kept, account_of(practice, insurer), cents)

    def norms(self) -> dict[str, Norm]:
        """Return, in January, what last year's measurements say of each indicator."""
        return norms(self.register, self.practices)

    def care_norm(self) -> Norm:
        """Return the care cost per patient-month of last year, EUR."""
        means = cell_means(self.register)
        return norm_of(self.register, CARE_COST, means[CARE_COST], self.practices)

    def revenue_before(self) -> float:
        """Return what was paid per patient-quarter last year, EUR; 0 if nothing is known."""
        quarters = float(self.quarters.sum())
        return float(self.revenue.sum()) / 100.0 / quarters if quarters else 0.0

    def note_usual(self, sessions: np.ndarray, quarters: np.ndarray) -> None:
        """Note the mean sessions of last year's finished quarters, by weight class and phase.

        Args:
            sessions: Sessions of those quarters, (3, 3).
            quarters: Their number, (3, 3).
        """
        mean = sessions / np.maximum(quarters, 1.0)
        self.usual_sessions = np.where(quarters > 0, mean, self.usual_sessions)
        first_year = quarters[:, [INTENSIVE, TAPERING]].sum(axis=1)
        if first_year.sum() > 0:
            self.class_mix = first_year / first_year.sum()

    def open_year(self) -> None:
        """Close last year's entries and open a new year, with last year's means as the norm."""
        norm = cell_means(self.register)
        self.before = [self.register, *self.before][: YEARS_KEPT - 1]
        self.register = empty_register(self.practices)._replace(norm=norm)
        self.last_revenue, self.last_quarters = self.revenue, self.quarters
        self.revenue, self.quarters = np.zeros_like(self.revenue), np.zeros_like(self.quarters)
        self.reference_value[:] = 0
        self.withheld = {}
        self.lump_sums[:] = self.other_lump_sums[:] = 0
        self.audited = self.found = 0
