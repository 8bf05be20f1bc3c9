"""A verdict: what a KPI says of each practice, from the measurements of its pool."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import ndtri

from model.contracts.noise import reliability
from model.contracts.year import Accounts, Tallies

#: What is compared with the threshold: the plain mean, the mean drawn to the national mean by its
#: reliability, or the mean with the benefit of the doubt that a confidence bound gives.
JudgedOn = Literal["estimate", "shrunk", "confidence_bound"]


@dataclass(frozen=True)
class Yardstick:
    """How a KPI judges.

    Attributes:
        at_least, at_most: Bounds the value must keep; None for no such bound.
        minimum_patients: With fewer measured, nothing is said.
        case_mix: Compare with what the same mix of patients gives nationally.
        pool: Whose patients are taken together (``model.contracts.year.POOLS``).
        years: Years taken together.
        judged_on: See ``JudgedOn``.
        confidence: One-sided confidence of the bound.
    """

    at_least: float | None
    at_most: float | None
    minimum_patients: float
    case_mix: bool
    pool: str
    years: int
    judged_on: JudgedOn
    confidence: float


@dataclass(frozen=True)
class Verdict:
    """What is said of each account; all of shape (accounts,).

    Attributes:
        patients: Patients measured in the account's own pool, over the years taken together.
        value: Value of the pool: mean, after case-mix adjustment and shrinkage.
        judged: Whether enough were measured to say anything.
        met: Whether the value keeps within its bounds; True where nothing is said.
    """

    patients: np.ndarray
    value: np.ndarray
    judged: np.ndarray
    met: np.ndarray

    @property
    def missed(self) -> np.ndarray:
        """Judged, and not met."""
        out: np.ndarray = self.judged & ~self.met
        return out


def judge(accounts: Accounts, indicator: str, yardstick: Yardstick) -> Verdict:
    """Judge every account on one indicator.

    The national mean and SD are those of all accounts together. Case-mix adjusted value = mean of
    the pool - norm of the same patients + norm of all patients. Its average is the national mean:
    the norm is last year's, and a change that everybody shares counts once.
    """
    pool = accounts.pools[yardstick.pool]
    years = accounts.measured[indicator][: yardstick.years]
    count, total, expected = (_pooled(years, part, pool) for part in ("count", "total", "expected"))
    mean, sd = national(years)
    n = np.maximum(count, 1.0)
    value = total / n
    if yardstick.case_mix:
        value = value - expected / n + _mean_norm(years)
    if yardstick.judged_on == "shrunk":
        weight = np.array([reliability(float(one), accounts.icc) for one in count])
        value = mean + weight * (value - mean)
    doubt = np.zeros(count.size)
    if yardstick.judged_on == "confidence_bound":
        doubt = float(ndtri(yardstick.confidence)) * sd / np.sqrt(n)
    judged = count >= yardstick.minimum_patients
    met = np.ones(count.size, dtype=bool)
    if yardstick.at_least is not None:
        met &= value + doubt >= yardstick.at_least
    if yardstick.at_most is not None:
        met &= value - doubt <= yardstick.at_most
    return Verdict(count, value, judged, met | ~judged)


def national(years: list[Tallies]) -> tuple[float, float]:
    """Return the mean and SD of one patient's value over all accounts; (0, 0) if none."""
    count = sum(float(year.count.sum()) for year in years)
    if count <= 0.0:
        return 0.0, 0.0
    mean = sum(float(year.total.sum()) for year in years) / count
    square = sum(float(year.squares.sum()) for year in years) / count
    return mean, float(np.sqrt(max(0.0, square - mean * mean)))


def _mean_norm(years: list[Tallies]) -> float:
    """Return the mean case-mix norm of all patients measured; 0 if none."""
    count = sum(float(year.count.sum()) for year in years)
    return sum(float(year.expected.sum()) for year in years) / max(count, 1.0)


def _pooled(years: list[Tallies], part: str, pool: np.ndarray) -> np.ndarray:
    """Return the sum over years and over each account's pool, one value per account."""
    own = sum((getattr(year, part) for year in years), np.zeros(pool.size))
    out: np.ndarray = np.bincount(pool, weights=own)[pool]
    return out
