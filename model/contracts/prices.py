"""Prices in force in a year: session tariffs by mode, the intake tariff and the bundle prices."""

from dataclasses import dataclass

import numpy as np

from model.codes import MODES, PHASES, WEIGHT_CLASSES


def cents(euros: float) -> int:
    """Return an amount of EUR in whole cents."""
    return round(euros * 100)


@dataclass(frozen=True)
class Prices:
    """Prices of one contract in one year, in whole cents.

    Attributes:
        session: Tariff of one session by mode, shape (4,): individual, group, digital, home.
        intake: Tariff of intake and examination.
        quarter: Price of a bundle quarter, shape (insurers, 3 weight classes, 3 phases).
    """

    session: np.ndarray
    intake: int
    quarter: np.ndarray

    def __post_init__(self) -> None:
        if self.session.shape != (len(MODES),):
            raise ValueError("Session tariffs have one amount per mode.")
        if self.quarter.ndim != 3 or self.quarter.shape[1:] != (len(WEIGHT_CLASSES), len(PHASES)):
            raise ValueError("Bundle prices have one amount per insurer, weight class and phase.")
        if min(int(self.session.min()), self.intake, int(self.quarter.min())) < 0:
            raise ValueError("Prices cannot be negative.")
