"""Practices: they sign contracts, carry capacity and risk, and employ therapists."""

import mesa
import numpy as np

from model.codes import PRACTICE_SIZES


class Practice(mesa.Agent):  # type: ignore[misc] # Mesa ships no types
    """A practice: reads its row of the practice columns.

    Attributes:
        number: Row number.
        willing: Whether it takes the scenario's contract where an insurer offers it.
    """

    def __init__(self, model: mesa.Model, number: int) -> None:
        super().__init__(model)
        self.number = number
        self.willing = False

    @property
    def size(self) -> str:
        """Small (fewer than five staff) or large."""
        return PRACTICE_SIZES[self.model.practices.large[self.number]]

    @property
    def region(self) -> int:
        """Region number."""
        return int(self.model.practices.region[self.number])

    @property
    def capacity(self) -> float:
        """Sessions a month for COPD for which there are people now."""
        return float(self.model.capacity[self.number])

    @property
    def contracts(self) -> np.ndarray:
        """Contract held with each insurer, shape (10,)."""
        out: np.ndarray = self.model.contract_of[self.number]
        return out

    @property
    def style(self) -> np.ndarray:
        """How heavily money weighs here (``model.conduct.STYLES``): log of a multiplier on rho."""
        out: np.ndarray = self.model.conduct.style[self.number]
        return out

    def consider_contract(self, share_of_practices: float, luck: float) -> None:
        """Take the scenario's contract or not: by lot, at the scenario's share."""
        self.willing = luck < share_of_practices

    def sign(self, insurer: int, contract: int) -> None:
        """Hold a contract with an insurer from now on."""
        self.model.contract_of[self.number, insurer] = contract
