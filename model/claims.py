"""Claims: what insurers know of the quarters finished this year; next year's prices rest on it."""

from dataclasses import dataclass

import numpy as np

from model.codes import INSURERS, PHASES, WEIGHT_CLASSES


@dataclass
class Claims:
    """Quarters finished this year, each of shape (2 contracts, 10 insurers, 3 classes, 3 phases).

    Attributes:
        sessions: Their sessions.
        value: Those sessions at the tariff of their mode, in individual sessions.
        quarters: Their number.
    """

    sessions: np.ndarray
    value: np.ndarray
    quarters: np.ndarray

    @staticmethod
    def none() -> "Claims":
        """Return an empty register."""
        shape = (2, len(INSURERS), len(WEIGHT_CLASSES), len(PHASES))
        return Claims(np.zeros(shape), np.zeros(shape), np.zeros(shape))

    def copy(self) -> "Claims":
        """Return a register that continues from here."""
        return Claims(self.sessions.copy(), self.value.copy(), self.quarters.copy())

    def clear(self) -> None:
        """Start a new year."""
        for array in (self.sessions, self.value, self.quarters):
            array[:] = 0.0
