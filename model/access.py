"""Access: requests for intake and refusals by region, as everybody in a region knows them."""

from dataclasses import dataclass

import numpy as np


@dataclass
class Access:
    """Requests and refusals, arrays of shape (regions,).

    Attributes:
        requests: Requests decided this year.
        refused: Of which refused.
        refused_share: Share refused last year; 0 where nobody asked.
    """

    requests: np.ndarray
    refused: np.ndarray
    refused_share: np.ndarray

    @staticmethod
    def none(regions: int) -> "Access":
        """Return a register in which nobody has asked yet."""
        return Access(np.zeros(regions), np.zeros(regions), np.zeros(regions))

    def copy(self) -> "Access":
        """Return a register that continues from here."""
        return Access(self.requests.copy(), self.refused.copy(), self.refused_share.copy())

    def open_year(self) -> None:
        """Turn this year's counts into last year's share, and start counting anew."""
        self.refused_share[:] = self.refused / np.maximum(1.0, self.requests)
        self.requests[:] = 0.0
        self.refused[:] = 0.0
