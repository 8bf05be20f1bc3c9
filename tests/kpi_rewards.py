"""What a contract with a KPI rewards, for tests of theory."""

import numpy as np

from model.contracts.outlook import Norm, Outlook
from model.contracts.prices import Prices
from model.contracts.year import Accounts, Tallies

C, K = 30.0, 5.0  # cost of a session and curvature of the worked example


def outlook(mean=0.0, sd=1.0, patients=9.0) -> Outlook:
    norm = Norm(mean, sd, np.full((3, 3), mean), patients)
    return Outlook(
        prices=Prices(np.full(4, 3800), 5700, np.full((10, 3, 3), 30_000)),
        norms={"prem": norm, "ccq_change": norm},
        patients=patients,
        sessions=45.0,
        margin=0.0,
        cost_cv=0.667,
        reference_cost=C,
        benchmark=3_000.0,
        admission_cost=5_000.0,
        ccq_value=6_000.0,
        icc=0.05,
    )


def accounts(indicator: str, years: list[Tallies], **known) -> Accounts:
    """Accounts of one indicator, each its own practice unless pools are given."""
    size = years[0].count.size
    blank, each = np.zeros(size, np.int64), np.arange(size)
    usual = {
        "practice": each, "insurer": blank, "patients": blank, "revenue": blank,
        "revenue_before": blank, "quarters": blank, "reference_cost": blank, "care_cost": blank,
        "target_cost": blank, "measured": {indicator: years}, "icc": 0.05,
    }  # fmt: skip
    pools = {"practice": each} | known.pop("pools", {})
    return Accounts(**usual | known, pools=pools)
