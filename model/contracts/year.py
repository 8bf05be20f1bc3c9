"""A year under a contract: what is known of each practice (account) and each patient (file)."""

from dataclasses import dataclass, field

import numpy as np

#: Levels at which patients can be taken together to judge a practice.
POOLS = ("contract", "practice", "group", "region")


@dataclass(frozen=True)
class Tallies:
    """Measurements of one indicator, per account and year; each of shape (accounts,).

    Attributes:
        count: Patients measured.
        total: Sum of their values.
        squares: Sum of their squared values.
        expected: Sum of the case-mix norm of the same patients.
    """

    count: np.ndarray
    total: np.ndarray
    squares: np.ndarray
    expected: np.ndarray


@dataclass(frozen=True)
class Accounts:
    """A year of practices under one contract, one row per practice and insurer; (accounts,).

    Attributes:
        practice: Practice number.
        insurer: Insurer number.
        pools: Pool number at each level of ``POOLS``.
        patients: Patients treated.
        revenue: Paid by the insurer for this year's care, cents.
        revenue_before: The same in the year before, cents per patient-quarter; 0 if none.
        quarters: Patient-quarters.
        reference_cost: Sessions at the reference price (the session tariff), cents.
        care_cost: All care cost of the patients (physiotherapy, admissions, lung attacks), cents.
        target_cost: What it would be at the benchmark, cents.
        measured: Per indicator id, measurements of this year and those before, newest first.
        icc: Intra-class correlation that shrinkage reckons with.
        ceded: Paid by a stop-loss, cents.
        withheld: Per KPI name, what was withheld this year, cents.
    """

    practice: np.ndarray
    insurer: np.ndarray
    pools: dict[str, np.ndarray]
    patients: np.ndarray
    revenue: np.ndarray
    revenue_before: np.ndarray
    quarters: np.ndarray
    reference_cost: np.ndarray
    care_cost: np.ndarray
    target_cost: np.ndarray
    measured: dict[str, list[Tallies]]
    icc: float
    ceded: np.ndarray | None = None
    withheld: dict[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.ceded is None:
            object.__setattr__(self, "ceded", np.zeros_like(self.revenue))

    @property
    def count(self) -> int:
        """Number of accounts."""
        return self.practice.size


@dataclass(frozen=True)
class Files:
    """A year of patients under one contract, one row per patient; (files,).

    Attributes:
        practice: Treating practice.
        insurer: Insurer.
        cost: Sessions at the reference price (the session tariff), cents.
        overclaim: Paid more than an honest, justified bill would have brought, in a way that an
            audit can find, cents.
        luck_audit: Uniform draw: is the file audited?
        luck_detect: Uniform draw: does the audit find what is wrong?
        watched: 1 where the practice is audited more often after a missed KPI.
    """

    practice: np.ndarray
    insurer: np.ndarray
    cost: np.ndarray
    overclaim: np.ndarray
    luck_audit: np.ndarray
    luck_detect: np.ndarray
    watched: np.ndarray
