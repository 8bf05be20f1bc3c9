"""Prices in force in a year: the session tariff, the intake tariff and the bundle prices."""

from dataclasses import dataclass

import numpy as np

#: Kinds of patient-quarter that may have a price of their own: three weight classes, maintenance.
QUARTER_KINDS = ("profile_3", "profile_4", "profile_5", "maintenance")


def cents(euros: float) -> int:
    """Return an amount of EUR in whole cents."""
    return round(euros * 100)


@dataclass(frozen=True)
class Prices:
    """Prices of one contract in one year, in whole cents.

    Attributes:
        session: Tariff of one individual session.
        intake: Tariff of intake and examination.
        quarter: Price of a bundle quarter by kind, shape (4,): three weight classes, maintenance.
    """

    session: int
    intake: int
    quarter: np.ndarray

    def __post_init__(self) -> None:
        if min(self.session, self.intake, int(self.quarter.min())) < 0:
            raise ValueError("Prices cannot be negative.")
