"""Intakes: whom practices took in this year; the calibration compares them with the real mix."""

from dataclasses import dataclass

import numpy as np

from model.codes import ENTITLEMENT_CLASSES, WEIGHT_CLASSES


@dataclass
class Intakes:
    """This year's intakes by true entitlement class, shape (5,), and by profile 3 to 5, (3,)."""

    by_class: np.ndarray
    by_profile: np.ndarray

    @staticmethod
    def none() -> "Intakes":
        """Return zeros."""
        return Intakes(
            np.zeros(len(ENTITLEMENT_CLASSES), dtype=np.int64),
            np.zeros(len(WEIGHT_CLASSES), dtype=np.int64),
        )

    def copy(self) -> "Intakes":
        """Return counts that continue from here."""
        return Intakes(self.by_class.copy(), self.by_profile.copy())

    def clear(self) -> None:
        """Start a new year."""
        self.by_class[:] = 0
        self.by_profile[:] = 0
