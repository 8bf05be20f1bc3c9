"""Accounts, norms and typical cases for tests of KPIs."""

import numpy as np

from model.contracts.kpi import Kpi
from model.contracts.outlook import Case, Norm, Outlook
from model.contracts.prices import Prices
from model.contracts.year import Accounts, Tallies

PRICES = Prices(np.full(4, 3653), 5480, np.zeros((10, 3, 3), np.int64))
#: One-sided confidence that is exactly one standard error of doubt: Phi(1).
ONE_SE = 0.8413447460685429


def tallies(count, total, squares=0.0, expected=0.0) -> Tallies:
    shape = np.zeros(len(count))
    return Tallies(*(shape + np.array(part, float) for part in (count, total, squares, expected)))


def accounts(indicator, *years, revenue=0, withheld=None, group=None, region=None) -> Accounts:
    size = years[0].count.size
    blank, each = np.zeros(size, np.int64), np.arange(size)
    return Accounts(
        practice=each,
        insurer=blank,
        pools={
            "contract": each,
            "practice": each,
            "group": each if group is None else np.array(group),
            "region": each if region is None else np.array(region),
        },
        patients=blank,
        revenue=blank + np.array(revenue),
        revenue_before=blank,
        quarters=blank,
        reference_cost=blank,
        care_cost=blank,
        target_cost=blank,
        measured={indicator: list(years)},
        icc=0.05,
        withheld={} if withheld is None else {f"kpi_{indicator}": np.array(withheld)},
    )


def outlook(norm: Norm, indicator="relevant_change", **known) -> Outlook:
    usual = {
        "prices": PRICES, "norms": {indicator: norm}, "patients": 16.0, "sessions": 30.0,
        "margin": 0.0, "cost_cv": 0.6, "reference_cost": 36.53, "benchmark": 2_000.0,
        "admission_cost": 5_000.0, "ccq_value": 6_000.0, "icc": 0.05,
    }  # fmt: skip
    return Outlook(**usual | known)


def flat_norm(mean: float, sd: float, patients: float) -> Norm:
    """A norm that is the same for every kind of patient."""
    return Norm(mean, sd, np.full((3, 3), mean), patients)


def case(value: float, indicator="relevant_change", measured=None, **known) -> Case:
    usual = {"sessions": 30.0, "quarters": (2.0, 2.0, 0.0), "revenue": 1_000.0}
    answering = {} if measured is None else {"measured": measured}
    return Case(**usual | known, values={indicator: value} | answering)


def kpi(**known) -> Kpi:
    """A KPI on the share with a relevant change, with its levers filled in."""
    usual = {"indicator": "relevant_change", "minimum_patients": 1.0, "confidence": ONE_SE}
    return Kpi(**usual | known)


#: Ten patients each and 0.4, 0.5 and 0.6 improved; the last has four patients, none improved.
FOUR = tallies([10, 10, 10, 4], [4, 5, 6, 0])
