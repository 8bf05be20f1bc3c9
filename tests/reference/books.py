"""The books: what insurers keep of every practice, from one January to the next."""

from dataclasses import dataclass, field

import numpy as np

from model.codes import INSURERS, INTENSIVE, PHASES, TAPERING
from model.contracts.outlook import Norm
from model.indicators import BY_ID

from .providers import Claims
from .register import CARE_COST, CLASSES, Register

YEARS_KEPT = 3  # what a KPI may take together, the running year included


@dataclass
class Account:
    """One practice at one insurer.

    Attributes:
        revenue: Paid for care of this year, cents.
        quarters: Patient-quarters started this year.
        last_revenue, last_quarters: The same in the year before.
        reference_value: Sessions delivered this year at the tariff of their mode, cents.
        withheld: Per KPI, what was withheld this year, cents.
        lump_sums, other_lump_sums: Paid for coordination this year and charged to the paramedical
            framework, or to other care, cents.
        watched: Whether files are audited more often.
        lost: Whether the contract ends in January.
        supplement: Negotiated for this year above the price of a bundle quarter, cents.
        barred_until: Month from which it may be held again after a loss.
        missed: Years in a row that a KPI with an improvement plan was missed.
    """

    revenue: int = 0
    quarters: int = 0
    last_revenue: int = 0
    last_quarters: int = 0
    reference_value: int = 0
    withheld: dict[str, int] = field(default_factory=dict)
    lump_sums: int = 0
    other_lump_sums: int = 0
    watched: bool = False
    lost: bool = False
    supplement: int = 0
    barred_until: int = 0
    missed: int = 0

    def withhold(self, kpi: str, amount: int) -> None:
        """Keep an amount until the KPI is judged."""
        if amount:
            self.withheld[kpi] = self.withheld.get(kpi, 0) + amount

    def open_year(self) -> None:
        """Put this year's figures behind and start at nothing."""
        self.last_revenue, self.last_quarters = self.revenue, self.quarters
        self.revenue = self.quarters = 0
        self.lump_sums = self.other_lump_sums = self.reference_value = 0
        self.withheld = {}


class Books:
    """All accounts, and what is known of the country.

    Attributes:
        accounts: Account by practice and insurer, in that order.
        register: This year's measurements.
        before: Those of the years before, newest first.
        class_mix: Share of each weight class in last year's first-year quarters.
        usual_sessions: Mean sessions of a finished quarter last year, by weight class and phase.
        overrun_rate: Expected levy per euro of turnover after last year's overrun.
        reference_spending: Paramedical spending of the last year before the policy, cents.
        audited, found: Files audited by lot whose class could have been too heavy, and where it
            was found to be.
        moral_cost_most: Highest moral cost of upcoding as insurers estimate it, EUR.
    """

    def __init__(self, practices: int) -> None:
        self.practices = practices
        self.accounts = {
            (practice, insurer): Account()
            for practice in range(practices)
            for insurer in range(len(INSURERS))
        }
        self.register = Register()
        self.before: list[Register] = []
        self.class_mix = [1.0 / len(CLASSES) for _ in CLASSES]
        self.usual_sessions = {
            (kind, phase): 0.0 for kind in CLASSES for phase in range(len(PHASES))
        }
        self.overrun_rate = 0.0
        self.reference_spending = 0
        self.audited = self.found = 0
        self.moral_cost_most = 0.0

    def norms(self) -> dict[str, Norm]:
        """Return, in January, what last year's measurements say of each indicator."""
        return {indicator: self.register.norm_of(indicator, self.practices) for indicator in BY_ID}

    def care_norm(self) -> Norm:
        """Return, in January, what a patient-month of care cost last year, EUR."""
        return self.register.norm_of(CARE_COST, self.practices)

    def revenue_per_quarter(self) -> float:
        """Return, in January, what was paid per patient-quarter last year, EUR; 0 if none."""
        quarters = sum(account.quarters for account in self.accounts.values())
        if quarters == 0:
            return 0.0
        return sum(account.revenue for account in self.accounts.values()) / 100.0 / quarters

    def note_usual(self, claims: list[Claims]) -> None:
        """Note, in January, the mean sessions of last year's quarters of each kind, and the mix.

        Args:
            claims: All registers of last year: of every contract and insurer.
        """
        for kind in self.usual_sessions:
            quarters = sum(one.quarters[kind] for one in claims)
            if quarters > 0:
                self.usual_sessions[kind] = sum(one.sessions[kind] for one in claims) / quarters

        first_year = [
            sum(one.quarters[kind, phase] for one in claims for phase in (INTENSIVE, TAPERING))
            for kind in CLASSES
        ]
        if sum(first_year) > 0:
            self.class_mix = [quarters / sum(first_year) for quarters in first_year]

    def usual_by_phase(self) -> np.ndarray:
        """Return the same by weight class and phase, as the expectations ask for it, (3, 3)."""
        of_kind = self.usual_sessions
        return np.array(
            [[of_kind[kind, phase] for phase in range(len(PHASES))] for kind in CLASSES]
        )

    def open_year(self) -> None:
        """Start a new year: what was measured last year becomes the norm."""
        self.before = [self.register, *self.before][: YEARS_KEPT - 1]
        self.register = Register(self.register.next_norm())
        self.audited = self.found = 0
        for account in self.accounts.values():
            account.open_year()

    def years(self) -> list[Register]:
        """Return the registers that can be judged on, newest first."""
        return [self.register, *self.before]
