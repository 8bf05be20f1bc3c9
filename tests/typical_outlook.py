"""A typical year as a practice expects it, for tests of incentives."""

import numpy as np

from model.contracts.contract import Contract
from model.contracts.incentives import (
    Incentives,
    Response,
    incentives,
)
from model.contracts.kpi import Kpi
from model.contracts.outlook import Norm, Outlook
from model.contracts.prices import Prices

#: Individual, group, digital and home sessions, and the intake.
SESSION = np.array([3800, 1900, 2850, 4800])
#: A first year brings four quarters of 300, 350 or 400; maintenance 150.
BY_CLASS = np.array([[300, 300, 150], [350, 350, 150], [400, 400, 150]]) * 100
RESPONSE = Response(
    sessions=np.array([20.0, 45.0, 60.0]),
    intensive_quarters=2,
    relevant_per_ccq=0.8,
    gpe_per_ccq=0.7,
    walk_per_ccq=60.0,
    admissions_per_ccq=np.array([0.1, 0.2, 0.3]),
)
#: Sixteen measured, SD 0.4: noise of the mean 0.1. phi(1) = 0.241971, Phi(-1) = 0.158655.
PULL_AT_ONE_SD, MISSED_AT_ONE_SD = 2.41971, 0.158655


def outlook(quarter=BY_CLASS, **known) -> Outlook:
    at_each = np.broadcast_to(quarter, (10, 3, 3)) if np.ndim(quarter) == 2 else quarter
    usual = {
        "prices": Prices(SESSION, 5700, np.array(at_each, dtype=np.int64)), "norms": {},
        "patients": 9.0, "sessions": 40.0, "margin": 0.0, "cost_cv": 0.6, "reference_cost": 38.0,
        "benchmark": 3_000.0, "admission_cost": 5_000.0, "ccq_value": 6_000.0, "icc": 0.05,
    }  # fmt: skip
    return Outlook(**usual | known)


def norm(mean: float, cells=None) -> Norm:
    return Norm(mean, 0.4, np.full((3, 3), mean) if cells is None else np.array(cells), 16.0)


def asked(*clauses, insurer=0, crowding=0.0, **known) -> Incentives:
    """What a contract rewards, without levers left open."""
    return incentives(Contract(clauses), insurer, outlook(**known), RESPONSE, crowding)


def kpi(indicator: str, **known) -> Kpi:
    return Kpi(indicator=indicator, minimum_patients=1.0, **known)
