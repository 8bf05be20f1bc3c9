"""A small practice's outlook in round numbers, for tests of one clause at a time."""

import numpy as np

from model.contracts.outlook import Outlook
from model.contracts.prices import Prices

#: A session of any kind, and an intake; no prices per quarter.
PRICES = Prices(np.full(4, 3653), 5480, np.zeros((10, 3, 3), np.int64))


def plain_outlook(**known) -> Outlook:
    """Return the outlook of nine patients of 29 sessions each, but for what is known otherwise."""
    usual = {
        "prices": PRICES, "norms": {}, "patients": 9.0, "sessions": 29.0, "margin": 60.0,
        "cost_cv": 0.667, "reference_cost": 30.0, "benchmark": 1_000.0,
        "admission_cost": 4_000.0, "ccq_value": 500.0, "icc": 0.05,
    }  # fmt: skip
    return Outlook(**usual | known)
